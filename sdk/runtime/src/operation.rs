use http::{HeaderValue, Method};

/// One operation of the API: its location, and whether it may be retried.
///
/// Generated crates have one constant for each operation, in their module `operations`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Operation {
    /// The operation id of the vendor's document, such as `updateKisiIntegration`.
    pub id: &'static str,
    /// The HTTP method: `POST` for all but a few.
    pub method: Method,
    /// The path below the server's URL, with its parameters in braces.
    pub path: &'static str,
    /// Whether it may be sent again after a failure.
    pub repeat: Repeat,
    /// Whether it only reads, so that nothing can have been carried out.
    pub read_only: bool,
    /// The media types that its responses may have, as the `Accept` header lists them; `None` for any.
    pub accept: Option<HeaderValue>,
}

impl Operation {
    /// Returns an operation by its parts.
    pub const fn new(id: &'static str, method: Method, path: &'static str, repeat: Repeat) -> Self {
        Self {
            id,
            method,
            path,
            repeat,
            read_only: false,
            accept: None,
        }
    }

    /// Returns the same operation as one that only reads.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Returns the same operation with the media types that its responses may have.
    ///
    /// # Panics
    /// If the text has characters other than visible ASCII and spaces: when it is compiled, in a constant.
    #[must_use]
    pub const fn accept(mut self, media_types: &'static str) -> Self {
        let accept = Some(HeaderValue::from_static(media_types));
        // What was there is not dropped: a constant function may not, and a static text holds nothing.
        std::mem::forget(std::mem::replace(&mut self.accept, accept));
        self
    }
}

/// Whether a request may be sent again, in the absence of an idempotency key.
///
/// `spec/api.toml` sets it for each operation of the SDK.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Repeat {
    /// Idempotent: a read, or a write whose body is the whole state.
    Safe,
    /// Not idempotent: retried only if it certainly was not carried out, because no connection opened or it was throttled (429).
    #[default]
    IfNotCarriedOut,
    /// Tried once, at once, within a short limit of its own, and never again: it moves something in the physical world.
    Never,
}
