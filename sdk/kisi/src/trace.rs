//! Spans with the names of OpenTelemetry's HTTP conventions: one a call, one an attempt. Bodies and headers never.
//!
//! Numbers are recorded as `i64`: exporters make text of any other integer.

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{Span, warn};
#[cfg(feature = "tracing")]
pub(crate) use on::{Span, shown, warn};

/// Without the feature: nothing, at no cost.
#[cfg(not(feature = "tracing"))]
mod off {
    use http::StatusCode;
    use rhombus_kisi_runtime::{Error, Operation};

    use crate::warning::EnvWarning;

    pub(crate) struct Span;

    impl Span {
        #[inline]
        pub(crate) fn call(_: &Operation, _: (&str, u16), _: Option<&str>) -> Self {
            Self
        }

        #[inline]
        pub(crate) fn attempt(&self, _: &Operation, _: (&str, u16), _: Option<&str>, _: u32) -> Self {
            Self
        }

        #[inline]
        pub(crate) fn run<F: Future>(&self, future: F) -> F {
            future
        }

        #[inline]
        pub(crate) fn record(&self, _: Result<StatusCode, &Error>) {}
    }

    #[inline]
    pub(crate) fn warn(_: &[EnvWarning]) {}
}

#[cfg(feature = "tracing")]
mod on {
    use std::borrow::Cow;

    use http::StatusCode;
    use rhombus_kisi_runtime::{Error, Operation, is_one_line, one_line};
    use tracing::field::{Empty, display};
    use tracing::instrument::{Instrument, Instrumented};

    use crate::error_type::error_type;
    use crate::warning::EnvWarning;

    pub(crate) struct Span(tracing::Span);

    impl Span {
        /// The span of a call, for the organisation that a partner acts for.
        pub(crate) fn call(operation: &Operation, (host, port): (&str, u16), organization: Option<&str>) -> Self {
            Self(tracing::info_span!(
                "rhombus.call",
                otel.name = operation.id,
                otel.kind = "internal",
                rhombus.operation = operation.id,
                rhombus.organization = organization.map(shown).as_deref(),
                http.request.method = operation.method.as_str(),
                url.template = operation.path,
                server.address = host,
                server.port = i64::from(port),
                http.response.status_code = Empty,
                "error.type" = Empty,
                otel.status_code = Empty,
            ))
        }

        /// The span of a call's attempt, counted from 1.
        pub(crate) fn attempt(
            &self,
            operation: &Operation,
            (host, port): (&str, u16),
            organization: Option<&str>,
            number: u32,
        ) -> Self {
            let resent = number - 1;
            let span = tracing::info_span!(
                parent: &self.0,
                "rhombus.attempt",
                otel.name = Empty,
                otel.kind = "client",
                rhombus.organization = organization.map(shown).as_deref(),
                http.request.method = operation.method.as_str(),
                url.template = operation.path,
                server.address = host,
                server.port = i64::from(port),
                http.request.resend_count = Empty,
                http.response.status_code = Empty,
                "error.type" = Empty,
                otel.status_code = Empty,
            );
            span.record(
                "otel.name",
                display(format_args!("{} {}", operation.method, operation.path)),
            );
            if resent > 0 {
                span.record("http.request.resend_count", i64::from(resent));
            }
            Self(span)
        }

        pub(crate) fn run<F: Future>(&self, future: F) -> Instrumented<F> {
            future.instrument(self.0.clone())
        }

        /// How it ended.
        pub(crate) fn record(&self, result: Result<StatusCode, &Error>) {
            let status = match result {
                Ok(status) => Some(status),
                Err(error) => error.status(),
            };
            if let Some(status) = status {
                self.0.record("http.response.status_code", i64::from(status.as_u16()));
            }
            if let Err(error) = result {
                // The status of a span as OpenTelemetry has it; `tracing-opentelemetry` knows the name.
                self.0.record("otel.status_code", "ERROR");
                self.0.record("error.type", &*error_type(error));
            }
        }
    }

    /// How many characters of an organisation's id are shown: more than one has.
    const SHOWN: usize = 100;

    /// An organisation's id as spans and events have it: a server may have chosen it.
    pub(crate) fn shown(organization: &str) -> Cow<'_, str> {
        match is_one_line(organization, SHOWN) {
            true => Cow::Borrowed(organization),
            false => Cow::Owned(one_line(organization, SHOWN)),
        }
    }

    /// What should be changed in the environment.
    pub(crate) fn warn(warnings: &[EnvWarning]) {
        for warning in warnings {
            tracing::warn!("{warning}");
        }
    }
}
