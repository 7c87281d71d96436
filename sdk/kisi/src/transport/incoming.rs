//! The body of a response that is read as it arrives.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use rhombus_kisi_runtime::{CallPhase, Error, Secrets, TimeoutPhase, Transport as _};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::HttpTransport;
use super::classify::{Circumstances, classify};
use super::timer::within;
use crate::retry::Call;

/// A response, and what is needed to say why it broke off.
pub(super) struct Incoming {
    pub(super) transport: HttpTransport,
    pub(super) secrets: Secrets,
    pub(super) call: Call,
    pub(super) response: reqwest::Response,
    pub(super) begun: Instant,
    /// How long it may be until something arrives.
    pub(super) idle: Duration,
    /// Whose timers count it, wherever it is read.
    pub(super) runtime: Handle,
}

impl Incoming {
    /// The chunks, each within the limit, which begins when the chunk is waited for.
    pub(super) fn chunks(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        stream::unfold(Some(self), |incoming| async move {
            let mut incoming = incoming?;
            match incoming.next().await {
                Ok(None) => None,
                Ok(Some(chunk)) => Some((Ok(chunk), Some(incoming))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let timer = {
            let _entered = self.runtime.enter();
            tokio::time::sleep(self.idle)
        };
        let next = within(&mut pin!(timer), pin!(self.response.chunk())).await;
        match next {
            Some(Ok(chunk)) => Ok(chunk),
            Some(Err(error)) => Err(self.broken(error)),
            None => Err(self.stood_still()),
        }
    }

    #[cold]
    fn stood_still(&self) -> Error {
        let error = Error::Timeout {
            call: self.call.info().at(CallPhase::Reading),
            phase: TimeoutPhase::Idle,
            limit: self.idle,
        };
        error.acting_for(self.transport.organization())
    }

    #[cold]
    fn broken(&self, error: reqwest::Error) -> Error {
        let shared = &self.transport.shared;
        let about = Circumstances {
            call: self.call.info().at(CallPhase::Reading),
            server: shared.endpoint.server(),
            proxy: shared.http.proxy(),
            connect_limit: shared.http.connect_timeout(),
            elapsed: self.begun.elapsed(),
            unsent: false,
            masker: &self.transport.masker(&self.secrets),
        };
        classify(error, about).error.acting_for(self.transport.organization())
    }
}
