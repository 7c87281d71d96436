use http::Method;

/// One operation of the API: where it is and what may be done after its response was lost.
///
/// Generated crates have one constant an operation, in their module `operations`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Operation {
    /// The operation id of the vendor's document, such as `updateKisiIntegration`.
    pub id: &'static str,
    /// The HTTP method: `POST` for all but a few.
    pub method: Method,
    /// The path below the server's URL, with its parameters in braces.
    pub path: &'static str,
    /// What may be done after a failure.
    pub repeat: Repeat,
    /// Whether it only reads: then nothing can have been carried out, whatever became of the response.
    pub read_only: bool,
}

impl Operation {
    /// An operation by its parts.
    pub const fn new(id: &'static str, method: Method, path: &'static str, repeat: Repeat) -> Self {
        Self {
            id,
            method,
            path,
            repeat,
            read_only: false,
        }
    }

    /// The same operation, known to change nothing.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }
}

/// Whether a request may be sent again, in the absence of an idempotency key.
///
/// `spec/api.toml` says it for each operation of the SDK.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Repeat {
    /// Sending it twice is as good as once: a read, or a write whose body is the whole state.
    Safe,
    /// It is sent again only when it certainly was not carried out: the connection never opened, or a 429 came.
    #[default]
    IfNotCarriedOut,
    /// It is tried once, now, within a short limit of its own, and never again: it moves something in the physical world.
    Never,
}
