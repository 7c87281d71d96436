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
    /// Makes a call's attempts through the caller's own transport.
    // PERF: in a box, so that the futures of calls over HTTP have no room for it.
    pub(super) fn through<'a, T: Through + 'a>(
        &'a self,
        own: &'a SharedTransport,
        request: &'a Request,
        span: &'a trace::Span,
    ) -> Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>> {
        if let Err(error) = check_timers() {
            return Box::pin(async { Err(error) });
        }
        if let Auth::Provided(provided) = &self.auth {
            return self.call_provided(provided, request, Via::Own(own), span);
        }
        let attempt = move |call: Call, deadline: Instant| async move {
            let attempt = Attempt::begin(self, request, call, deadline);
            let span = attempt.span(span);
            let started = Started::now();
            let mut result = span.run(attempt.through::<T>(own)).await;
            attempt.ended(&span, &started, &mut result);
            result
        };
        let operation = request.operation;
        Box::pin(self.retry(operation.repeat).run(Call::new(operation), attempt))
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
