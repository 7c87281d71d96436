use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;

use crate::secrets::Secrets;
use crate::speaks_of_a_secret;

/// A body of form fields and files (`multipart/form-data`, RFC 7578), for the few operations that upload.
///
/// The boundary is chosen so that it appears in no part, and is the same for the same parts: a form that is sent
/// again is the same bytes. `Debug` shows the names of the parts only.
///
/// ```
/// use rhombus_kisi_runtime::Multipart;
///
/// let form = Multipart::new().text("name", "Lobby").file("image", "lobby.jpg", "image/jpeg", &b"..."[..]);
/// assert_eq!(format!("{form:?}"), r#"["name", "image"]"#);
/// ```
#[derive(Clone, Default)]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    name: String,
    file: Option<(String, String)>,
    body: Bytes,
}

impl Multipart {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a form field.
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let body = Bytes::from(value.into());
        self.parts.push(Part {
            name: name.into(),
            file: None,
            body,
        });
        self
    }

    /// Adds a file: its field, its name, its content type and its bytes.
    pub fn file(
        mut self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        body: impl Into<Bytes>,
    ) -> Self {
        let file = Some((file_name.into(), content_type.into()));
        self.parts.push(Part {
            name: name.into(),
            file,
            body: body.into(),
        });
        self
    }

    /// The content type with its boundary, and the body.
    pub fn encode(&self) -> (String, Vec<u8>) {
        let boundary = self.boundary();
        let mut body = Vec::new();
        for part in &self.parts {
            let mut head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                quoted(&part.name)
            );
            if let Some((file_name, content_type)) = &part.file {
                // A line break here would let a name write headers of its own.
                let content_type: String = content_type
                    .chars()
                    .filter(|character| !character.is_control())
                    .collect();
                head.push_str(&format!(
                    "; filename=\"{}\"\r\nContent-Type: {content_type}",
                    quoted(file_name)
                ));
            }
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(&part.body);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// The fields whose names speak of a secret.
    pub(crate) fn secrets(&self) -> Secrets {
        let fields = self
            .parts
            .iter()
            .filter(|part| part.file.is_none() && speaks_of_a_secret(&part.name));
        let texts = fields.filter_map(|part| std::str::from_utf8(&part.body).ok());
        texts.fold(Secrets::default(), |secrets, text| secrets.and(Secrets::of(text)))
    }

    /// The first of the boundaries that appears in no part. One pass finds which of them do.
    fn boundary(&self) -> String {
        let mut taken = BTreeSet::new();
        for part in &self.parts {
            let mut rest: &[u8] = &part.body;
            while let Some(at) = rest
                .windows(BOUNDARY.len())
                .position(|window| window == BOUNDARY.as_bytes())
            {
                rest = rest.get(at + BOUNDARY.len()..).unwrap_or_default();
                let number = rest.get(..16).and_then(|digits| std::str::from_utf8(digits).ok());
                taken.extend(number.and_then(|number| u64::from_str_radix(number, 16).ok()));
            }
        }
        let free = (0..).find(|number| !taken.contains(number)).unwrap_or_default();
        format!("{BOUNDARY}{free:016x}")
    }
}

const BOUNDARY: &str = "rhombus-form-";

/// A name inside quotes, escaped as browsers do it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.parts.iter().map(|part| &part.name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Multipart;

    #[test]
    fn parts_are_written_one_after_the_other() {
        let (content_type, body) = Multipart::new()
            .text("a\"b", "1")
            .file("f", "x\r\ny", "text/plain\r\nX: y", "2")
            .encode();
        assert_eq!(
            content_type,
            "multipart/form-data; boundary=rhombus-form-0000000000000000"
        );
        let boundary = "--rhombus-form-0000000000000000";
        assert_eq!(
            String::from_utf8(body).unwrap(),
            format!(
                "{boundary}\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n1\r\n{boundary}\r\nContent-Disposition: form-data; \
                 name=\"f\"; filename=\"x%0D%0Ay\"\r\nContent-Type: text/plainX: y\r\n\r\n2\r\n{boundary}--\r\n"
            )
        );
    }

    #[test]
    fn the_boundary_stands_in_no_part() {
        let (content_type, _) = Multipart::new().text("a", "--rhombus-form-0000000000000000").encode();
        assert!(content_type.ends_with("0001"), "{content_type}");
    }

    #[test]
    fn parts_full_of_boundaries_are_looked_through_once() {
        // With a look for each of them this would not end.
        let boundaries = |count: u64| {
            (0..count)
                .map(|number| format!("rhombus-form-{number:016x}"))
                .collect::<String>()
        };
        let (content_type, body) = Multipart::new()
            .text("a", boundaries(200_000))
            .text("b", "rhombus-form-rhombus-form-0000000000030d40rhombus-form-00")
            .encode();
        assert!(content_type.ends_with(&format!("{:016x}", 200_001)), "{content_type}");
        let boundary = content_type.rsplit_once('=').unwrap().1.as_bytes();
        assert_eq!(
            body.windows(boundary.len())
                .filter(|window| *window == boundary)
                .count(),
            3
        );
    }
}
