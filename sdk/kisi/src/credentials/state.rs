//! What is known of a provider's credentials, and what has to be done: data in, decisions out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{AuthHeaders, CredentialsError};

/// How long the provider may take.
pub(super) const LIMIT: Duration = Duration::from_secs(30);
/// How long the provider is not asked again after it failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How long credentials that a server rejects are not asked for again for that reason.
const AFTER_REJECTION: Duration = Duration::from_secs(10);
/// How many earlier keys are still masked: a server may echo one in a late response.
const EARLIER: usize = 4;

/// Credentials that can be sent.
pub(crate) struct Issued {
    pub(super) headers: AuthHeaders,
    /// The same for the same key, and another for another.
    number: u64,
    expires: Option<Instant>,
    refresh: Option<Instant>,
    /// Whether the server has accepted them.
    accepted: AtomicBool,
}

impl Issued {
    pub(super) fn new(headers: AuthHeaders, expires: Option<Instant>, refresh: Option<Instant>) -> Self {
        Self {
            headers,
            number: 0,
            expires,
            refresh,
            accepted: AtomicBool::new(false),
        }
    }

    /// Notes that the server has accepted them.
    pub(crate) fn accept(&self) {
        // PERF: written once, so that calls at once do not take the line from one another.
        if !self.accepted.load(Ordering::Relaxed) {
            self.accepted.store(true, Ordering::Relaxed);
        }
    }

    fn holds(&self, now: Instant) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

/// How a refresh ended.
pub(super) type Outcome = Result<Arc<Issued>, CredentialsError>;
/// Tells those who wait how a refresh ended. Without an outcome, its runtime has ended before.
pub(super) type Ended = watch::Receiver<Option<Outcome>>;

/// A refresh that has begun.
struct Running {
    number: u64,
    begun: Instant,
    ended: Ended,
}

/// What a call that needs credentials has to do.
pub(super) enum Need {
    Use(Arc<Issued>),
    /// They still hold, and it is time for the next ones.
    UseAndRefresh(Arc<Issued>),
    Refresh,
    Wait(Ended),
    Fail(CredentialsError),
}

/// What a call whose credentials were rejected has to do.
pub(super) enum Rejected {
    /// There are others by now.
    Changed,
    Refresh,
    Wait(Ended),
    /// The provider has no others.
    Final,
}

/// A status that says that the credentials are not accepted.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Rejection {
    /// 401.
    Unauthorized,
    /// 403, which can also be for what these credentials may not do.
    Forbidden,
}

#[derive(Default)]
pub(super) struct State {
    current: Option<Arc<Issued>>,
    /// Headers of those before, the last one last.
    earlier: VecDeque<AuthHeaders>,
    failure: Option<(Instant, CredentialsError)>,
    /// Which credentials were asked for again because the server rejected them, and when.
    asked: Option<(u64, Instant)>,
    running: Option<Running>,
    /// Counts refreshes.
    refreshes: u64,
}

impl State {
    pub(super) fn current(&self) -> Option<&Arc<Issued>> {
        self.current.as_ref()
    }

    /// All keys that a server may echo.
    pub(super) fn known(&self) -> Vec<AuthHeaders> {
        let current = self.current.iter().map(|current| &current.headers);
        self.earlier.iter().chain(current).cloned().collect()
    }

    /// Decides for a call that needs credentials.
    pub(super) fn need(&self, now: Instant) -> Need {
        if let Some(current) = self.current.as_ref().filter(|current| current.holds(now)) {
            let due = current.refresh.is_some_and(|refresh| refresh <= now);
            return match due && self.running(now).is_none() && self.failed(now).is_none() {
                true => Need::UseAndRefresh(Arc::clone(current)),
                false => Need::Use(Arc::clone(current)),
            };
        }
        match (self.running(now), self.failed(now)) {
            (Some(running), _) => Need::Wait(running.ended.clone()),
            (None, Some(error)) => Need::Fail(error.clone()),
            (None, None) => Need::Refresh,
        }
    }

    /// Decides for a call whose credentials were rejected. With [`Rejected::Refresh`] it is noted that they are asked for again.
    pub(super) fn rejected(&mut self, used: &Issued, why: Rejection, now: Instant) -> Rejected {
        if self
            .current
            .as_ref()
            .is_some_and(|current| current.number != used.number)
        {
            return Rejected::Changed;
        }
        if let Some(running) = self.running(now) {
            return Rejected::Wait(running.ended.clone());
        }
        if self.failed(now).is_some() {
            return Rejected::Final;
        }
        let again = match self.asked {
            None => true,
            Some((_, at)) if now.saturating_duration_since(at) >= AFTER_REJECTION => true,
            // A key that worked and does not any more has been rotated. A 403 does not tell that from a missing permission.
            Some((number, _)) => {
                number != used.number && why == Rejection::Unauthorized && used.accepted.load(Ordering::Relaxed)
            }
        };
        if !again {
            return Rejected::Final;
        }
        self.asked = Some((used.number, now));
        Rejected::Refresh
    }

    /// Begins a refresh. Returns its number, and what tells its end by `sender`.
    pub(super) fn begin(&mut self, sender: &watch::Sender<Option<Outcome>>, now: Instant) -> (u64, Ended) {
        self.refreshes += 1;
        let ended = sender.subscribe();
        self.running = Some(Running {
            number: self.refreshes,
            begun: now,
            ended: ended.clone(),
        });
        (self.refreshes, ended)
    }

    /// Ends a refresh that has no outcome.
    pub(super) fn abandon(&mut self, refresh: u64) {
        if self.running.as_ref().is_some_and(|running| running.number == refresh) {
            self.running = None;
        }
    }

    /// Takes what a refresh came to, and returns what it means for those who wait.
    pub(super) fn end(&mut self, refresh: u64, outcome: Result<Issued, CredentialsError>, now: Instant) -> Outcome {
        self.abandon(refresh);
        let outcome = outcome.and_then(|issued| self.check(issued, now));
        match &outcome {
            Ok(issued) => {
                self.failure = None;
                let before = self.current.replace(Arc::clone(issued));
                if let Some(before) = before.filter(|before| before.number != issued.number) {
                    self.earlier.push_back(before.headers.clone());
                    if self.earlier.len() > EARLIER {
                        self.earlier.pop_front();
                    }
                } else if let Some((number, at)) = &mut self.asked
                    && *number == issued.number
                {
                    *at = now;
                }
            }
            Err(error) => {
                self.failure = Some((now, error.clone()));
                // They may be asked for again as soon as any are.
                self.asked = None;
            }
        }
        outcome
    }

    /// The credentials with their number. Errors if the calls that rely on those before must not use them.
    fn check(&self, mut issued: Issued, now: Instant) -> Outcome {
        if !issued.holds(now) {
            return Err(CredentialsError::Expired);
        }
        issued.number = match &self.current {
            None => 0,
            Some(before) => {
                if before.headers.is_partner() != issued.headers.is_partner() {
                    return Err(CredentialsError::Changed { what: "kind" });
                }
                if before.headers.organization() != issued.headers.organization() {
                    return Err(CredentialsError::Changed { what: "organisation" });
                }
                match before.headers.is_same_secret(&issued.headers) {
                    true => {
                        issued.accepted = AtomicBool::new(before.accepted.load(Ordering::Relaxed));
                        before.number
                    }
                    false => before.number + 1,
                }
            }
        };
        Ok(Arc::new(issued))
    }

    /// The refresh that runs. One whose runtime is not driven does not count for ever.
    fn running(&self, now: Instant) -> Option<&Running> {
        let lasts = |running: &&Running| now.saturating_duration_since(running.begun) < 2 * LIMIT;
        self.running.as_ref().filter(lasts)
    }

    /// The failure after which the provider is left alone for a moment.
    fn failed(&self, now: Instant) -> Option<&CredentialsError> {
        let lasts = |at: Instant| now.saturating_duration_since(at) < AFTER_FAILURE;
        self.failure
            .as_ref()
            .filter(|(at, _)| lasts(*at))
            .map(|(_, error)| error)
    }
}
