//! Services of [tower](https://docs.rs/tower) under a [`Client`](crate::Client): its layers, another HTTP library, or an
//! `axum::Router` in process.

use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, Bytes, BytesMut};
use http::Uri;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http_body::Body;
use rhombus_kisi_runtime::{
    CallInfo, CallPhase, Error, Masker, Request, Response, Transport, TransportFuture, excerpt,
};
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// The default of [`ServiceTransport::max_response_size`].
const MAX_RESPONSE_SIZE: usize = 8 * 1024 * 1024;

/// A transport that sends by a service: give it to [`ClientBuilder::transport`](crate::ClientBuilder::transport).
///
/// The service gets an `http::Request` with the operation's path and query as its URI, after the
/// [endpoint](Self::endpoint) if there is one, and with the credentials in its headers. Its body, `B`, is made from
/// [`Bytes`]; a body that is a stream is a validation error. A clone of the service sends each attempt.
///
/// An error from `poll_ready` means that nothing was sent ([`Error::Connect`]); one from `call` is an [`Error::BrokenOff`], unless
/// [`not_sent`](Self::not_sent) knows better.
///
/// ```
/// use axum::routing::post;
/// use axum::{Json, Router};
/// use rhombus_kisi::Client;
/// use rhombus_kisi::tower::ServiceTransport;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), rhombus_kisi::Error> {
/// let settings = Json(json!({ "kisiSettings": { "enabled": true } }));
/// let router = Router::new().route("/api/integrations/badge/getKisiIntegration", post(async || settings));
/// let service = tower::ServiceBuilder::new().concurrency_limit(4).service(router);
/// let client = Client::builder().api_key("any").transport(ServiceTransport::<_, axum::body::Body>::new(service)).build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
pub struct ServiceTransport<S, B = Bytes> {
    // Behind a lock, for a service need not be shareable: it is cloned there.
    service: Arc<Mutex<S>>,
    endpoint: String,
    max_response_size: usize,
    not_sent: Option<NotSent>,
    body: PhantomData<fn() -> B>,
}

/// Whether an error of the service shows that nothing was sent.
type NotSent = Arc<dyn Fn(&(dyn StdError + 'static)) -> bool + Send + Sync>;

impl<S, B> ServiceTransport<S, B> {
    /// Returns a transport that sends by clones of this service.
    pub fn new(service: S) -> Self {
        Self {
            service: Arc::new(Mutex::new(service)),
            endpoint: String::new(),
            max_response_size: MAX_RESPONSE_SIZE,
            not_sent: None,
            body: PhantomData,
        }
    }

    /// Sets what the URIs begin with, such as `https://api2.rhombussystems.com`; nothing by default, as a router in process needs
    /// it.
    ///
    /// # Errors
    /// Errors with [`Error::Config`] if it is not the URI of a server, with or without a path.
    pub fn endpoint(mut self, url: impl Into<String>) -> Result<Self, Error> {
        let url = url.into();
        let parsed: Uri = url
            .parse()
            .map_err(|_| Error::config("the endpoint of the service is not a URI"))?;
        if parsed.host().is_none() || parsed.scheme().is_none() || parsed.query().is_some() {
            return Err(Error::config(
                "the endpoint of the service has to have a scheme and a host, and no query",
            ));
        }
        self.endpoint = url.trim_end_matches('/').to_owned();
        Ok(self)
    }

    /// Sets how many bytes of a response are read at most; 8 MiB by default.
    #[must_use]
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Sets which errors of the service show that nothing was sent, such as those of a load-shedding layer. Such an attempt may be
    /// retried whatever the operation does.
    ///
    /// ```
    /// use rhombus_kisi::tower::ServiceTransport;
    ///
    /// # fn example<S>(service: S) -> ServiceTransport<S> {
    /// ServiceTransport::new(service).not_sent(|error| error.is::<tower::load_shed::error::Overloaded>())
    /// # }
    /// ```
    #[must_use]
    pub fn not_sent(mut self, is_certain: impl Fn(&(dyn StdError + 'static)) -> bool + Send + Sync + 'static) -> Self {
        self.not_sent = Some(Arc::new(is_certain));
        self
    }

    /// The request as HTTP has it.
    fn request(&self, request: Request) -> Result<http::Request<B>, Error>
    where
        B: From<Bytes>,
    {
        let mut uri = format!("{}{}", self.endpoint, request.path);
        if !request.query.is_empty() {
            uri.push('?');
            uri.push_str(&request.query);
        }
        let uri: Uri = uri
            .parse()
            .map_err(|_| Error::invalid("the request", "its path and query are no URI"))?;
        let body = request.body.into_bytes()?;
        let mut headers = request.headers;
        if let Some(accept) = request.operation.accept_header() {
            headers.insert(ACCEPT, accept);
        }
        if let Some(content_type) = request.content_type {
            headers.insert(CONTENT_TYPE, content_type);
        }
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        let mut outgoing = http::Request::new(B::from(body));
        *outgoing.method_mut() = request.operation.method.clone();
        *outgoing.uri_mut() = uri;
        *outgoing.headers_mut() = headers;
        Ok(outgoing)
    }

    /// The error of a service; `ready` if it was before the request was given to it.
    fn failed(&self, error: &BoxError, call: CallInfo, masker: &Masker, ready: bool) -> Error {
        let source = said(&**error, masker);
        let is_certain = |error| self.not_sent.as_ref().is_some_and(|is_certain| is_certain(error));
        let mut causes = std::iter::successors(Some(&**error as &(dyn StdError + 'static)), |error| (**error).source());
        if ready || causes.any(is_certain) {
            return Error::Connect {
                call,
                server: "the service".into(),
                reason: source.clone().into(),
                source: source.into(),
            };
        }
        Error::BrokenOff {
            call,
            source: source.into(),
        }
    }
}

/// An error and those under it, which may quote the server.
fn said(error: &(dyn StdError + 'static), masker: &Masker) -> String {
    let causes = std::iter::successors(Some(error), |error| (**error).source()).take(16);
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    excerpt(masker.mask(texts.join(": ")).as_bytes())
}

impl<S, B, R> Transport for ServiceTransport<S, B>
where
    S: Service<http::Request<B>, Response = http::Response<R>, Error: Into<BoxError>, Future: Send> + Clone + Send,
    B: From<Bytes> + Send + 'static,
    R: Body<Data: Send, Error: Into<BoxError>> + Send,
{
    fn send(&self, request: Request) -> TransportFuture<'_> {
        Box::pin(async move {
            let (operation, secrets) = (request.operation, request.secrets.clone());
            let call = || CallInfo::of(operation, 1);
            let failed =
                |error: BoxError, phase, ready| self.failed(&error, call().at(phase), &self.masker(&secrets), ready);
            let outgoing = self.request(request)?;
            let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
            poll_fn(|context| service.poll_ready(context))
                .await
                .map_err(|error| failed(error.into(), CallPhase::Connecting, true))?;
            let sent = service.call(outgoing).await;
            let response = sent.map_err(|error| failed(error.into(), CallPhase::Waiting, false))?;
            let (head, body) = response.into_parts();
            match collect(body, self.max_response_size).await {
                Ok(Some(body)) => Ok(Response::new(head.status, head.headers, body)),
                Ok(None) => Err(Error::TooLarge {
                    call: call(),
                    limit: self.max_response_size as u64,
                }),
                Err(error) => Err(failed(error, CallPhase::Reading, false)),
            }
        })
    }
}

/// The whole body; `None` if it is larger than the limit.
async fn collect<R: Body<Error: Into<BoxError>>>(body: R, limit: usize) -> Result<Option<Bytes>, BoxError> {
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        let Ok(mut data) = frame.map_err(Into::into)?.into_data() else {
            continue;
        };
        if whole.len().saturating_add(data.remaining()) > limit {
            return Ok(None);
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            whole.extend_from_slice(chunk);
            let length = chunk.len();
            data.advance(length);
        }
    }
    Ok(Some(whole.freeze()))
}

impl<S, B> fmt::Debug for ServiceTransport<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTransport")
            .field("max_response_size", &self.max_response_size)
            .finish_non_exhaustive()
    }
}
