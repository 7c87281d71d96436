//! As much of HTTP/2 as a server needs that breaks off.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::Received;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

/// Why a stream or a connection ends (RFC 9113, section 7).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reason {
    No = 0,
    Internal = 2,
    RefusedStream = 7,
    EnhanceYourCalm = 11,
    Http11Required = 13,
}

/// Reads the preface, which begins a connection.
pub(crate) async fn greet(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<()> {
    let mut preface = vec![0; PREFACE.len()];
    stream.read_exact(&mut preface).await.ok()?;
    assert_eq!(preface, PREFACE);
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await.ok()?;
    stream.flush().await.ok()
}

/// Reads one whole request and tells its stream; `None` where the client goes away before its end.
///
/// The header block stays packed: who needs to look into a request uses HTTP/1.1.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<(u32, Received)> {
    let mut body = Vec::new();
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, flags, id @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        stream.read_exact(&mut payload).await.ok()?;
        match kind {
            SETTINGS if flags & ACK == 0 => {
                stream.write_all(&frame(SETTINGS, ACK, 0, &[])).await.ok()?;
                stream.flush().await.ok()?;
            }
            DATA => body.extend(payload),
            _ => {}
        }
        if matches!(kind, DATA | HEADERS) && flags & END_STREAM != 0 {
            let request = Received {
                head: "HTTP/2".to_owned(),
                body,
            };
            return Some((u32::from_be_bytes(id), request));
        }
    }
}

/// `RST_STREAM`: the end of one request.
pub(crate) fn rst_stream(stream: u32, reason: Reason) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &(reason as u32).to_be_bytes())
}

/// `GOAWAY` that says which stream was the last to be worked on; 0 for none.
pub(crate) fn goaway(last_stream: u32, reason: Reason) -> Vec<u8> {
    let payload = [last_stream.to_be_bytes(), (reason as u32).to_be_bytes()].concat();
    frame(GOAWAY, 0, 0, &payload)
}

/// The head of a 200 response.
pub(crate) fn ok_head(stream: u32) -> Vec<u8> {
    // 0x88: entry 8 of HPACK's static table, `:status: 200`.
    frame(HEADERS, END_HEADERS, stream, &[0x88])
}

/// Data of a response.
pub(crate) fn data(stream: u32, bytes: &[u8], last: bool) -> Vec<u8> {
    frame(DATA, u8::from(last), stream, bytes)
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}
