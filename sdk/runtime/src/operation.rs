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
    /// Checked to be a header when it is set.
    accept: Option<&'static str>,
    partial: &'static [&'static str],
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
            partial: &[],
        }
    }

    /// Returns the same operation as one that only reads.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Returns the same operation with the objects of its response of which only some of the documented properties have a
    /// typed field: each by the names of the properties that lead to it, `a/b`. What else they have is no drift.
    #[must_use]
    pub const fn partial(mut self, objects: &'static [&'static str]) -> Self {
        self.partial = objects;
        self
    }

    /// Returns them.
    pub const fn partial_objects(&self) -> &'static [&'static str] {
        self.partial
    }

    /// Returns the same operation with the media types that its responses may have.
    ///
    /// # Panics
    /// If the text has other characters than visible ASCII and spaces: in a constant or a static, when that is compiled.
    #[must_use]
    pub const fn accept(mut self, media_types: &'static str) -> Self {
        let bytes = media_types.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            assert!(bytes[at] >= b' ' && bytes[at] < 127, "a media type is visible ASCII");
            at += 1;
        }
        self.accept = Some(media_types);
        self
    }

    /// Returns the `Accept` header: the media types that its responses may have, or `None` for any.
    // Not kept as a header: a static with one could not be read in constants.
    pub fn accept_header(&self) -> Option<HeaderValue> {
        self.accept.map(HeaderValue::from_static)
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

#[cfg(test)]
mod tests {
    use http::Method;

    use super::{Operation, Repeat};

    static FIND: Operation =
        Operation::new("find", Method::GET, "/doors", Repeat::Safe).accept("text/csv, text/plain;a=\"b\"");
    // Constants are made of statics.
    const REPEAT: Repeat = FIND.repeat;

    #[test]
    fn what_is_accepted_is_a_header() {
        assert_eq!(FIND.accept_header().unwrap(), "text/csv, text/plain;a=\"b\"");
        assert_eq!(REPEAT, Repeat::Safe);
        let any = Operation::new("find", Method::GET, "/doors", Repeat::Safe);
        assert_eq!(any.accept_header(), None);
    }
}
