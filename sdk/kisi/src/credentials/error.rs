use std::borrow::Cow;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rhombus_kisi_runtime::one_line;

/// How many characters of a provider's reason are kept.
const REASON_LENGTH: usize = 1000;

/// Why a provider returned no credentials that can be used.
///
/// It is the [source](std::error::Error::source) of [`Error::Credentials`](crate::Error::Credentials).
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The provider's own reason.
    #[error("{reason}")]
    Provider {
        /// Why, on one line.
        reason: String,
        /// Whether the failure may be transient.
        transient: bool,
        /// The error underneath, if there is one.
        source: Option<Arc<dyn Error + Send + Sync>>,
    },

    /// A file could not be read, or does not hold a key.
    #[error("{} {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. The contents are not quoted.
        reason: String,
    },

    /// The credentials cannot be sent, or not by this client.
    #[error("the provider's credentials cannot be used: {reason}")]
    Unusable {
        /// Why, and what to do.
        reason: Cow<'static, str>,
    },

    /// The credentials are for somebody else than those before: another organisation, or a partner.
    #[error("the provider's credentials are not of the same {what} as those before: build another client for them")]
    Changed {
        /// What differs.
        what: &'static str,
    },

    /// The credentials have ended already.
    #[error("the provider's credentials have expired already")]
    Expired,

    /// The provider did not return in time. It goes on for up to 30 s in all, for the calls after this one.
    #[error("the provider of the credentials did not return within {limit:?}")]
    TimedOut {
        /// How long was waited.
        limit: Duration,
    },

    /// The provider panicked.
    #[error("the provider of the credentials panicked")]
    Panicked,
}

impl CredentialsError {
    /// Returns a provider's own reason, which must not hold a secret. It is put on one line and shortened.
    ///
    /// ```
    /// use rhombus_kisi::CredentialsError;
    ///
    /// let error = CredentialsError::new("the vault is sealed");
    /// assert!(!error.is_transient());
    /// ```
    pub fn new(reason: impl AsRef<str>) -> Self {
        Self::Provider {
            reason: one_line(reason.as_ref(), REASON_LENGTH),
            transient: false,
            source: None,
        }
    }

    /// Returns a provider's own reason, and the error underneath. Neither must hold a secret.
    ///
    /// ```
    /// use rhombus_kisi::CredentialsError;
    ///
    /// # fn read() -> Result<String, CredentialsError> {
    /// std::fs::read_to_string("key").map_err(|error| CredentialsError::because("the key cannot be read", error))
    /// # }
    /// ```
    pub fn because(reason: impl AsRef<str>, source: impl Error + Send + Sync + 'static) -> Self {
        Self::Provider {
            reason: one_line(reason.as_ref(), REASON_LENGTH),
            transient: false,
            source: Some(Arc::new(source)),
        }
    }

    /// Returns the same reason as one that may be transient, such as an endpoint that is down.
    ///
    /// ```
    /// use rhombus_kisi::CredentialsError;
    ///
    /// assert!(CredentialsError::new("the vault is being restarted").transient().is_transient());
    /// ```
    #[must_use]
    pub fn transient(mut self) -> Self {
        if let Self::Provider { transient, .. } = &mut self {
            *transient = true;
        }
        self
    }

    /// Returns whether the failure may be transient, so that asking again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Provider { transient, .. } => *transient,
            Self::TimedOut { .. } => true,
            Self::File { .. } | Self::Unusable { .. } | Self::Changed { .. } | Self::Expired | Self::Panicked => false,
        }
    }
}
