//! Calls whose credentials a provider returns: they are asked for before each attempt, and once more after a rejection.

use std::pin::Pin;
use std::sync::Arc;

use http::StatusCode;
use rhombus_kisi_runtime::{Error, Request};
use tokio::time::Instant;

use super::HttpTransport;
use super::attempt::Attempt;
use super::auth::Auth;
use super::through::{Through, Via};
use crate::credentials::{AuthHeaders, Provided, Rejection};
use crate::measure::Started;
use crate::retry::{Call, Failure};
use crate::trace;

impl HttpTransport {
    /// The same transport with credentials that a provider returned.
    fn of(&self, headers: AuthHeaders, provided: &Provided) -> Self {
        Self {
            auth: Auth::Issued(headers, Arc::clone(provided.cache())),
            ..self.clone()
        }
    }

    /// Makes a call's attempts, each with the credentials of its time.
    // PERF: in a box, so that the futures of calls with fixed credentials have no room for it.
    pub(super) fn call_provided<'a, T: Through + 'a>(
        &'a self,
        provided: &'a Provided,
        request: &'a Request,
        via: Via<'a>,
        span: &'a trace::Span,
    ) -> Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>> {
        let attempt = move |call: Call, deadline: Instant| async move {
            let issued = provided.get(&call.info(), deadline).await?;
            let transport = self.of(provided.headers(&issued)?, provided);
            let attempt = Attempt::begin(&transport, request, call, deadline);
            let span = attempt.span(span);
            let started = Started::now();
            let mut result = match via {
                Via::Http(client) => span.run(T::of(&attempt, client)).await,
                Via::Own(own) => span.run(attempt.through::<T>(own)).await,
            };
            attempt.ended(&span, &started, &mut result);
            match &mut result {
                Ok(_) => issued.accept(),
                Err(failure) => match rejection(failure) {
                    Some(why) if failure.permanent => provided.begin_renewal(&issued, why),
                    Some(why) => failure.renewed = provided.renew(&issued, why, deadline).await,
                    None => {}
                },
            }
            result
        };
        let operation = request.operation;
        Box::pin(self.retry(operation.repeat).run(Call::new(operation), attempt))
    }
}

/// Whether the server rejected the credentials: it has certainly not carried out the request.
fn rejection(failure: &Failure) -> Option<Rejection> {
    match failure.error.status()? {
        StatusCode::UNAUTHORIZED => Some(Rejection::Unauthorized),
        StatusCode::FORBIDDEN => Some(Rejection::Forbidden),
        _ => None,
    }
}
