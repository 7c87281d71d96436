//! A server that does to each request what a script says.

#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhombus_kisi::{Client, ClientBuilder, Error, Operation, Repeat, Request, Response, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

pub static READ: Operation = Operation::new("read", reqwest_method(), "/api/read", Repeat::Safe);
pub static WRITE: Operation = Operation::new("write", reqwest_method(), "/api/write", Repeat::IfNotCarriedOut);
pub static UNLOCK: Operation = Operation::new("unlock", reqwest_method(), "/api/unlock", Repeat::Never);

const fn reqwest_method() -> rhombus_kisi::reqwest::Method {
    rhombus_kisi::reqwest::Method::POST
}

pub const KEY: &str = "topsecret-key";

/// What the server does once it has read a request.
#[derive(Clone, Copy)]
pub enum Step {
    /// Writes this, and leaves the connection open.
    Respond(&'static str),
    /// Writes this, and closes.
    RespondAndClose(&'static str),
    /// Writes this, and sends nothing more.
    RespondAndHang(&'static str),
    /// Writes the first once and the second without end.
    Flood(&'static str, &'static str),
    /// Resets the connection.
    Reset,
}

pub const OK: Step = Step::Respond("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<(usize, Vec<String>)>>);

impl Log {
    pub fn requests(&self) -> Vec<String> {
        self.0.lock().unwrap().1.clone()
    }

    pub fn connections(&self) -> usize {
        self.0.lock().unwrap().0
    }
}

/// A port that is bound and not listened on: connections to it are refused as long as it is held.
pub fn nobody() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    socket
}

/// Starts a server. Beyond the script every request gets a 200.
pub async fn server(script: impl IntoIterator<Item = Step>) -> (SocketAddr, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let log = Log::default();
    let script = Arc::new(Mutex::new(script.into_iter().collect::<Vec<_>>().into_iter()));
    let logged = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            logged.0.lock().unwrap().0 += 1;
            let (log, script) = (logged.clone(), script.clone());
            tokio::spawn(async move {
                let mut stream = stream;
                while let Some(request) = request(&mut stream).await {
                    let step = {
                        log.0.lock().unwrap().1.push(request);
                        script.lock().unwrap().next().unwrap_or(OK)
                    };
                    if act(&mut stream, step).await.is_none() {
                        return;
                    }
                }
            });
        }
    });
    (address, log)
}

/// Head and body of a request; `None` where the connection ends.
pub async fn request(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= head + 4 + length {
                return Some(String::from_utf8(bytes).unwrap());
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

async fn act(stream: &mut TcpStream, step: Step) -> Option<()> {
    match step {
        Step::Respond(text) => stream.write_all(text.as_bytes()).await.ok(),
        Step::RespondAndClose(text) => {
            stream.write_all(text.as_bytes()).await.ok()?;
            stream.shutdown().await.ok()?;
            None
        }
        Step::RespondAndHang(text) => {
            stream.write_all(text.as_bytes()).await.ok()?;
            tokio::time::sleep(Duration::from_secs(60)).await;
            None
        }
        Step::Flood(first, then) => {
            stream.write_all(first.as_bytes()).await.ok()?;
            loop {
                stream.write_all(then.as_bytes()).await.ok()?;
            }
        }
        Step::Reset => {
            stream.set_zero_linger().ok()?;
            None
        }
    }
}

/// A client that waits little between attempts.
pub fn builder(address: SocketAddr) -> ClientBuilder {
    Client::builder()
        .api_key(KEY)
        .endpoint(format!("http://{address}"))
        .retry(RetryPolicy::default().base_backoff(Duration::from_millis(5)))
}

pub async fn send(client: &Client, operation: &'static Operation) -> Result<Response, Error> {
    let body = Request::new(operation).json(&serde_json::json!({"apiSecretKey": "kisi-secret"}))?;
    let result = client.transport().send(body).await;
    if let Err(error) = &result {
        let mut shown = format!("{error} {error:?}");
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            shown.push_str(&format!(" {inner} {inner:?}"));
            source = inner.source();
        }
        assert!(!shown.contains(KEY) && !shown.contains("kisi-secret"), "{shown}");
    }
    result
}
