//! A response's body, which may break off.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// The body of a response.
#[derive(Debug)]
pub(crate) struct ResponseBody {
    rest: Option<Bytes>,
    length: u64,
    /// Whether the connection closes where the body has to go on. The wait lets what came before get out.
    breaks_off: Option<Pin<Box<Sleep>>>,
}

/// The body breaks off here, on purpose.
#[derive(Debug)]
pub(crate) struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body breaks off")
    }
}

impl std::error::Error for BrokenOff {}

impl From<Infallible> for BrokenOff {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl ResponseBody {
    /// All of the body.
    pub(crate) fn whole(body: Bytes) -> Self {
        Self {
            length: body.len() as u64,
            rest: Some(body),
            breaks_off: None,
        }
    }

    /// The first half of the body.
    pub(crate) fn part(body: Bytes) -> Self {
        Self {
            length: body.len() as u64,
            rest: Some(body.slice(..body.len() / 2)),
            breaks_off: Some(Box::pin(tokio::time::sleep(Duration::from_millis(20)))),
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if let Some(rest) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        match &mut self.breaks_off {
            Some(wait) => {
                ready!(wait.as_mut().poll(cx));
                Poll::Ready(Some(Err(BrokenOff)))
            }
            None => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
