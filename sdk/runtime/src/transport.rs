use std::cell::OnceCell;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Error, Masker, Request, Respond, Response, decode, one_line};

/// How many characters of the vendor's message an error holds.
const MESSAGE_LENGTH: usize = 1000;

/// What [`Transport::send`] answers.
pub type TransportFuture<'a> = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>>;

/// A transport that clients share.
pub type SharedTransport = Arc<dyn Transport>;

/// The one seam through which every operation leaves, generated or not.
///
/// An implementation adds the server and the credentials, bounds time and size, repeats what may be repeated
/// ([`Operation::repeat`](crate::Operation)), and turns every answer but a 2xx into an [`Error`]. `rhombus-kisi`
/// has the one that speaks HTTP; a test can write its own.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request and waits for the whole response.
    fn send(&self, request: Request) -> TransportFuture<'_>;

    /// The text without the credentials that this transport knows. What the server says goes through it before
    /// it becomes part of an error.
    fn redact(&self, text: String) -> String {
        text
    }
}

/// Sends a request and decodes the JSON answer. Generated methods call it.
///
/// # Errors
/// Those of the transport; [`Error::Decode`] where the answer is not what the document says;
/// [`Error::Refused`] and [`Error::IntegrationAuth`] where a 200 stands for a refusal.
pub async fn call<T: Respond>(transport: &dyn Transport, request: Request) -> Result<T, Error> {
    // Shared, not copied; the masker is made where there is a text to mask, and once.
    let secrets = request.secrets.clone();
    let (of, operation) = (request.operation, request.operation.id);
    let response = transport.send(request).await?;
    let masker = OnceCell::new();
    let mask = |text| transport.redact(masker.get_or_init(|| Masker::new(secrets.iter())).mask(text));
    // It goes into logs: on one line, and not as long as a whole answer can be.
    let said = |text: &str| one_line(&mask(text.to_owned()), MESSAGE_LENGTH);
    let mut value: T = decode::json(operation, &response, mask).map_err(|error| error.of(of))?;
    if let Some(warning) = value.warning_mut() {
        *warning = said(warning);
    }
    match value.refusal() {
        None => Ok(value),
        Some(refusal) => {
            let message = said(refusal.message.unwrap_or_default());
            Err(Error::refused(operation, response.attempts, message, refusal.auth).of(of))
        }
    }
}

/// Sends a request and answers the body as it came. Generated methods of CSV, zip and other answers call it.
///
/// # Errors
/// Those of the transport.
pub async fn call_bytes(transport: &dyn Transport, request: Request) -> Result<Bytes, Error> {
    Ok(transport.send(request).await?.body)
}

/// Sends a request whose answer has no content. Generated methods call it.
///
/// # Errors
/// Those of the transport.
pub async fn call_empty(transport: &dyn Transport, request: Request) -> Result<(), Error> {
    transport.send(request).await.map(drop)
}
