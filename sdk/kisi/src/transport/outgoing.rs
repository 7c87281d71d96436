//! The body of a request that is sent as it is read, and how far it has come.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use rhombus_kisi_runtime::{Stream as _, Upload, UploadStream};
use tokio::time::Instant;

use super::gate::{CalledOff, Gate};

/// How much is handed to the HTTP library at once: what is on its way is seen to move, however long a chunk is.
const PIECE: usize = 64 * 1024;

/// How far the sending of a stream has come.
#[derive(Default)]
pub(super) struct Progress(Mutex<Sent>);

/// What was sent of a stream.
#[derive(Default)]
struct Sent {
    bytes: u64,
    /// When the last of it left.
    moved: Option<Instant>,
    /// Whether all of it did.
    ended: bool,
    /// Why it could not be read.
    failure: Option<Box<dyn StdError + Send + Sync>>,
}

impl Progress {
    fn sent(&self) -> MutexGuard<'_, Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the last of it left, and whether all of it did; `None` where nothing has.
    pub(super) fn moved(&self) -> Option<(Instant, bool)> {
        let sent = self.sent();
        sent.moved.map(|moved| (moved, sent.ended))
    }

    /// How many bytes were read, and why it could not be read further.
    pub(super) fn failure(&self) -> Option<(u64, Box<dyn StdError + Send + Sync>)> {
        let mut sent = self.sent();
        let bytes = sent.bytes;
        sent.failure.take().map(|failure| (bytes, failure))
    }
}

impl Gate {
    /// The body that is read from a stream once this gate is passed.
    pub(super) fn stream(&self, upload: &Upload, progress: &Arc<Progress>) -> reqwest::Body {
        reqwest::Body::wrap(Streamed {
            left: upload.length(),
            source: Source::Closed(upload.clone()),
            rest: Bytes::new(),
            progress: progress.clone(),
            gate: self.clone(),
        })
    }
}

enum Source {
    Closed(Upload),
    Open(UploadStream),
}

/// A request's body, piece by piece.
struct Streamed {
    source: Source,
    /// What was read and not sent yet.
    rest: Bytes,
    /// How much there has to be yet.
    left: Option<u64>,
    progress: Arc<Progress>,
    gate: Gate,
}

impl Streamed {
    /// Opens the stream, where it is not.
    fn open(&mut self) -> Option<&mut UploadStream> {
        if let Source::Closed(upload) = &self.source {
            self.source = Source::Open(upload.open()?);
        }
        match &mut self.source {
            Source::Open(stream) => Some(stream),
            Source::Closed(_) => None,
        }
    }

    /// The next piece. It errors where the stream is another one than was said.
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Box<dyn StdError + Send + Sync>>>> {
        while self.rest.is_empty() {
            let Some(stream) = self.open() else {
                return Poll::Ready(Some(Err("the stream was sent before".into())));
            };
            match Pin::new(stream).poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(chunk))) => self.rest = chunk,
                Poll::Ready(None) => {
                    return Poll::Ready(match self.left {
                        Some(left) if left > 0 => Some(Err(format!("it is {left} bytes shorter than was said").into())),
                        _ => None,
                    });
                }
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE));
        if let Some(left) = &mut self.left {
            match left.checked_sub(piece.len() as u64) {
                Some(less) => *left = less,
                None => return Poll::Ready(Some(Err("it is longer than was said".into()))),
            }
        }
        Poll::Ready(Some(Ok(piece)))
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = Unreadable;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Unreadable>>> {
        if !self.gate.pass() {
            return Poll::Ready(Some(Err(Unreadable(CalledOff.to_string()))));
        }
        let next = match self.next(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(next) => next,
        };
        let mut sent = self.progress.sent();
        sent.moved = Some(Instant::now());
        let frame = match next {
            None => {
                sent.ended = true;
                None
            }
            Some(Ok(piece)) => {
                sent.bytes += piece.len() as u64;
                sent.ended = self.left == Some(0);
                Some(Ok(Frame::data(piece)))
            }
            Some(Err(failure)) => {
                let text = failure.to_string();
                sent.failure = Some(failure);
                Some(Err(Unreadable(text)))
            }
        };
        drop(sent);
        Poll::Ready(frame)
    }

    /// Asked before the head is written.
    fn is_end_stream(&self) -> bool {
        self.gate.pass() && self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The body ends here, and not where it should.
#[derive(Debug)]
struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Unreadable {}
