use std::cell::OnceCell;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;

use crate::decode::{self, Noted};
use crate::drift::{Collect, FindingKind, NAME_LENGTH, Sighting};
use crate::gate::{one_line_of, pass_list, said};
use crate::{ByteStream, Error, Masker, Operation, Request, Respond, Response, Secrets};

/// How many characters of the vendor's message an error holds.
const MESSAGE_LENGTH: usize = 1000;

/// What [`Transport::send`] returns.
pub type TransportFuture<'a> = Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>>;

/// What [`Transport::send_streaming`] returns.
pub type StreamFuture<'a> = Pin<Box<dyn Future<Output = Result<ByteStream, Error>> + Send + 'a>>;

/// A transport that clients share.
pub type SharedTransport = Arc<dyn Transport>;

/// The one seam through which every operation leaves, generated or not.
///
/// An implementation adds the server and the credentials, bounds time and size, repeats what may be repeated
/// ([`Operation::repeat`](crate::Operation)), and turns every response but a 2xx into an [`Error`]. `rhombus-kisi`
/// has the one that speaks HTTP; a test can write its own.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request and waits for the whole response.
    fn send(&self, request: Request) -> TransportFuture<'_>;

    /// Sends a request and waits for the head of the response, whose body is then read as it arrives.
    ///
    /// A transport that does not implement it reads the whole body first.
    fn send_streaming(&self, request: Request) -> StreamFuture<'_> {
        Box::pin(async move {
            let operation = request.operation;
            Ok(ByteStream::whole(operation, self.send(request).await?))
        })
    }

    /// Returns the masker of a request's secrets and of the credentials that this transport knows. What the server sent
    /// goes through it before it becomes part of an error or an outcome.
    fn masker(&self, secrets: &Secrets) -> Masker {
        secrets.masker([])
    }

    /// Takes what a response had that the document of the API has not; it is called once for each such response. A transport
    /// that does not implement it does not look.
    fn drift(&self, sighting: &Sighting<'_>) {
        let _ = sighting;
    }

    /// Returns the id of the client organisation that a partner acts for: what [`Error::organization`] returns of an error.
    fn organization(&self) -> Option<&str> {
        None
    }
}

impl dyn Transport + '_ {
    /// Returns the text without the credentials that the transport knows.
    pub fn redact(&self, text: String) -> String {
        self.masker(&Secrets::default()).mask(text)
    }
}

/// Sends a request and decodes the JSON response. Generated methods call it.
///
/// The texts that the response has by their roles (the warning, the lists of what was not carried out) are returned
/// masked, on one line and bounded.
///
/// # Errors
/// Those of the transport; [`Error::Decode`] where the response is not what the document says;
/// [`Error::Refused`] and [`Error::IntegrationAuth`] where a 200 is a rejection.
pub async fn call<T: Respond>(transport: &dyn Transport, request: Request) -> Result<T, Error> {
    // Shared, not copied; the masker is made where there is a text to mask, and once.
    let secrets = request.secrets.clone();
    let of = request.operation;
    let about = |error: Error| error.of(of, transport.organization());
    let response = transport.send(request).await.map_err(about)?;
    let masker = OnceCell::new();
    let masker = || masker.get_or_init(|| transport.masker(&secrets));
    let mask = |text| masker().mask(text);
    let mut noted = Noted::Nothing;
    let value = decode::json(of.id, &response, mask, &mut noted);
    if !matches!(noted, Noted::Nothing) {
        report(transport, of, value.as_ref().ok(), &noted, &masker);
    }
    let value = value.map_err(about)?;
    read(value, &masker).map_err(|(message, auth)| about(Error::refused(of.id, response.attempts, message, auth)))
}

/// Tells the transport of what the document of the API has not.
#[cold]
#[inline(never)]
fn report<'m, T: Respond>(
    transport: &dyn Transport,
    operation: &'static Operation,
    value: Option<&T>,
    noted: &Noted,
    masker: &dyn Fn() -> &'m Masker,
) {
    let look = |collect: &mut Collect| match (noted, value) {
        (Noted::OtherType(place), _) => collect.found(FindingKind::OtherType, |into| into.push_str(place)),
        (Noted::Novel(count), Some(value)) => {
            collect.expect(*count);
            value.visit_parts(collect);
        }
        _ => {}
    };
    let shown = |name: &str| said(name, masker(), NAME_LENGTH);
    transport.drift(&Sighting::new(operation, &look, &shown));
}

/// Returns the response with its texts as a caller may see them; the message of a refusal, and whether it is for the
/// integrated system's credential, if it is one.
fn read<'m, T: Respond>(mut value: T, masker: &dyn Fn() -> &'m Masker) -> Result<T, (String, bool)> {
    // It goes into logs: on one line, and not as long as a whole response can be.
    let line = |text: String| one_line_of(masker().mask(text), MESSAGE_LENGTH);
    if let Some(refusal) = value.refusal() {
        return Err((line(refusal.message.unwrap_or_default().to_owned()), refusal.auth));
    }
    if let Some(warning) = value.warning_mut().filter(|warning| !warning.is_empty()) {
        *warning = line(std::mem::take(warning));
    }
    value.change_failed_ids(&mut |list| pass_list(list, masker));
    value.change_misconfigured(&mut |list| pass_list(list, masker));
    Ok(value)
}

/// Sends a request and returns the body as it came. Generated methods of responses that are text other than JSON call it.
///
/// # Errors
/// Those of the transport.
pub async fn call_bytes(transport: &dyn Transport, request: Request) -> Result<Bytes, Error> {
    let of = request.operation;
    let sent = transport.send(request).await;
    Ok(sent.map_err(|error| error.of(of, transport.organization()))?.body)
}

/// Sends a request and returns the body as it arrives. Generated methods of responses that are files call it.
///
/// # Errors
/// Those of the transport; while it is read, [`Error::Interrupted`].
pub async fn call_stream(transport: &dyn Transport, request: Request) -> Result<ByteStream, Error> {
    let of = request.operation;
    let sent = transport.send_streaming(request).await;
    sent.map_err(|error| error.of(of, transport.organization()))
}

/// Sends a request whose response has no content. Generated methods call it.
///
/// # Errors
/// Those of the transport.
pub async fn call_empty(transport: &dyn Transport, request: Request) -> Result<(), Error> {
    let of = request.operation;
    let sent = transport.send(request).await;
    sent.map(drop).map_err(|error| error.of(of, transport.organization()))
}
