use std::collections::BTreeSet;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use bytes::Bytes;
use serde::Serialize;

use crate::gate::one_line;
use crate::secrets::{Secrets, collect};
use crate::text::{Elements, Members, unquote};
use crate::upload::Piece;
use crate::wiped::Wiped;
use crate::{Error, RequestBody, Upload, speaks_of_a_secret};

/// A body of form fields and files (`multipart/form-data`, RFC 7578), or of other parts (`multipart/related`, `multipart/mixed`),
/// for the few operations that upload.
///
/// A file can be bytes or an [`Upload`], which is read while it is sent. Of parts in memory the boundary appears in none, and is
/// the same for the same parts; with a stream it is random. `Debug` shows the names of the parts only.
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
    secrets: Secrets,
}

#[derive(Clone)]
struct Part {
    /// Its field and its file's name, where it has either.
    name: Option<String>,
    file_name: Option<String>,
    content_type: Option<String>,
    body: RequestBody,
}

/// A file of a form: its name, its content type and its content.
///
/// `Debug` shows no byte of it.
///
/// ```
/// use rhombus_kisi_runtime::{FilePart, Multipart};
///
/// let photo = FilePart::new("lobby.jpg", "image/jpeg", &b"..."[..]);
/// let form = Multipart::new().add_file("image", photo);
/// ```
#[derive(Clone, Debug)]
pub struct FilePart {
    file_name: String,
    content_type: String,
    body: RequestBody,
}

impl FilePart {
    /// Returns a file by its name, its content type, and its bytes or a stream of them.
    pub fn new(file_name: impl Into<String>, content_type: impl Into<String>, body: impl Into<RequestBody>) -> Self {
        Self {
            file_name: file_name.into(),
            content_type: content_type.into(),
            body: body.into(),
        }
    }
}

impl Multipart {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a form field.
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        let value = value.into();
        if speaks_of_a_secret(&name) {
            self.secrets = self.secrets.and(Secrets::of(&value));
        }
        self.push(name, None, value);
        self
    }

    /// Adds a field for each property of `fields`: a scalar as text, a list as a field for each element, an object as JSON.
    /// `types` has the content types of those that have one of their own; with JSON, a property of any kind is one field.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use rhombus_kisi_runtime::Multipart;
    ///
    /// let fields = BTreeMap::from([("tags", ["a", "b"]), ("sizes", ["1", "2"])]);
    /// let form = Multipart::new().fields(&fields, &[("sizes", "application/json")])?;
    /// assert_eq!(format!("{form:?}"), r#"["sizes", "tags", "tags"]"#);
    /// # Ok::<(), rhombus_kisi_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is no object, or if a property is `null`, which a form has no word for.
    pub fn fields<T: Serialize + ?Sized>(mut self, fields: &T, types: &[(&str, &str)]) -> Result<Self, Error> {
        const FORM: &str = "the form";
        let mut json = Wiped::body();
        let (result, secrets, typed) = collect(|| serde_json::to_writer(&mut json, fields));
        result.map_err(|error| Error::invalid(FORM, error.to_string()))?;
        self.secrets = self.secrets.and(secrets);
        if !typed {
            self.secrets = self.secrets.and(Secrets::of_text("json", json.as_ref()));
        }
        let json = std::str::from_utf8(json.as_ref()).unwrap_or_default();
        if !json.starts_with('{') {
            return Err(Error::invalid(FORM, "the fields of a form are an object"));
        }
        for (name, value) in Members::of(json) {
            let name = unquote(name).into_owned();
            let declared = types.iter().find(|(field, _)| *field == name);
            let declared = declared.map(|(_, content_type)| *content_type);
            if value == "null" {
                let name = one_line(&name, 100);
                return Err(Error::invalid(
                    FORM,
                    format!("`{name}` is null, which a form cannot say: leave it out"),
                ));
            }
            if value.starts_with('[') && !declared.is_some_and(is_json) {
                Elements::of(value).for_each(|element| self.push_json(&name, element, declared));
            } else {
                self.push_json(&name, value, declared);
            }
        }
        Ok(self)
    }

    /// Adds a field for a value of JSON: text for a scalar, unless its content type is JSON.
    fn push_json(&mut self, name: &str, value: &str, declared: Option<&str>) {
        let nested = value.starts_with(['{', '[']);
        let content_type = declared.or(nested.then_some(JSON));
        let text = if nested || content_type.is_some_and(is_json) {
            value.to_owned()
        } else if value.starts_with('"') {
            unquote(value).into_owned()
        } else {
            value.to_owned()
        };
        self.push(name.to_owned(), content_type.map(str::to_owned), text);
    }

    fn push(&mut self, name: String, content_type: Option<String>, body: String) {
        self.parts.push(Part {
            name: Some(name),
            file_name: None,
            content_type,
            body: body.into(),
        });
    }

    /// Adds a file: its field, its name, its content type, and its bytes or an [`Upload`].
    pub fn file(
        self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        body: impl Into<RequestBody>,
    ) -> Self {
        self.add_file(name, FilePart::new(file_name, content_type, body))
    }

    /// Adds a file to this field.
    pub fn add_file(mut self, name: impl Into<String>, file: FilePart) -> Self {
        self.parts.push(Part {
            name: Some(name.into()),
            file_name: Some(file.file_name),
            content_type: Some(file.content_type),
            body: file.body,
        });
        self
    }

    /// Adds files to this field: none, one or several.
    pub fn add_files(self, name: impl Into<String>, files: impl IntoIterator<Item = FilePart>) -> Self {
        let name = name.into();
        files.into_iter().fold(self, |form, file| form.add_file(&name, file))
    }

    /// Returns whether it has no part.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds a part by its content type and its bytes or an [`Upload`]: one of those that `multipart/related` and
    /// `multipart/mixed` tell apart by their order.
    ///
    /// ```
    /// use rhombus_kisi_runtime::Multipart;
    ///
    /// let form = Multipart::new().part("application/json", r#"{"name":"Lobby"}"#).part("image/jpeg", &b"..."[..]);
    /// let (content_type, _) = form.encode_as("multipart/related");
    /// assert!(content_type.starts_with("multipart/related; type=\"application/json\"; boundary="));
    /// ```
    pub fn part(mut self, content_type: impl Into<String>, body: impl Into<RequestBody>) -> Self {
        self.parts.push(Part {
            name: None,
            file_name: None,
            content_type: Some(content_type.into()),
            body: body.into(),
        });
        self
    }

    /// The content type with its boundary, and the body, of `multipart/form-data`.
    pub fn encode(&self) -> (String, RequestBody) {
        self.encode_as(FORM_DATA)
    }

    /// The same of another `multipart` type. `multipart/related` also names the type of its first part, its root (RFC 2387).
    ///
    /// The body is a stream if one of the parts is.
    pub fn encode_as(&self, media_type: &str) -> (String, RequestBody) {
        let boundary = self.boundary();
        let mut pieces = Vec::new();
        let mut written = Vec::new();
        for part in &self.parts {
            written.extend_from_slice(head(part, &boundary).as_bytes());
            match &part.body {
                RequestBody::Bytes(bytes) => written.extend_from_slice(bytes),
                RequestBody::Stream(upload) => {
                    pieces.push(Piece::Bytes(std::mem::take(&mut written).into()));
                    pieces.push(Piece::Stream(upload.clone()));
                }
            }
            written.extend_from_slice(b"\r\n");
        }
        written.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let body = if pieces.is_empty() {
            RequestBody::Bytes(written.into())
        } else {
            pieces.push(Piece::Bytes(Bytes::from(written)));
            RequestBody::Stream(Upload::pieces(pieces))
        };
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

    /// The fields that are secret by their types or by their names.
    pub(crate) fn secrets(&self) -> Secrets {
        self.secrets.clone()
    }

    /// The first of the boundaries that appears in no part. One pass finds which of them do. What a stream will hold nobody
    /// knows, so there it is one that nobody can guess.
    fn boundary(&self) -> String {
        let mut taken = BTreeSet::new();
        for part in &self.parts {
            let Some(bytes) = part.body.as_bytes() else {
                let random = || RandomState::new().hash_one(());
                return format!("{BOUNDARY}{:016x}{:016x}", random(), random());
            };
            let mut rest: &[u8] = bytes;
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

/// What is before a part's content.
fn head(part: &Part, boundary: &str) -> String {
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
    head.push_str("\r\n");
    head
}

const JSON: &str = "application/json";

/// Whether a content type is JSON.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(JSON) || essence.to_ascii_lowercase().ends_with("+json")
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
    use bytes::Bytes;
    use serde_json::json;

    use super::{FilePart, Multipart};
    use crate::upload::tests::{read, texts};
    use crate::{RequestBody, Upload};

    fn text(body: &RequestBody) -> String {
        String::from_utf8(body.as_bytes().unwrap().to_vec()).unwrap()
    }

    /// The parts' heads and bodies, without the boundary.
    fn parts(form: &Multipart) -> Vec<String> {
        let (content_type, body) = form.encode();
        let boundary = content_type.rsplit_once('=').unwrap().1.to_owned();
        let text = text(&body);
        let line = format!("--{boundary}");
        let parts = text.split(&line).filter(|part| !part.is_empty() && *part != "--\r\n");
        parts.map(|part| part.trim_matches(['\r', '\n']).to_owned()).collect()
    }

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
            text(&body),
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
            text(&body),
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
        let body = body.into_bytes().unwrap();
        assert_eq!(
            body.windows(boundary.len())
                .filter(|window| *window == boundary)
                .count(),
            3
        );
    }

    #[test]
    fn fields_are_written_by_what_they_are() {
        let fields = json!({
            "name": "Lobby \"1\"", "count": 7, "open": true, "tags": ["a", "b"], "range": { "from": 1 }, "none": [],
            "rows": [{ "a": 1 }, [2]], "sizes": [1, 2], "table": "a,b", "client_secret": "secret-1",
        });
        let types = [("sizes", "application/json"), ("table", "text/csv")];
        let form = Multipart::new().fields(&fields, &types).unwrap();
        let head = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"\r\n");
        let plain = |name: &str, value: &str| format!("{}\r\n{value}", head(name));
        let typed = |name: &str, ty: &str, value: &str| format!("{}Content-Type: {ty}\r\n\r\n{value}", head(name));
        assert_eq!(
            parts(&form),
            [
                plain("client_secret", "secret-1"),
                plain("count", "7"),
                plain("name", "Lobby \"1\""),
                plain("open", "true"),
                typed("range", "application/json", r#"{"from":1}"#),
                typed("rows", "application/json", r#"{"a":1}"#),
                typed("rows", "application/json", "[2]"),
                typed("sizes", "application/json", "[1,2]"),
                typed("table", "text/csv", "a,b"),
                plain("tags", "a"),
                plain("tags", "b"),
            ]
        );
        assert_eq!(form.secrets().iter().collect::<Vec<_>>(), ["secret-1"]);
        for wrong in [json!([1]), json!("a"), json!({ "a": null })] {
            assert!(Multipart::new().fields(&wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_part_can_be_a_stream() {
        let upload = || Upload::new(texts(&["one", "two"]));
        let file = |upload: Upload| {
            Multipart::new()
                .text("a", "b")
                .add_file("f", FilePart::new("x", "y/z", upload))
        };
        let (content_type, body) = file(upload().with_length(6)).encode();
        let boundary = content_type
            .strip_prefix("multipart/form-data; boundary=rhombus-form-")
            .unwrap();
        assert_eq!(boundary.len(), 32, "{boundary}");
        let RequestBody::Stream(whole) = body else {
            panic!("it is no stream")
        };
        let sent: Vec<u8> = read(&whole).unwrap().concat();
        assert_eq!(whole.length(), Some(sent.len() as u64));
        let sent = Bytes::from(sent);
        assert!(
            sent.ends_with(format!("\r\n\r\nonetwo\r\n--rhombus-form-{boundary}--\r\n").as_bytes()),
            "{sent:?}"
        );
        assert!(whole.is_spent());
        // Nobody can guess the boundary, and without a length there is none.
        let (other, body) = file(upload()).encode();
        assert_ne!(other, content_type);
        assert_eq!(body.length(), None);
        assert_eq!(
            format!("{:?}", FilePart::new("x", "y/z", upload())),
            "FilePart { file_name: \"x\", content_type: \"y/z\", body: Stream(Upload { length: None, .. }) }"
        );
    }
}
