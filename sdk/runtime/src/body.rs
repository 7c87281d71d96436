use std::fmt;

use bytes::{Bytes, BytesMut};

use crate::{Error, Upload};

/// What a request sends: bytes in memory, or a stream.
///
/// `Debug` shows the length only: it may hold secrets.
///
/// ```
/// use rhombus_kisi_runtime::RequestBody;
///
/// let body = RequestBody::from("a,b\n1,2\n");
/// assert_eq!(body.length(), Some(8));
/// ```
#[derive(Clone)]
pub enum RequestBody {
    /// Bytes; none where there is no body.
    Bytes(Bytes),
    /// What is sent as it is read.
    Stream(Upload),
}

impl RequestBody {
    /// No body.
    pub const EMPTY: Self = Self::Bytes(Bytes::new());

    /// Returns whether there certainly is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.length() == Some(0)
    }

    /// Returns how many bytes it has, if that is known.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Stream(upload) => upload.length(),
        }
    }

    /// Returns the bytes; `None` for a stream.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Stream(_) => None,
        }
    }

    /// Returns the bytes, for a transport that sends nothing else.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a stream.
    pub fn into_bytes(self) -> Result<Bytes, Error> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Stream(_) => Err(Error::invalid(
                "the request body",
                "it is a stream, and this transport sends bytes only: read it into memory",
            )),
        }
    }

    /// Returns whether it cannot be sent any more: it is a [stream that was taken](Upload::is_spent).
    pub fn is_spent(&self) -> bool {
        match self {
            Self::Bytes(_) => false,
            Self::Stream(upload) => upload.is_spent(),
        }
    }
}

impl Default for RequestBody {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Stream(upload) => f.debug_tuple("Stream").field(upload).finish(),
        }
    }
}

impl From<Upload> for RequestBody {
    fn from(upload: Upload) -> Self {
        Self::Stream(upload)
    }
}

macro_rules! from {
    ($($ty:ty),*) => {$(
        impl From<$ty> for RequestBody {
            fn from(bytes: $ty) -> Self {
                Self::Bytes(bytes.into())
            }
        }
    )*};
}

from!(Bytes, BytesMut, Vec<u8>, String, Box<[u8]>, &'static [u8], &'static str);
