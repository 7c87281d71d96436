use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use crate::{CallInfo, Error, Operation, Response};

/// What is set aside at most for a body on the word of its `content-length` alone.
const TRUSTED: u64 = 1024 * 1024;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// The body of a response as it arrives: a file, however long.
///
/// It is a [`Stream`](crate::Stream) of its chunks. Dropping it ends the transfer. After an error there is nothing more; the
/// error is [`Error::Interrupted`] and says how much arrived. `Debug` shows no byte of it.
///
/// ```
/// use rhombus_kisi_runtime::{ByteStream, Error};
///
/// async fn count(mut file: ByteStream) -> Result<u64, Error> {
///     while let Some(chunk) = file.chunk().await? {
///         // Write it to a file, or send it on.
///         drop(chunk);
///     }
///     Ok(file.received())
/// }
/// ```
pub struct ByteStream {
    call: CallInfo,
    status: StatusCode,
    headers: HeaderMap,
    chunks: Option<Chunks>,
    received: u64,
}

impl ByteStream {
    /// Returns the body of a response to a call of `operation` after so many attempts, for transports.
    pub fn new(
        operation: &Operation,
        attempts: u32,
        status: StatusCode,
        headers: HeaderMap,
        chunks: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
    ) -> Self {
        Self {
            call: CallInfo::of(operation, attempts),
            status,
            headers,
            chunks: Some(Box::pin(chunks)),
            received: 0,
        }
    }

    /// Returns the body of a response that is all there.
    pub fn whole(operation: &Operation, response: Response) -> Self {
        let body = Some(response.body).filter(|body| !body.is_empty());
        Self::new(
            operation,
            response.attempts,
            response.status,
            response.headers,
            Whole(body),
        )
    }

    /// Returns the status of the response: a 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns how many times the request was sent, the last included.
    pub fn attempts(&self) -> u32 {
        self.call.attempts
    }

    /// Returns the content type as text; empty if there is none.
    pub fn content_type(&self) -> &str {
        let header = self.headers.get(CONTENT_TYPE);
        header.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns how many bytes the server announced; `None` if it did not, or if they are compressed on the way.
    pub fn content_length(&self) -> Option<u64> {
        self.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// Returns how many bytes have arrived.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Waits for the next chunk; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if the connection breaks, or nothing arrives for too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }

    /// Reads all of it into memory, if it has no more than `limit` bytes.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if it has more; [`Error::Interrupted`] as [`chunk`](Self::chunk).
    pub async fn bytes(mut self, limit: u64) -> Result<Bytes, Error> {
        let announced = self.content_length();
        let too_large = |call: &CallInfo| Error::TooLarge {
            call: call.clone(),
            limit,
        };
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large(&self.call));
        }
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if self.received > limit {
                return Err(too_large(&self.call));
            }
            if whole.is_empty() {
                // Most are in one piece, which needs no copy.
                if announced == Some(self.received) {
                    return Ok(chunk);
                }
                let room = announced.unwrap_or_default().min(TRUSTED);
                whole.reserve(usize::try_from(room).unwrap_or_default());
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(chunks) = &mut self.chunks else {
            return Poll::Ready(None);
        };
        let next = match chunks.as_mut().poll_next(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(next) => next,
        };
        let item = match next {
            Some(Ok(chunk)) => {
                self.received += chunk.len() as u64;
                return Poll::Ready(Some(Ok(chunk)));
            }
            Some(Err(error)) => Some(Err(Error::Interrupted {
                received: self.received,
                error: Box::new(error),
            })),
            None => None,
        };
        // The connection goes with it.
        self.chunks = None;
        Poll::Ready(item)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream")
            .field("status", &self.status)
            .field("attempts", &self.call.attempts)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

/// A body in one chunk.
struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use bytes::Bytes;
    use futures_core::Stream;
    use http::{HeaderMap, Method, StatusCode};

    use super::ByteStream;
    use crate::{CallInfo, Error, Operation, Repeat, Response};

    static EXPORT: Operation = Operation::new("export", Method::GET, "/export", Repeat::Safe).read_only();

    /// Chunks, and then perhaps the end of the connection.
    struct Chunks(Vec<&'static str>, bool);

    impl Stream for Chunks {
        type Item = Result<Bytes, Error>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            let broken = || Error::BrokenOff {
                call: CallInfo::of(&EXPORT, 2),
                source: "reset".into(),
            };
            let next = (!self.0.is_empty()).then(|| self.0.remove(0));
            Poll::Ready(match next {
                Some(chunk) => Some(Ok(Bytes::from(chunk))),
                None => self.1.then(|| Err(broken())),
            })
        }
    }

    fn stream(length: Option<&str>, chunks: &[&'static str], breaks: bool) -> ByteStream {
        let mut headers = HeaderMap::new();
        headers.extend(length.map(|length| (http::header::CONTENT_LENGTH, length.parse().unwrap())));
        ByteStream::new(&EXPORT, 2, StatusCode::OK, headers, Chunks(chunks.to_vec(), breaks))
    }

    /// What a future gives that never waits.
    fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }

    #[test]
    fn what_was_cut_off_says_how_much_arrived() {
        let mut file = stream(Some("9"), &["abc", "d"], true);
        assert_eq!(now(file.chunk()).unwrap().unwrap(), "abc");
        assert_eq!(now(file.chunk()).unwrap().unwrap(), "d");
        let error = now(file.chunk()).unwrap_err();
        assert!(matches!(&error, Error::Interrupted { received: 4, .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            "export (attempt 2): the connection broke before the whole response was read; 4 bytes of the response arrived"
        );
        assert!(error.is_retryable() && !error.may_have_been_carried_out() && error.status() == Some(StatusCode::OK));
        assert_eq!(error.call().map(|call| call.attempts), Some(2));
        // After an error there is nothing more.
        assert_eq!(now(file.chunk()).unwrap(), None);
        let error = now(stream(None, &["abc"], true).bytes(100)).unwrap_err();
        assert!(matches!(error, Error::Interrupted { received: 3, .. }));
    }

    #[test]
    fn a_limit_bounds_what_is_read_into_memory() {
        assert_eq!(now(stream(None, &["abc", "d"], false).bytes(4)).unwrap(), "abcd");
        assert_eq!(now(stream(Some("3"), &["abc"], false).bytes(3)).unwrap(), "abc");
        assert_eq!(now(stream(None, &[], false).bytes(0)).unwrap(), "");
        // What is announced is not even read; what is not is read up to the limit.
        for file in [stream(Some("5"), &[], true), stream(None, &["abc", "de"], true)] {
            let error = now(file.bytes(4)).unwrap_err();
            assert!(matches!(error, Error::TooLarge { limit: 4, .. }), "{error}");
        }
    }

    #[test]
    fn a_response_in_memory_is_one_chunk() {
        let response = Response::new(StatusCode::OK, HeaderMap::new(), "abc");
        let mut file = ByteStream::whole(&EXPORT, response);
        assert_eq!(now(file.chunk()).unwrap().unwrap(), "abc");
        assert_eq!((now(file.chunk()).unwrap(), file.received()), (None, 3));
        assert_eq!(
            format!("{file:?}"),
            "ByteStream { status: 200, attempts: 1, received: 3, .. }"
        );
    }
}
