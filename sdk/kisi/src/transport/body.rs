use std::pin::{Pin, pin};

use bytes::{Bytes, BytesMut};
use tokio::time::Sleep;

use super::timer::within;

/// What is set aside at most for a body on the word of its `content-length` alone.
const TRUSTED: usize = 1024 * 1024;

/// How the reading of a body ended.
pub(crate) enum End {
    Whole,
    TooLarge,
    TimedOut,
    Broken(reqwest::Error),
}

/// Reads a body of at most `limit` bytes, counted after decompression. Whatever the end, what came is returned.
pub(crate) fn read(
    response: &mut reqwest::Response,
    limit: usize,
    timer: &mut Pin<&mut Sleep>,
) -> impl Future<Output = (Bytes, End)> {
    let announced = response
        .content_length()
        .and_then(|length| usize::try_from(length).ok());
    // PERF: no `async fn`, which has room for its arguments twice.
    async move {
        // Most bodies come in one piece, which needs no copy.
        let mut first = Bytes::new();
        let mut whole = BytesMut::new();
        let end = loop {
            let chunk = match within(timer, pin!(response.chunk())).await {
                None => break End::TimedOut,
                Some(Err(error)) => break End::Broken(error),
                Some(Ok(None)) => break End::Whole,
                Some(Ok(Some(chunk))) => chunk,
            };
            if chunk.len() > limit - first.len().max(whole.len()) {
                let room = limit - first.len().max(whole.len());
                append(&mut first, &mut whole, chunk.slice(..room), announced);
                break End::TooLarge;
            }
            append(&mut first, &mut whole, chunk, announced);
        };
        let body = if whole.is_empty() { first } else { whole.freeze() };
        (body, end)
    }
}

fn append(first: &mut Bytes, whole: &mut BytesMut, chunk: Bytes, announced: Option<usize>) {
    if chunk.is_empty() {
        return;
    }
    if first.is_empty() && whole.is_empty() {
        *first = chunk;
        return;
    }
    if whole.is_empty() {
        whole.reserve(
            announced
                .unwrap_or_default()
                .min(TRUSTED)
                .max(first.len() + chunk.len()),
        );
        whole.extend_from_slice(first);
        *first = Bytes::new();
    }
    whole.extend_from_slice(&chunk);
}
