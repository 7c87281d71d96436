//! Calls through a transport of the caller's own: the limits and the retries are ours, the sending is not.

use std::pin::Pin;

use http::StatusCode;
use rhombus_kisi_runtime::{ByteStream, Error, Request, Response, SharedTransport, Transport};
use tokio::time::{Instant, timeout_at};

use super::HttpTransport;
use super::attempt::{Attempt, Received};
use super::auth::Auth;
use super::clients::check_timers;
use super::error_response::{self, ErrorResponse};
use crate::measure::Started;
use crate::retry::{Call, Failure};
use crate::trace;

/// What an attempt is sent by.
#[derive(Clone, Copy)]
pub(super) enum Via<'a> {
    /// HTTP.
    Http(&'a reqwest::Client),
    /// The caller's own transport.
    Own(&'a SharedTransport),
}

impl HttpTransport {
    /// Makes the call, within its span.
    pub(super) async fn through<T: Through>(&self, own: &SharedTransport, request: Request) -> Result<T, Error> {
        let span = trace::Span::call(
            request.operation,
            self.shared.endpoint.host_and_port(),
            self.auth.organization(),
        );
        let started = Started::now();
        let result = span.run(self.tried(own, &request, &span)).await;
        span.record(result.as_ref().map(T::status));
        started.call(request.operation, result.as_ref().map(T::status));
        result
    }

    async fn tried<T: Through>(
        &self,
        own: &SharedTransport,
        request: &Request,
        span: &trace::Span,
    ) -> Result<T, Error> {
        if let Some(name) = self.options.zero() {
            return Err(Error::invalid(name, "it is zero, so that every call would fail"));
        }
        check_timers()?;
        if let Auth::Provided(provided) = &self.auth {
            return self.call_provided(provided, request, Via::Own(own), span).await;
        }
        let attempt = |call: Call, deadline: Instant| {
            let attempt = Attempt::begin(self, request, call, deadline);
            async move {
                let span = attempt.span(span);
                let started = Started::now();
                let mut result = span.run(attempt.through::<T>(own)).await;
                let outcome = result.as_ref().map(T::status).map_err(|failure| &failure.error);
                span.record(outcome);
                attempt.measured(&started, outcome);
                if let Err(failure) = &mut result {
                    // What cannot be read again cannot be sent again.
                    failure.permanent |= request.body.is_spent();
                }
                result
            }
        };
        let operation = request.operation;
        self.retry(operation.repeat).run(Call::new(operation), attempt).await
    }
}

impl Attempt<'_> {
    pub(super) async fn through<T: Through>(&self, own: &SharedTransport) -> Result<T, Failure> {
        let mut request = self.request.clone();
        request.secrets = self.transport.auth.among(request.secrets);
        self.transport.auth.insert(&mut request.headers);
        let received = match timeout_at(self.ends, T::send(&**own, request)).await {
            Ok(Ok(received)) => received,
            Ok(Err(error)) => return Err(Failure::from(error.attempted(self.call.info()))),
            Err(_) => {
                return Err(Failure::from(Error::Timeout {
                    call: self.call.info(),
                    phase: self.phase,
                    limit: self.limit(),
                }));
            }
        };
        received.checked(self).await
    }

    /// The error of a response that is none of success.
    fn refused(&self, status: StatusCode, headers: &http::HeaderMap, body: &[u8]) -> Failure {
        let cut = body.len() > error_response::BODY_LIMIT;
        let url = self
            .transport
            .shared
            .endpoint
            .join(&self.request.path, &self.request.query);
        let response = ErrorResponse {
            status,
            headers,
            url: &url,
            body: body.get(..error_response::BODY_LIMIT).unwrap_or(body),
            cut,
            proxy: None,
        };
        error_response::failure(self.call.info(), &response, &self.masker())
    }

    fn is_too_large(&self, length: u64) -> bool {
        length > self.transport.shared.max_response_size
    }
}

/// What it returns in time.
type Sent<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// What a transport of the caller's own returns.
pub(super) trait Through: Received {
    /// Sends a request by it.
    fn send(own: &dyn Transport, request: Request) -> Sent<'_, Self>;

    /// What was returned, if it is a success and not too large.
    fn checked(self, attempt: &Attempt<'_>) -> impl Future<Output = Result<Self, Failure>> + Send;
}

impl Through for Response {
    fn send(own: &dyn Transport, request: Request) -> Sent<'_, Self> {
        own.send(request)
    }

    async fn checked(mut self, attempt: &Attempt<'_>) -> Result<Self, Failure> {
        if !self.status.is_success() {
            return Err(attempt.refused(self.status, &self.headers, &self.body));
        }
        if attempt.is_too_large(self.body.len() as u64) {
            return Err(attempt.too_large());
        }
        self.attempts = attempt.call.attempts;
        Ok(self)
    }
}

impl Through for ByteStream {
    fn send(own: &dyn Transport, request: Request) -> Sent<'_, Self> {
        own.send_streaming(request)
    }

    async fn checked(mut self, attempt: &Attempt<'_>) -> Result<Self, Failure> {
        if self.status().is_success() {
            return Ok(self);
        }
        let (status, headers) = (self.status(), self.headers().clone());
        let mut body = Vec::new();
        // Whatever becomes of the body, the status is known.
        while let Ok(Ok(Some(chunk))) = timeout_at(attempt.ends, self.chunk()).await {
            body.extend_from_slice(&chunk);
            if body.len() > error_response::BODY_LIMIT {
                break;
            }
        }
        Err(attempt.refused(status, &headers, &body))
    }
}
