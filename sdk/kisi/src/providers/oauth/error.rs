use std::borrow::Cow;
use std::error::Error as StdError;

use rhombus_kisi_runtime::{Error, one_line};
use serde::Deserialize;

use crate::CredentialsError;

/// How many characters of a text of the endpoint an error shows.
const TEXT_LENGTH: usize = 200;

/// Why an access token was not refreshed. It is the source of [`CredentialsError::Provider`].
///
/// Texts of the endpoint are masked, on one line and shortened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OAuthError {
    /// The endpoint rejected the request: RFC 6749, section 5.2. For `invalid_grant` the refresh token is spent, revoked or expired:
    /// the user has to sign in again.
    #[error("the token endpoint rejected the request: {code}{}", described(.description))]
    Rejected {
        /// The code, such as `invalid_grant` or `invalid_client`.
        code: String,
        /// What the endpoint says of it; empty if it says nothing.
        description: String,
    },

    /// The endpoint cannot be reached, or returned another error.
    #[error("the token endpoint failed: {0}")]
    Endpoint(#[source] Box<Error>),

    /// The response has no access token, or is not JSON.
    #[error("the token endpoint's response cannot be used: {reason}")]
    Malformed {
        /// What is wrong with it. Nothing of it is quoted.
        reason: Cow<'static, str>,
    },

    /// The new refresh token was not stored. It is kept in memory, and is stored before it is used.
    #[error("the new refresh token was not stored")]
    Store(#[source] Box<dyn StdError + Send + Sync>),
}

fn described(description: &str) -> String {
    match description {
        "" => String::new(),
        description => format!(" ({description})"),
    }
}

impl OAuthError {
    /// What an endpoint's error means.
    pub(super) fn of(error: Error) -> Self {
        #[derive(Deserialize)]
        struct Body {
            error: String,
            error_description: Option<String>,
        }

        let is_rejection = matches!(error.status().map(|status| status.as_u16()), Some(400 | 401 | 403));
        // What is decoded is masked already.
        match error.decode::<Body>().filter(|_| is_rejection) {
            Some(body) => Self::Rejected {
                code: one_line(&body.error, TEXT_LENGTH),
                description: one_line(&body.error_description.unwrap_or_default(), TEXT_LENGTH),
            },
            None => Self::Endpoint(Box::new(error)),
        }
    }

    /// Whether the endpoint does not accept how the client authenticates itself. The refresh token is not spent then.
    pub(super) fn is_of_client(&self) -> bool {
        matches!(self, Self::Rejected { code, .. } if code == "invalid_client")
    }
}

impl From<OAuthError> for CredentialsError {
    fn from(error: OAuthError) -> Self {
        let is_transient = match &error {
            OAuthError::Endpoint(error) => {
                error.is_retryable() || error.status().is_some_and(|status| status.is_server_error())
            }
            OAuthError::Store(_) => true,
            OAuthError::Rejected { .. } | OAuthError::Malformed { .. } => false,
        };
        let error = Self::because(error.to_string(), error);
        if is_transient { error.transient() } else { error }
    }
}
