//! Events as those of `tracing`. Numbers are recorded as `i64` and `f64`: exporters make text of any other.

#[cfg(not(feature = "tracing"))]
#[inline]
pub(super) fn event(_: &super::event::Event<'_>) {}

#[cfg(feature = "tracing")]
pub(super) use on::event;

#[cfg(feature = "tracing")]
mod on {
    use tracing::info;

    use crate::events::event::Event;
    use crate::trace::shown;

    pub(in crate::events) fn event(event: &Event<'_>) {
        match *event {
            Event::Retry {
                operation,
                organization,
                attempts,
                wait,
                error,
            } => info!(
                rhombus.operation = operation,
                rhombus.organization = organization.map(shown).as_deref(),
                rhombus.attempts = i64::from(attempts),
                rhombus.wait = wait.as_secs_f64(),
                error = %error,
                "retry"
            ),
            Event::QuotaWait {
                operation,
                organization,
                wait,
            } => info!(
                rhombus.operation = operation,
                rhombus.organization = organization.map(shown).as_deref(),
                rhombus.wait = wait.as_secs_f64(),
                "waiting for quota"
            ),
            Event::CredentialsRefreshed { cause, error: None } => {
                info!(rhombus.cause = cause.as_str(), "credentials refreshed");
            }
            Event::CredentialsRefreshed {
                cause,
                error: Some(error),
            } => info!(rhombus.cause = cause.as_str(), error = %error, "credentials not refreshed"),
            Event::Drift { operation, kind, path } => info!(
                rhombus.operation = operation,
                rhombus.drift.kind = kind.as_str(),
                rhombus.drift.path = path,
                "the API has changed"
            ),
        }
    }
}
