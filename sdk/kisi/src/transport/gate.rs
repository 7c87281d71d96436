//! Whether a request has begun to leave: what makes "nothing was sent" certain.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

const WAITING: u8 = 0;
const LEFT: u8 = 1;
const CALLED_OFF: u8 = 2;

/// The gate that a request's body passes when it leaves.
///
/// The HTTP library looks at a body only once it has a connection, right before it writes the request. So a gate that
/// nothing has passed means that no connection was opened; and once it is closed, nothing passes any more.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<AtomicU8>);

impl Gate {
    /// A body that passes this gate.
    pub(super) fn body(&self, bytes: Bytes) -> reqwest::Body {
        reqwest::Body::wrap(Gated {
            bytes,
            gate: self.clone(),
        })
    }

    /// Closes the gate. Returns whether nothing has passed, and so nothing ever will.
    pub(super) fn call_off(&self) -> bool {
        self.change(CALLED_OFF) != LEFT
    }

    /// Lets the request leave, unless it was called off.
    pub(super) fn pass(&self) -> bool {
        self.change(LEFT) != CALLED_OFF
    }

    /// The first to change it decides.
    fn change(&self, to: u8) -> u8 {
        match self
            .0
            .compare_exchange(WAITING, to, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => to,
            Err(earlier) => earlier,
        }
    }
}

/// A request's body, in one piece.
struct Gated {
    bytes: Bytes,
    gate: Gate,
}

impl Body for Gated {
    type Data = Bytes;
    type Error = CalledOff;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, CalledOff>>> {
        Poll::Ready(if !self.gate.pass() {
            Some(Err(CalledOff))
        } else if self.bytes.is_empty() {
            None
        } else {
            Some(Ok(Frame::data(std::mem::take(&mut self.bytes))))
        })
    }

    /// Asked before the head is written.
    fn is_end_stream(&self) -> bool {
        self.gate.pass() && self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

/// The attempt was over before its request began to leave.
#[derive(Debug)]
pub(super) struct CalledOff;

impl fmt::Display for CalledOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attempt is over")
    }
}

impl std::error::Error for CalledOff {}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use http_body::Body;

    use super::{Gate, Gated};

    fn body(gate: &Gate) -> Gated {
        Gated {
            bytes: "{}".into(),
            gate: gate.clone(),
        }
    }

    #[test]
    fn what_has_left_cannot_be_called_off() {
        let gate = Gate::default();
        let mut body = body(&gate);
        assert_eq!(body.size_hint().exact(), Some(2));
        assert!(!body.is_end_stream());
        assert!(!gate.call_off());
        let context = &mut Context::from_waker(Waker::noop());
        assert!(matches!(
            Pin::new(&mut body).poll_frame(context),
            Poll::Ready(Some(Ok(_)))
        ));
        assert!(body.is_end_stream());
        assert!(matches!(Pin::new(&mut body).poll_frame(context), Poll::Ready(None)));
    }

    #[test]
    fn what_was_called_off_does_not_leave() {
        let gate = Gate::default();
        let mut body = body(&gate);
        assert!(gate.call_off() && gate.call_off());
        assert!(!body.is_end_stream());
        let context = &mut Context::from_waker(Waker::noop());
        assert!(matches!(
            Pin::new(&mut body).poll_frame(context),
            Poll::Ready(Some(Err(_)))
        ));
    }
}
