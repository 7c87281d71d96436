use rhombus_kisi_runtime::{Error, TimeoutPhase};

/// How a call ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// With a response.
    Ok,
    /// No credentials, and whether that may be transient.
    Credentials(bool),
    /// No connection.
    Connect,
    /// A time limit.
    Timeout(TimeoutPhase),
    /// A connection that broke.
    BrokenOff,
    /// Too much.
    TooLarge,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 429, and how many seconds the server asks to wait.
    RateLimited(Option<u64>),
    /// 429, and a date up to so many seconds ahead; how many are left depends on when it is read.
    RateLimitedUpTo(u64),
    /// A redirect with this status, and the host that it points to.
    Redirect(u16, Option<&'static str>),
    /// Any other status.
    Status(u16),
    /// A response that is not what the contract says.
    Decode,
    /// A refusal with status 200.
    Refused,
    /// Kisi refused its key.
    IntegrationAuth,
}

impl Outcome {
    /// How a call ended; `Err` with the error's text where no fault may end that way.
    pub fn of<T>(result: &Result<T, Error>) -> Result<RealOutcome, String> {
        let Err(error) = result else {
            return Ok(RealOutcome::new("Ok", ""));
        };
        let outcome = match error {
            Error::Credentials { transient, .. } => RealOutcome::new(&format!("Credentials({transient})"), ""),
            Error::Connect { .. } => RealOutcome::new("Connect", ""),
            Error::Timeout { phase, .. } => RealOutcome::new("Timeout", format!("{phase:?}")),
            Error::BrokenOff { .. } => RealOutcome::new("BrokenOff", ""),
            Error::TooLarge { .. } => RealOutcome::new("TooLarge", ""),
            Error::Unauthorized { .. } => RealOutcome::new("Unauthorized", ""),
            Error::Forbidden { .. } => RealOutcome::new("Forbidden", ""),
            Error::RateLimited { retry_after, .. } => {
                RealOutcome::new("RateLimited", format!("{:?}", retry_after.map(|wait| wait.as_secs())))
            }
            Error::Redirect { status, host, .. } => {
                RealOutcome::new("Redirect", format!("{} {:?}", status.as_u16(), host.as_deref()))
            }
            Error::Status { status, .. } => RealOutcome::new("Status", status.as_u16().to_string()),
            Error::Decode(_) => RealOutcome::new("Decode", ""),
            Error::Refused { .. } => RealOutcome::new("Refused", ""),
            Error::IntegrationAuth { .. } => RealOutcome::new("IntegrationAuth", ""),
            other => return Err(format!("no fault ends like this: {other}")),
        };
        Ok(outcome)
    }

    /// The same as the text that it is compared by.
    pub fn expected(self) -> RealOutcome {
        match self {
            Self::Timeout(phase) => RealOutcome::new("Timeout", format!("{phase:?}")),
            Self::RateLimited(wait) => RealOutcome::new("RateLimited", format!("{wait:?}")),
            Self::Redirect(status, host) => RealOutcome::new("Redirect", format!("{status} {host:?}")),
            Self::Status(status) => RealOutcome::new("Status", status.to_string()),
            other => RealOutcome::new(&format!("{other:?}"), ""),
        }
    }

    /// Whether a call ended so, by its [`Outcome::of`].
    pub fn agrees(self, found: &RealOutcome) -> bool {
        match self {
            Self::RateLimitedUpTo(most) => (0..=most).any(|wait| Self::RateLimited(Some(wait)).agrees(found)),
            outcome => outcome.expected() == *found,
        }
    }

    /// What the error has to say of itself: `is_retryable`, `may_have_been_carried_out`, `status`.
    ///
    /// Written down once more here, so that a change of the SDK's own table is noticed.
    pub fn predicates(self) -> (bool, bool, Option<u16>) {
        match self {
            Self::Ok => (false, false, None),
            Self::Credentials(transient) => (transient, false, None),
            Self::Connect | Self::Timeout(TimeoutPhase::Connect) => (true, false, None),
            Self::Timeout(_) | Self::BrokenOff => (true, true, None),
            Self::TooLarge => (false, true, None),
            Self::Unauthorized => (false, false, Some(401)),
            Self::Forbidden => (false, false, Some(403)),
            Self::RateLimited(_) | Self::RateLimitedUpTo(_) => (true, false, Some(429)),
            // A 303 may be what follows a success.
            Self::Redirect(status, _) => (false, true, Some(status)),
            Self::Status(status) => {
                let unsure = !(400..500).contains(&status) || matches!(status, 408 | 418 | 499);
                (matches!(status, 502..=504), unsure, Some(status))
            }
            Self::Decode => (false, true, Some(200)),
            Self::Refused | Self::IntegrationAuth => (false, false, Some(200)),
        }
    }
}

/// An outcome in the form in which the expected and the real one are compared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RealOutcome(String);

impl RealOutcome {
    fn new(kind: &str, detail: impl AsRef<str>) -> Self {
        Self(format!("{kind} {}", detail.as_ref()).trim_end().to_owned())
    }
}

impl std::fmt::Display for RealOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What has to come of a fault, for operations of one class.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Expected {
    /// How the last call ends.
    pub outcome: Outcome,
    /// How many times the last call's request is tried.
    pub attempts: u32,
    /// How many whole requests reach the server, over all the calls: one more, and something was done twice.
    pub requests: usize,
    /// How many connections are opened, where there is somebody to count them.
    pub connections: usize,
}
