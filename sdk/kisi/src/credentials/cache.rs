//! One refresh at a time, however many calls wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rhombus_kisi_runtime::Error;
use tokio::sync::watch;
use tokio::time::Instant;

use super::state::{Ended, Issued, LIMIT, Need, Outcome, Rejected, Rejection, State};
use super::{AuthHeaders, CertificatePem, Credentials, CredentialsError, ProvideCredentials};
use crate::events::{Event, Events, RefreshCause};

/// A provider's credentials, shared by all clones of a client.
pub(crate) struct Cache {
    provider: Arc<dyn ProvideCredentials>,
    /// What connections are made with, and no other.
    certificate: Option<CertificatePem>,
    events: Events,
    /// Tells the providers of a process apart.
    id: u64,
    state: Mutex<State>,
}

impl Cache {
    pub(crate) fn new(
        provider: Arc<dyn ProvideCredentials>,
        certificate: Option<CertificatePem>,
        events: Events,
    ) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);

        Arc::new(Self {
            provider,
            certificate,
            events,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            state: Mutex::default(),
        })
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// The headers of the last credentials, if there were any.
    pub(super) fn last(&self) -> Option<AuthHeaders> {
        self.state().current().map(|current| current.headers.clone())
    }

    /// All keys that a server may echo.
    pub(crate) fn known(&self) -> Vec<AuthHeaders> {
        self.state().known()
    }

    /// Returns credentials that hold, without a wait where there are any.
    pub(super) async fn get(self: &Arc<Self>, deadline: Instant) -> Outcome {
        loop {
            let ended = {
                let mut state = self.state();
                match state.need(Instant::now()) {
                    Need::Use(issued) => return Ok(issued),
                    Need::UseAndRefresh(issued) => {
                        self.begin(&mut state, RefreshCause::Expiring);
                        return Ok(issued);
                    }
                    Need::Refresh => self.begin(&mut state, RefreshCause::Expiring),
                    Need::Wait(ended) => ended,
                    Need::Fail(error) => return Err(error),
                }
            };
            if let Some(outcome) = end_of(ended, deadline).await? {
                return outcome;
            }
        }
    }

    /// Asks for others than the credentials that a server has rejected. Returns whether there are any.
    pub(super) async fn renew(self: &Arc<Self>, used: &Issued, why: Rejection, deadline: Instant) -> bool {
        loop {
            let ended = {
                let mut state = self.state();
                match state.rejected(used, why, Instant::now()) {
                    Rejected::Changed => return true,
                    Rejected::Final => return false,
                    Rejected::Refresh => self.begin(&mut state, cause(why)),
                    Rejected::Wait(ended) => ended,
                }
            };
            if end_of(ended, deadline).await.is_err() {
                return false;
            }
        }
    }

    /// Asks for others without waiting for them.
    pub(super) fn begin_renewal(self: &Arc<Self>, used: &Issued, why: Rejection) {
        let mut state = self.state();
        if let Rejected::Refresh = state.rejected(used, why, Instant::now()) {
            self.begin(&mut state, cause(why));
        }
    }

    /// Asks the provider in a task of its own, so that no call that is dropped stops it: a refresh token may be spent by then.
    fn begin(self: &Arc<Self>, state: &mut State, cause: RefreshCause) -> Ended {
        let sender = watch::Sender::new(None);
        let (number, ended) = state.begin(&sender, Instant::now());
        let refresh = Refresh {
            cache: Arc::clone(self),
            number,
            cause,
            sender,
            is_over: false,
        };
        tokio::spawn(refresh.run());
        ended
    }

    /// What the provider returned, as it is sent.
    fn accept(&self, credentials: Credentials) -> Result<AuthHeaders, CredentialsError> {
        let credentials = credentials.on_connections_of(self.certificate.as_ref())?;
        credentials.into_headers().map_err(|error| CredentialsError::Unusable {
            reason: match error {
                Error::Config { message, .. } => message,
                Error::Invalid { reason, .. } => reason,
                other => other.to_string().into(),
            },
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the end of a refresh; `None` where it has no outcome, because its runtime has ended.
async fn end_of(mut ended: Ended, deadline: Instant) -> Result<Option<Outcome>, CredentialsError> {
    let limit = deadline.saturating_duration_since(Instant::now());
    match tokio::time::timeout_at(deadline, ended.wait_for(Option::is_some)).await {
        Ok(Ok(outcome)) => Ok(outcome.clone()),
        Ok(Err(_)) => Ok(None),
        Err(_) => Err(CredentialsError::TimedOut { limit }),
    }
}

fn cause(why: Rejection) -> RefreshCause {
    match why {
        Rejection::Unauthorized => RefreshCause::Unauthorized,
        Rejection::Forbidden => RefreshCause::Forbidden,
    }
}

/// One asking of the provider.
struct Refresh {
    cache: Arc<Cache>,
    number: u64,
    cause: RefreshCause,
    sender: watch::Sender<Option<Outcome>>,
    is_over: bool,
}

impl Refresh {
    async fn run(mut self) {
        let asked = tokio::time::timeout(LIMIT, self.cache.provider.credentials()).await;
        let result = match asked {
            Err(_) => Err(CredentialsError::TimedOut { limit: LIMIT }),
            Ok(Err(error)) => Err(error),
            Ok(Ok(expiring)) => {
                let (credentials, expires, refresh) = expiring.into_parts();
                let headers = self.cache.accept(credentials);
                headers.map(|headers| Issued::new(headers, expires, refresh))
            }
        };
        self.end(result);
    }

    fn end(&mut self, result: Result<Issued, CredentialsError>) {
        self.is_over = true;
        let outcome = self.cache.state().end(self.number, result, Instant::now());
        let error = outcome.as_ref().err().cloned();
        self.sender.send_replace(Some(outcome));
        // Once nobody waits any more: the callback is the user's.
        self.cache.events.emit(&Event::CredentialsRefreshed {
            cause: self.cause,
            error: error.as_ref().map(|error| error as _),
        });
    }
}

impl Drop for Refresh {
    /// Lets nobody wait for a provider that has panicked, or whose runtime has ended.
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        if std::thread::panicking() {
            self.end(Err(CredentialsError::Panicked));
        } else {
            self.cache.state().abandon(self.number);
        }
    }
}
