//! Reading of files off the async executor.

use std::time::Duration;

use rhombus_kisi_runtime::Error;

use crate::{Credentials, CredentialsError, CredentialsFuture, Expiring};

/// After how long it is looked whether a file has changed.
const AGAIN: Duration = Duration::from_secs(10);

/// Reads credentials that may be others the next time.
pub(super) fn reading(
    read: impl FnOnce() -> Result<Credentials, CredentialsError> + Send + 'static,
) -> CredentialsFuture<'static> {
    Box::pin(async {
        let read = tokio::task::spawn_blocking(read).await;
        let credentials = read.map_err(|error| CredentialsError::because("the files were not read", error))??;
        Ok(Expiring::never(credentials).refresh_after(AGAIN))
    })
}

/// The reason of an error about the environment or a profile.
pub(super) fn because(error: Error) -> CredentialsError {
    let reason = match &error {
        Error::Config { message, .. } => message.clone().into_owned(),
        other => other.to_string(),
    };
    CredentialsError::because(reason, error)
}
