use tokio::io::{AsyncRead, AsyncReadExt};

/// A request as it came over the wire.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Received {
    /// The request line and the headers, without the empty line.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// The whole request as text.
    pub fn text(&self) -> String {
        format!("{}\r\n\r\n{}", self.head, String::from_utf8_lossy(&self.body))
    }
}

/// Reads one request's head; `None` where the client goes away before its end.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut head = Vec::new();
    // A byte at a time: what follows the head stays in the stream. The requests here are small.
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    head.truncate(head.len() - 4);
    Some(Received {
        head: String::from_utf8_lossy(&head).into_owned(),
        body: Vec::new(),
    })
}

/// Reads one whole request; `None` where the client goes away before its end.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut request = read_head(stream).await?;
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().expect("the SDK sends a number"));
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await.ok()?;
    Some(request)
}
