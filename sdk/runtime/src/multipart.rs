use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;

use crate::secrets::Secrets;
use crate::speaks_of_a_secret;

/// A body of form fields and files (`multipart/form-data`, RFC 7578), or of other parts (`multipart/related`, `multipart/mixed`),
/// for the few operations that upload.
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
    /// Its field and its file's name, where it has either.
    name: Option<String>,
    file_name: Option<String>,
    content_type: Option<String>,
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
            name: Some(name.into()),
            file_name: None,
            content_type: None,
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
        self.parts.push(Part {
            name: Some(name.into()),
            file_name: Some(file_name.into()),
            content_type: Some(content_type.into()),
            body: body.into(),
        });
        self
    }

    /// Adds a part by its content type and its bytes: one of those that `multipart/related` and `multipart/mixed` tell apart by
    /// their order.
    ///
    /// ```
    /// use rhombus_kisi_runtime::Multipart;
    ///
    /// let form = Multipart::new().part("application/json", r#"{"name":"Lobby"}"#).part("image/jpeg", &b"..."[..]);
    /// let (content_type, _) = form.encode_as("multipart/related");
    /// assert!(content_type.starts_with("multipart/related; type=\"application/json\"; boundary="));
    /// ```
    pub fn part(mut self, content_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        self.parts.push(Part {
            name: None,
            file_name: None,
            content_type: Some(content_type.into()),
            body: body.into(),
        });
        self
    }

    /// The content type with its boundary, and the body, of `multipart/form-data`.
    pub fn encode(&self) -> (String, Vec<u8>) {
        self.encode_as(FORM_DATA)
    }

    /// The same of another `multipart` type. `multipart/related` also names the type of its first part, its root (RFC 2387).
    pub fn encode_as(&self, media_type: &str) -> (String, Vec<u8>) {
        let boundary = self.boundary();
        let mut body = Vec::new();
        for part in &self.parts {
            let mut head = format!("--{boundary}\r\n");
            let fields = [("name", &part.name), ("filename", &part.file_name)];
            let mut fields = fields
                .iter()
                .filter_map(|(field, text)| Some((field, text.as_ref()?)))
                .peekable();
            if fields.peek().is_some() {
                head.push_str("Content-Disposition: form-data");
                for (field, text) in fields {
                    head.push_str(&format!("; {field}=\"{}\"", quoted(text)));
                }
                head.push_str("\r\n");
            }
            if let Some(content_type) = &part.content_type {
                head.push_str(&format!("Content-Type: {}\r\n", one_header(content_type)));
            }
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n");
            body.extend_from_slice(&part.body);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let root = self
            .parts
            .first()
            .filter(|_| media_type.eq_ignore_ascii_case("multipart/related"));
        let root = root.map(|root| {
            let root = root.content_type.as_deref().unwrap_or("text/plain");
            format!("; type=\"{}\"", one_header(root).replace(['"', '\\'], ""))
        });
        (
            format!("{media_type}{}; boundary={boundary}", root.unwrap_or_default()),
            body,
        )
    }

    /// The fields whose names speak of a secret.
    pub(crate) fn secrets(&self) -> Secrets {
        let fields = self
            .parts
            .iter()
            .filter(|part| part.content_type.is_none() && part.name.as_deref().is_some_and(speaks_of_a_secret));
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

/// The type of a form.
pub(crate) const FORM_DATA: &str = "multipart/form-data";

/// A line break here would let a content type write headers of its own.
fn one_header(content_type: &str) -> String {
    content_type
        .chars()
        .filter(|character| !character.is_control())
        .collect()
}

/// A name inside quotes, escaped as browsers do it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.parts.iter().map(|part| part.name.as_deref().unwrap_or_default()))
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
    fn related_parts_need_no_names() {
        let form = Multipart::new().part("application/json\r\nX: y", "{}").text("a", "1");
        let (content_type, body) = form.encode_as("multipart/related");
        let boundary = "rhombus-form-0000000000000000";
        assert_eq!(
            content_type,
            format!("multipart/related; type=\"application/jsonX: y\"; boundary={boundary}")
        );
        assert_eq!(
            String::from_utf8(body).unwrap(),
            format!(
                "--{boundary}\r\nContent-Type: application/jsonX: y\r\n\r\n{{}}\r\n--{boundary}\r\nContent-Disposition: form-data; \
                 name=\"a\"\r\n\r\n1\r\n--{boundary}--\r\n"
            )
        );
        assert_eq!(
            form.encode_as("multipart/mixed").0,
            format!("multipart/mixed; boundary={boundary}")
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
