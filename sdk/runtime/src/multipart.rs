use std::fmt;

use bytes::Bytes;

/// A body of form fields and files (`multipart/form-data`, RFC 7578), for the few operations that upload.
///
/// The boundary is chosen so that it stands in no part, and is the same for the same parts: a form that is sent
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

    fn boundary(&self) -> String {
        let stands_in = |boundary: &str| {
            let boundary = boundary.as_bytes();
            self.parts
                .iter()
                .any(|part| part.body.windows(boundary.len()).any(|window| window == boundary))
        };
        let mut number = 0;
        loop {
            let boundary = format!("rhombus-form-{number:016x}");
            if !stands_in(&boundary) {
                return boundary;
            }
            number += 1;
        }
    }
}

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
}
