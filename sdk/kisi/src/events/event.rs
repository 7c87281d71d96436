use std::error::Error as StdError;
use std::time::Duration;

use rhombus_kisi_runtime::Error;
use rhombus_kisi_runtime::drift::FindingKind;

/// What a client does besides what it was asked for: see [`ClientBuilder::on_event`](crate::ClientBuilder::on_event).
///
/// No event has a secret, or a value of a response. `organization` is the id of the client organisation that a partner acts
/// for, and `None` where the key is an organisation's own.
///
/// ```
/// use rhombus_kisi::events::Event;
///
/// fn line(event: &Event<'_>) -> String {
///     match event {
///         Event::Retry { operation, wait, error, .. } => format!("{operation}: again in {wait:?}: {error}"),
///         Event::Drift { operation, path, .. } => format!("{operation}: the API has changed at {path}"),
///         other => format!("{}: {other:?}", other.name()),
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An attempt failed, and another follows after a wait.
    #[non_exhaustive]
    Retry {
        /// The operation id.
        operation: &'static str,
        /// For which organisation.
        organization: Option<&'a str>,
        /// How many attempts were made, the one that failed included.
        attempts: u32,
        /// How long the call waits before the next.
        wait: Duration,
        /// Why the attempt failed.
        error: &'a Error,
    },
    /// A call waits, before it sends anything, because the organisation's quota is used up.
    #[non_exhaustive]
    QuotaWait {
        /// The operation id.
        operation: &'static str,
        /// Whose quota it is.
        organization: Option<&'a str>,
        /// How long the call waits.
        wait: Duration,
    },
    /// The credentials were fetched anew, or could not be.
    #[non_exhaustive]
    CredentialsRefreshed {
        /// Why they were.
        cause: RefreshCause,
        /// Why they could not be, a [`CredentialsError`](crate::CredentialsError); the old ones are then used as long as they hold.
        error: Option<&'a (dyn StdError + Send + Sync + 'static)>,
    },
    /// A response had something for the first time that the document of the API does not have: see
    /// [`Client::drift`](crate::Client::drift).
    #[non_exhaustive]
    Drift {
        /// The operation id.
        operation: &'static str,
        /// What kind of difference it is.
        kind: FindingKind,
        /// Where it is in the response, by names alone.
        path: &'a str,
    },
}

/// Why credentials are fetched anew.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RefreshCause {
    /// There were none yet, or they were about to expire.
    Expiring,
    /// The server rejected them (401).
    Unauthorized,
    /// The server does not permit what was asked for (403), which others may be permitted.
    Forbidden,
}

impl RefreshCause {
    /// Returns the name of the cause, which does not change from release to release.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
        }
    }
}

impl Event<'_> {
    /// Returns the name of the kind of event, which does not change from release to release: `retry`, `quota_wait`,
    /// `credentials_refreshed` or `drift`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "retry",
            Self::QuotaWait { .. } => "quota_wait",
            Self::CredentialsRefreshed { .. } => "credentials_refreshed",
            Self::Drift { .. } => "drift",
        }
    }
}
