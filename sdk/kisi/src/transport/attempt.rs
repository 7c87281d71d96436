use std::pin::pin;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::Url;
use rhombus_kisi_runtime::{CallInfo, Error, Request, Response, TimeoutPhase, masker_of};
use tokio::time::Instant;

use super::body::{self, End};
use super::failure::{Failure, classify};
use super::timer::within;
use super::{HttpTransport, answer};
use crate::credentials::AuthHeaders;
use crate::http::HttpClients;

impl HttpTransport {
    /// Sends a request once and reads the answer.
    pub(super) async fn attempt(
        &self,
        request: &Request,
        call: &CallInfo,
        deadline: Instant,
    ) -> Result<Response, Failure> {
        let shared = &*self.shared;
        let client = shared.http.get(request.operation.repeat)?;
        let begun = Instant::now();
        let (ends, phase, limit) = match begun.checked_add(self.options.attempt_timeout) {
            Some(ends) if ends < deadline => (ends, TimeoutPhase::Attempt, self.options.attempt_timeout),
            _ => (deadline, TimeoutPhase::Overall, self.options.timeout),
        };
        let timed_out = || Error::Timeout {
            call: call.clone(),
            phase,
            limit,
        };
        let broken = |error| {
            let connect_limit = shared.http.connect_timeout();
            classify(
                error,
                call.clone(),
                shared.endpoint.server(),
                connect_limit,
                begun.elapsed(),
            )
        };

        let outgoing = self.outgoing(request);
        let sent_to = match &shared.http {
            HttpClients::Given(_) => Some(outgoing.url().clone()),
            HttpClients::Own { .. } => None,
        };
        let mut timer = pin!(tokio::time::sleep_until(ends));
        let mut response = match within(&mut timer, client.execute(outgoing)).await {
            None => return Err(timed_out().into()),
            Some(Err(error)) => return Err(broken(error)),
            Some(Ok(response)) => response,
        };
        let status = response.status();
        if let Some(sent_to) = sent_to.filter(|url| url != response.url()) {
            return Err(self.redirected(call, status, &sent_to, response.url()).into());
        }
        if !status.is_success() {
            // Whatever becomes of the body, the status is known.
            let (body, end) = body::read(&mut response, answer::BODY_LIMIT, &mut timer).await;
            let masker = masker_of(&request.body, &[self.auth.expose_key()]);
            let cut = !matches!(end, End::Whole);
            let (headers, url) = (response.headers(), response.url());
            return Err(answer::failure(call.clone(), status, headers, url, &body, cut, &masker));
        }

        let too_large = || Error::TooLarge {
            call: call.clone(),
            limit: shared.max_response_size,
        };
        if response
            .content_length()
            .is_some_and(|length| length > shared.max_response_size)
        {
            return Err(too_large().into());
        }
        let size = usize::try_from(shared.max_response_size).unwrap_or(usize::MAX);
        let (body, end) = body::read(&mut response, size, &mut timer).await;
        match end {
            End::Whole => Ok(Response::new(status, std::mem::take(response.headers_mut()), body)),
            End::TooLarge => Err(too_large().into()),
            End::TimedOut => Err(timed_out().into()),
            End::Broken(error) => Err(broken(error)),
        }
    }

    /// The request as the HTTP library wants it.
    fn outgoing(&self, request: &Request) -> reqwest::Request {
        let url = self.shared.endpoint.join(&request.path, &request.query);
        let mut outgoing = reqwest::Request::new(request.operation.method.clone(), url);
        let headers = outgoing.headers_mut();
        // Ours, and the three that the HTTP library adds.
        *headers = HeaderMap::with_capacity(request.headers.len() + AuthHeaders::COUNT + 3);
        if !request.headers.is_empty() {
            headers.extend(request.headers.clone());
        }
        if let Some(content_type) = &request.content_type {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        if let Some(agent) = &self.shared.user_agent {
            headers.insert(USER_AGENT, agent.clone());
        }
        self.auth.insert(headers);
        if request.content_type.is_some() || !request.body.is_empty() {
            *outgoing.body_mut() = Some(request.body.clone().into());
        } else if request.operation.method == Method::POST {
            // The HTTP library leaves it out, and some servers insist on it.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        outgoing
    }

    /// A client that the caller brought has followed a redirect.
    #[cold]
    fn redirected(&self, call: &CallInfo, status: StatusCode, from: &Url, to: &Url) -> Error {
        let host = to.host_str().or(from.host_str()).unwrap_or_default().to_owned();
        Error::Redirect {
            call: call.clone(),
            status,
            host: Some(rhombus_kisi_runtime::Transport::redact(self, host)),
        }
    }
}
