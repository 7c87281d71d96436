use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::time::Sleep;

/// What a future gives, or `None` where the timer goes off first.
///
/// One timer serves all the steps of an attempt; a `tokio::time::timeout` for each would set it up anew. The future
/// is pinned by the caller, so that the call's own does not hold it twice.
pub(crate) fn within<F: Future>(
    timer: &mut Pin<&mut Sleep>,
    mut future: Pin<&mut F>,
) -> impl Future<Output = Option<F::Output>> {
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        // A stream that is always ready uses up the task's budget, and the timer must go off all the same.
        Poll::Pending => pin!(tokio::task::unconstrained(timer.as_mut()))
            .poll(context)
            .map(|()| None),
    })
}
