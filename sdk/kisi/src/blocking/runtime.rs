use rhombus_kisi_runtime::Error;
use tokio::runtime::{Builder, Handle, Runtime};

/// The runtime of a blocking client and its clones. One thread of its own drives connections and timers; a call runs on the
/// thread that waits for it.
#[derive(Debug)]
pub(super) struct Driver(Option<Runtime>);

impl Driver {
    pub(super) fn new() -> Result<Self, Error> {
        outside()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(2)
            .thread_name("rhombus-kisi")
            .enable_all()
            .build()
            .map_err(|error| Error::config_because("the thread of the blocking client cannot be started", error))?;
        Ok(Self(Some(runtime)))
    }

    /// Waits for a future.
    ///
    /// Errors where that would be on a thread of a Tokio runtime.
    pub(super) fn wait<F: Future>(&self, begin: impl FnOnce() -> F) -> Result<F::Output, Error> {
        outside()?;
        let runtime = self
            .0
            .as_ref()
            .ok_or_else(|| Error::invalid("the blocking client", "its runtime has ended"))?;
        // PERF: in a box, for the stack of the calling thread may be small.
        Ok(runtime.block_on(Box::pin(async { begin().await })))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waits for nothing: the last clone may be dropped on a thread of another runtime, which must not wait.
            runtime.shutdown_background();
        }
    }
}

/// Errors on a thread that belongs to a Tokio runtime: waiting there would keep that runtime's tasks from running.
fn outside() -> Result<(), Error> {
    match Handle::try_current() {
        Err(_) => Ok(()),
        Ok(_) => Err(Error::invalid(
            "the blocking client",
            "it was called on a thread of a Tokio runtime, whose tasks would stand still: use `rhombus_kisi::Client` there",
        )),
    }
}
