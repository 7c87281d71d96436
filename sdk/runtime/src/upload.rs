use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

/// Why the body of a request cannot be read.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Cause>> + Send>>;

/// A body that is sent as it is read, such as a file: never more of it is in memory than a few chunks.
///
/// Made from a stream, it is sent once: after a failure it is only sent again if nothing of it was read. Made from a function
/// that [makes the stream again](Self::repeatable), it is sent again wherever a body in memory would be. `Debug` shows the
/// length only. Secrets in it are not looked for, so that they are not masked where a server quotes them.
///
/// ```
/// use rhombus_kisi_runtime::{RequestBody, Upload, bytes::Bytes};
/// # use std::{convert::Infallible, pin::Pin, task::{Context, Poll}};
/// # struct Photo;
/// # impl rhombus_kisi_runtime::Stream for Photo {
/// #     type Item = Result<Bytes, Infallible>;
/// #     fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> { Poll::Ready(None) }
/// # }
///
/// let once = Upload::new(Photo).with_length(0);
/// let again = Upload::repeatable(|| Photo);
/// assert_eq!((once.length(), again.length()), (Some(0), None));
/// let body = RequestBody::from(once);
/// # assert!(!body.is_spent());
/// ```
#[derive(Clone)]
pub struct Upload {
    source: Arc<Source>,
    length: Option<u64>,
}

enum Source {
    /// A stream, until it is taken.
    Once(Mutex<Option<Chunks>>),
    /// How to make the stream.
    Again(Box<dyn Fn() -> Chunks + Send + Sync>),
    /// One after the other.
    Pieces(Vec<Piece>),
}

/// A part of a body.
#[derive(Clone)]
pub(crate) enum Piece {
    Bytes(Bytes),
    Stream(Upload),
}

impl Upload {
    /// Returns a body that is read from a stream, and is sent once.
    pub fn new<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self::of(Source::Once(Mutex::new(Some(Box::pin(Converted(Box::pin(stream)))))))
    }

    /// Returns a body whose stream is made anew for each attempt.
    pub fn repeatable<S, B, E>(make: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self::of(Source::Again(Box::new(move || Box::pin(Converted(Box::pin(make()))))))
    }

    pub(crate) fn pieces(pieces: Vec<Piece>) -> Self {
        let length = pieces.iter().try_fold(0_u64, |length, piece| {
            let more = match piece {
                Piece::Bytes(bytes) => Some(bytes.len() as u64),
                Piece::Stream(upload) => upload.length,
            };
            length.checked_add(more?)
        });
        Self {
            length,
            ..Self::of(Source::Pieces(pieces))
        }
    }

    fn of(source: Source) -> Self {
        Self {
            source: Arc::new(source),
            length: None,
        }
    }

    /// Sets how many bytes the stream has, which becomes the `Content-Length`. Many servers want it.
    ///
    /// A stream of another length makes the call fail.
    #[must_use]
    pub fn with_length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// Returns how many bytes it has, if that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the stream, from its beginning, for a transport to send; `None` if it can be sent once and was taken.
    pub fn open(&self) -> Option<UploadStream> {
        let chunks = match &*self.source {
            Source::Once(slot) => slot.lock().unwrap_or_else(PoisonError::into_inner).take()?,
            Source::Again(make) => make(),
            Source::Pieces(pieces) => Box::pin(Joined {
                pieces: pieces.clone().into_iter(),
                current: None,
            }),
        };
        Some(UploadStream(Mutex::new(chunks)))
    }

    /// Returns whether it cannot be sent any more: its stream was taken, and cannot be made again.
    pub fn is_spent(&self) -> bool {
        match &*self.source {
            Source::Once(slot) => slot.lock().unwrap_or_else(PoisonError::into_inner).is_none(),
            Source::Again(_) => false,
            Source::Pieces(pieces) => pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Stream(upload) if upload.is_spent())),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// The chunks of an [`Upload`], for a transport that sends them.
// Behind a lock that is never taken: so it can be shared, as HTTP libraries want it.
pub struct UploadStream(Mutex<Chunks>);

impl Stream for UploadStream {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunks = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        chunks.as_mut().poll_next(context)
    }
}

impl fmt::Debug for UploadStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadStream").finish_non_exhaustive()
    }
}

/// A stream whose chunks are bytes, and whose errors are boxed.
struct Converted<S>(Pin<Box<S>>);

impl<S, B, E> Stream for Converted<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
    E: Into<Cause>,
{
    type Item = Result<Bytes, Cause>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.0.as_mut().poll_next(context);
        next.map(|item| item.map(|chunk| chunk.map(Into::into).map_err(Into::into)))
    }
}

/// Parts of a body, one after the other. A stream is opened when its turn comes.
struct Joined {
    pieces: std::vec::IntoIter<Piece>,
    current: Option<UploadStream>,
}

impl Stream for Joined {
    type Item = Result<Bytes, Cause>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(current) = &mut self.current {
                match Pin::new(current).poll_next(context) {
                    Poll::Ready(None) => self.current = None,
                    other => return other,
                }
            }
            match self.pieces.next() {
                None => return Poll::Ready(None),
                Some(Piece::Bytes(bytes)) if bytes.is_empty() => {}
                Some(Piece::Bytes(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                Some(Piece::Stream(upload)) => match upload.open() {
                    Some(stream) => self.current = Some(stream),
                    None => return Poll::Ready(Some(Err("the stream of this part was sent before".into()))),
                },
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Waker};

    use bytes::Bytes;
    use futures_core::Stream;

    use super::{Piece, Upload};

    /// A stream of these chunks.
    pub(crate) struct Texts(VecDeque<&'static str>);

    impl Stream for Texts {
        type Item = Result<&'static str, Infallible>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Ready(self.0.pop_front().map(Ok))
        }
    }

    pub(crate) fn texts(chunks: &[&'static str]) -> Texts {
        Texts(chunks.iter().copied().collect())
    }

    /// All that a stream gives which is always ready.
    pub(crate) fn read(upload: &Upload) -> Result<Vec<Bytes>, String> {
        let mut stream = upload.open().ok_or("taken")?;
        let context = &mut Context::from_waker(Waker::noop());
        let mut chunks = Vec::new();
        while let Poll::Ready(Some(chunk)) = Pin::new(&mut stream).poll_next(context) {
            chunks.push(chunk.map_err(|error| error.to_string())?);
        }
        Ok(chunks)
    }

    #[test]
    fn a_stream_is_sent_once_and_a_function_makes_it_again() {
        let once = Upload::new(texts(&["a", "b"]));
        assert!(!once.is_spent());
        assert_eq!(read(&once.clone()).unwrap(), ["a", "b"]);
        assert!(once.is_spent() && once.open().is_none());

        let made = Arc::new(AtomicUsize::new(0));
        let count = made.clone();
        let again = Upload::repeatable(move || {
            count.fetch_add(1, Ordering::Relaxed);
            texts(&["c"])
        });
        for _ in 0..2 {
            assert_eq!(read(&again).unwrap(), ["c"]);
            assert!(!again.is_spent());
        }
        assert_eq!(made.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn pieces_follow_each_other_and_are_opened_in_turn() {
        let inner = Upload::new(texts(&["b"])).with_length(1);
        let pieces = |inner: &Upload| {
            Upload::pieces(vec![
                Piece::Bytes(Bytes::from_static(b"a")),
                Piece::Stream(inner.clone()),
                Piece::Bytes(Bytes::new()),
                Piece::Bytes(Bytes::from_static(b"c")),
            ])
        };
        let upload = pieces(&inner);
        assert_eq!(upload.length(), Some(3));
        // As long as nothing of the stream was read, all of it can be sent.
        drop(upload.open());
        assert!(!upload.is_spent());
        assert_eq!(read(&upload).unwrap(), ["a", "b", "c"]);
        assert!(upload.is_spent());
        assert_eq!(read(&upload).unwrap_err(), "the stream of this part was sent before");
        assert_eq!(pieces(&Upload::new(texts(&[]))).length(), None);
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let upload = Upload::new(texts(&["secret"])).with_length(6);
        assert_eq!(format!("{upload:?}"), "Upload { length: Some(6), .. }");
        assert_eq!(format!("{:?}", upload.open().unwrap()), "UploadStream { .. }");
    }
}
