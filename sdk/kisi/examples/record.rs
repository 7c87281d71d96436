//! Records what a program and the API say to one another, and plays it back without a network.
//!
//! ```text
//! RHOMBUS_API_KEY=... cargo run --example record
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhombus_kisi::{Client, Error, Request, Response, RetryPolicy, SharedTransport, Transport, TransportFuture};

/// The calls of a program: the operation and the response to each. Requests are not kept, for they hold secrets.
#[derive(Clone, Default)]
pub(crate) struct Tape(Arc<Mutex<VecDeque<(&'static str, Response)>>>);

/// Sends through another transport, and records.
#[derive(Debug)]
pub(crate) struct Recorder(pub(crate) SharedTransport, pub(crate) Tape);

impl Transport for Recorder {
    fn send(&self, request: Request) -> TransportFuture<'_> {
        Box::pin(async move {
            let operation = request.operation.id;
            let response = self.0.send(request).await?;
            self.1.calls().push_back((operation, response.clone()));
            Ok(response)
        })
    }
}

/// Returns what was recorded, in the same order.
#[derive(Debug)]
pub(crate) struct Replay(pub(crate) Tape);

impl Transport for Replay {
    fn send(&self, request: Request) -> TransportFuture<'_> {
        let next = self.0.calls().pop_front();
        let operation = request.operation.id;
        Box::pin(async move {
            match next {
                Some((recorded, response)) if recorded == operation => Ok(response),
                _ => Err(Error::invalid(operation, "the tape has another call here")),
            }
        })
    }
}

impl Tape {
    fn calls(&self) -> MutexGuard<'_, VecDeque<(&'static str, Response)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls", self.calls().len())
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let (live, tape) = (Client::from_env()?, Tape::default());
    // The client underneath retries already. Its credentials are sent, not these.
    let recording = Client::builder()
        .api_key("any")
        .retry(RetryPolicy::none())
        .transport(Recorder(live.transport(), tape.clone()))
        .build()?;
    let recorded = recording.kisi_integration_v2().await?;
    println!("{tape:?}");
    let replay = Client::builder().api_key("any").transport(Replay(tape)).build()?;
    assert_eq!(replay.kisi_integration_v2().await?.settings(), recorded.settings());
    Ok(())
}
