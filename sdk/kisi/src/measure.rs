//! Metrics, by the names of OpenTelemetry's conventions where they have one. The labels are few: no ids of organisations.

#[cfg(not(feature = "metrics"))]
pub(crate) use off::{Started, describe, event};
#[cfg(feature = "metrics")]
pub(crate) use on::{Started, describe, event};

/// Without the feature: nothing, at no cost.
#[cfg(not(feature = "metrics"))]
mod off {
    use http::StatusCode;
    use rhombus_kisi_runtime::{Error, Operation};

    use crate::events::event::Event;

    pub(crate) struct Started;

    impl Started {
        #[inline]
        pub(crate) fn now() -> Self {
            Self
        }

        #[inline]
        pub(crate) fn call(&self, _: &Operation, _: Result<StatusCode, &Error>) {}

        #[inline]
        pub(crate) fn attempt(&self, _: &Operation, _: (&str, u16), _: Result<StatusCode, &Error>) {}
    }

    #[inline]
    pub(crate) fn event(_: &Event<'_>) {}

    #[inline]
    pub(crate) fn describe() {}
}

#[cfg(feature = "metrics")]
mod on {
    use std::borrow::Cow;

    use http::StatusCode;
    use metrics::{Label, Unit, counter, describe_counter, describe_histogram, histogram};
    use rhombus_kisi_runtime::{Error, Operation};
    use tokio::time::Instant;

    use crate::error_type::error_type;
    use crate::events::event::Event;

    const REQUEST_DURATION: &str = "http.client.request.duration";
    const ATTEMPTS: &str = "rhombus.client.attempts";
    const CALLS: &str = "rhombus.client.calls";
    const CALL_DURATION: &str = "rhombus.client.call.duration";
    const WAIT_DURATION: &str = "rhombus.client.wait.duration";
    const REFRESHES: &str = "rhombus.client.credentials.refreshes";
    const DRIFT: &str = "rhombus.client.drift.findings";

    /// Says what the metrics are, to the recorder that is installed now.
    pub(crate) fn describe() {
        describe_histogram!(REQUEST_DURATION, Unit::Seconds, "Duration of HTTP client requests.");
        describe_counter!(ATTEMPTS, Unit::Count, "Attempts of calls, the retries included.");
        describe_counter!(CALLS, Unit::Count, "Calls of operations.");
        describe_histogram!(
            CALL_DURATION,
            Unit::Seconds,
            "Duration of calls: their attempts and the waits between them."
        );
        describe_histogram!(
            WAIT_DURATION,
            Unit::Seconds,
            "How long calls wait for a retry or for quota."
        );
        describe_counter!(REFRESHES, Unit::Count, "How many times credentials were fetched anew.");
        describe_counter!(
            DRIFT,
            Unit::Count,
            "Different findings that the API's document does not have."
        );
    }

    /// When something began.
    pub(crate) struct Started(Instant);

    impl Started {
        pub(crate) fn now() -> Self {
            Self(Instant::now())
        }

        /// Records a call that has ended.
        pub(crate) fn call(&self, operation: &Operation, result: Result<StatusCode, &Error>) {
            let labels = outcome(operation, result);
            histogram!(CALL_DURATION, labels.clone()).record(self.0.elapsed());
            counter!(CALLS, labels).increment(1);
        }

        /// Records an attempt that has ended.
        pub(crate) fn attempt(
            &self,
            operation: &Operation,
            (host, port): (&str, u16),
            result: Result<StatusCode, &Error>,
        ) {
            let mut labels = outcome(operation, result);
            counter!(ATTEMPTS, labels.clone()).increment(1);
            labels.extend([
                Label::new("http.request.method", operation.method.as_str().to_owned()),
                Label::from_static_parts("url.template", operation.path),
                Label::new("server.address", host.to_owned()),
                Label::new("server.port", port.to_string()),
            ]);
            let status = result.map_or_else(Error::status, Some);
            labels.extend(status.map(|status| Label::new("http.response.status_code", status.as_str().to_owned())));
            histogram!(REQUEST_DURATION, labels).record(self.0.elapsed());
        }
    }

    /// The operation and how it ended.
    fn outcome(operation: &Operation, result: Result<StatusCode, &Error>) -> Vec<Label> {
        let mut labels = vec![
            Label::from_static_parts("rhombus.operation", operation.id),
            Label::from_static_parts("rhombus.outcome", if result.is_ok() { "success" } else { "error" }),
        ];
        labels.extend(result.err().map(|error| match error_type(error) {
            Cow::Borrowed(kind) => Label::from_static_parts("error.type", kind),
            Cow::Owned(kind) => Label::new("error.type", kind),
        }));
        labels
    }

    /// Records what is told by an event.
    pub(crate) fn event(event: &Event<'_>) {
        match *event {
            Event::Retry { operation, wait, .. } => {
                histogram!(WAIT_DURATION, "rhombus.operation" => operation, "rhombus.wait.reason" => "retry")
                    .record(wait);
            }
            Event::QuotaWait { operation, wait, .. } => {
                histogram!(WAIT_DURATION, "rhombus.operation" => operation, "rhombus.wait.reason" => "quota")
                    .record(wait);
            }
            Event::CredentialsRefreshed { cause, error } => {
                let outcome = if error.is_none() { "success" } else { "error" };
                counter!(REFRESHES, "rhombus.refresh.cause" => cause.as_str(), "rhombus.outcome" => outcome)
                    .increment(1);
            }
            Event::Drift { operation, kind, .. } => {
                counter!(DRIFT, "rhombus.operation" => operation, "rhombus.drift.kind" => kind.as_str()).increment(1);
            }
        }
    }
}
