use std::fmt::Write;

/// An HTTP/1.1 response as bytes, to be sent as it is or to be spoilt first.
///
/// It says `Connection: close` unless told otherwise, so that each attempt of the client opens a connection and is counted.
#[derive(Clone, Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    /// A response with this status, without a content type.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Connection".to_owned(), "close".to_owned())],
            body: body.into(),
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with another body.
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// Leaves the connection open for the next request.
    pub fn keep_alive(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "Connection");
        self
    }

    /// The whole response with a content length that fits.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes_of_length(self.body.len())
    }

    /// The whole response, saying that the body is this long.
    pub fn bytes_of_length(&self, length: usize) -> Vec<u8> {
        self.clone().header("Content-Length", length.to_string()).raw()
    }

    /// The status line and the headers given so far, the empty line and the body.
    pub fn raw(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} whatever\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

impl From<Response> for bytes::Bytes {
    fn from(response: Response) -> Self {
        response.bytes().into()
    }
}

/// A response with a JSON body.
pub fn json(status: u16, body: &str) -> Response {
    Response::new(status, body).header("Content-Type", "application/json")
}

/// A response with an HTML page.
pub fn page(status: u16, body: &str) -> Response {
    Response::new(status, body).header("Content-Type", "text/html; charset=utf-8")
}

/// A body in chunks; the last, empty one included.
pub fn chunked(body: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in body.chunks(length) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}
