use std::time::Duration;

use bytes::Bytes;
use rhombus_kisi_runtime::RhombusUuid;

use crate::Operation;

/// What goes wrong with a call, and with which.
///
/// A fault is for the next call, unless [`times`](Self::times), [`always`](Self::always) or [`rate`](Self::rate) says
/// otherwise, and for any operation, unless [`on`](Self::on) names one. Faults that match the same call take turns in the
/// order in which they were [injected](crate::Fake::inject).
///
/// ```
/// use rhombus_kisi_fake::{Fault, Operation};
///
/// let throttled_twice = Fault::rate_limited(1).times(2);
/// let lost_response = Fault::cut().carried_out().on(Operation::UpdateKisiIntegration);
/// let bad_network = Fault::reset().rate(0.1);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(crate) is_carried_out: bool,
    pub(crate) operation: Option<Operation>,
    pub(crate) organization: Option<RhombusUuid>,
    /// How many more calls it is for; `None` for all.
    pub(crate) times: Option<usize>,
    /// How many calls that match go well before.
    pub(crate) skip: usize,
    pub(crate) rate: Option<f64>,
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Nothing,
    Rejected(String),
    IntegrationAuth,
    Warning(String),
    Failed(Vec<String>),
    Misconfigured(Vec<String>),
    Unauthorized,
    Forbidden,
    RateLimited(u64),
    Status(u16),
    Page(u16),
    Slow(Duration),
    Hang,
    Cut,
    Reset,
    CutBody,
    Garbage(Bytes),
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self {
            effect,
            is_carried_out: false,
            operation: None,
            organization: None,
            times: Some(1),
            skip: 0,
            rate: None,
        }
    }

    fn success(effect: Effect) -> Self {
        Self {
            is_carried_out: true,
            ..Self::new(effect)
        }
    }

    /// Returns no fault: the call goes well. It takes a turn like any other, for sequences.
    pub fn none() -> Self {
        Self::success(Effect::Nothing)
    }

    /// Returns a rejection with this message: status 200 with `error: true`, as this API does.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new(Effect::Rejected(message.into()))
    }

    /// Returns a rejection of the Kisi API key: status 200 with `authError: true`.
    pub fn auth_error() -> Self {
        Self::new(Effect::IntegrationAuth)
    }

    /// Returns a success with this caveat (`warningMsg`).
    pub fn warning(message: impl Into<String>) -> Self {
        Self::success(Effect::Warning(message.into()))
    }

    /// Returns a success in which these were not updated (`failedGuids`).
    pub fn failed_ids<T: Into<String>>(ids: impl IntoIterator<Item = T>) -> Self {
        Self::success(Effect::Failed(ids.into_iter().map(Into::into).collect()))
    }

    /// Returns a success in which these doors are at more than one location (`misconfiguredDoors`).
    pub fn misconfigured_doors<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::success(Effect::Misconfigured(names.into_iter().map(Into::into).collect()))
    }

    /// Returns status 401: no credential, or one that fits no scheme.
    pub fn unauthorized() -> Self {
        Self::new(Effect::Unauthorized)
    }

    /// Returns status 403: the credential is wrong, expired or not permitted.
    pub fn forbidden() -> Self {
        Self::new(Effect::Forbidden)
    }

    /// Returns status 429 with `Retry-After`, in s. The server never says less than 1; a test that has no time may say 0.
    pub fn rate_limited(seconds: u64) -> Self {
        Self::new(Effect::RateLimited(seconds))
    }

    /// Returns another status, 400 to 599, with a JSON body. A status outside of that range becomes 500.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status(error_status(status)))
    }

    /// Returns another status, 400 to 599, with a proxy's HTML page. A status outside of that range becomes 500.
    pub fn page(status: u16) -> Self {
        Self::new(Effect::Page(error_status(status)))
    }

    /// Returns a response that takes this long. The call is carried out at the end of that time, if the client still waits.
    pub fn slow(time: Duration) -> Self {
        Self::new(Effect::Slow(time))
    }

    /// Returns no response for as long as the client waits.
    pub fn hang() -> Self {
        Self::new(Effect::Hang)
    }

    /// Returns a connection that closes without a response.
    pub fn cut() -> Self {
        Self::new(Effect::Cut)
    }

    /// Returns a connection that is reset without a response.
    pub fn reset() -> Self {
        Self::new(Effect::Reset)
    }

    /// Returns a response that breaks off in its body. The call is carried out.
    pub fn cut_in_body() -> Self {
        Self::success(Effect::CutBody)
    }

    /// Returns status 200 with a body that is no JSON. The call is carried out.
    pub fn garbage() -> Self {
        Self::garbage_of("{\"error\": fal")
    }

    /// Returns status 200 with this body, declared as JSON. The call is carried out.
    pub fn garbage_of(body: impl Into<Bytes>) -> Self {
        Self::success(Effect::Garbage(body.into()))
    }

    /// Carries the call out, although the response is lost or speaks of a failure. A [`slow`](Self::slow) call is carried out before the wait.
    pub fn carried_out(mut self) -> Self {
        self.is_carried_out = true;
        self
    }

    /// Does not carry the call out, although it is one that otherwise would be.
    pub fn not_carried_out(mut self) -> Self {
        self.is_carried_out = false;
        self
    }

    /// Limits the fault to an operation.
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Limits the fault to calls for an organisation.
    pub fn for_organization(mut self, id: RhombusUuid) -> Self {
        self.organization = Some(id);
        self
    }

    /// Sets how many calls it is for.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Sets that it is for every call from now on.
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Lets this many calls that match go well first.
    pub fn after(mut self, calls: usize) -> Self {
        self.skip = calls;
        self
    }

    /// Makes it happen to this part of all calls from now on, from 0 to 1. Which they are depends on the fake's
    /// [seed](crate::FakeBuilder::seed) and on the order of the calls.
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = Some(rate);
        self.times = None;
        self
    }
}

fn error_status(status: u16) -> u16 {
    if (400..600).contains(&status) { status } else { 500 }
}
