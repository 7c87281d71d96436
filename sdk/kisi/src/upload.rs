//! Uploads from what Tokio reads: files, sockets, pipes.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use rhombus_kisi_runtime::Upload;
use tokio::io::{AsyncRead, ReadBuf};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// Returns an upload of what a reader gives, such as a `tokio::fs::File`. It is sent once.
///
/// ```
/// let upload = rhombus_kisi::upload::from_reader(&b"a,b\n1,2\n"[..]).with_length(8);
/// assert_eq!(upload.length(), Some(8));
/// ```
pub fn from_reader<R: AsyncRead + Send + 'static>(reader: R) -> Upload {
    Upload::new(chunks(reader))
}

/// Returns an upload of what a reader gives that can be opened again, for each attempt.
///
/// ```
/// let table = "a,b\n1,2\n";
/// let upload = rhombus_kisi::upload::from_readers(move || async move { Ok(table.as_bytes()) });
/// assert!(!upload.is_spent());
/// ```
pub fn from_readers<F, Opening, R>(open: F) -> Upload
where
    F: Fn() -> Opening + Send + Sync + 'static,
    Opening: Future<Output = io::Result<R>> + Send + 'static,
    R: AsyncRead + Send + 'static,
{
    use futures_util::TryStreamExt as _;

    Upload::repeatable(move || {
        let opening = open();
        stream::once(async move { opening.await.map(chunks) }).try_flatten()
    })
}

/// What a reader gives, in chunks.
fn chunks<R: AsyncRead + Send + 'static>(reader: R) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let state = Some((Box::pin(reader), vec![0; CHUNK]));
    stream::unfold(state, |state| async move {
        let (mut reader, mut room) = state?;
        match read(reader.as_mut(), &mut room).await {
            Ok(chunk) if chunk.is_empty() => None,
            Ok(chunk) => Some((Ok(chunk), Some((reader, room)))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

async fn read<R: AsyncRead>(mut reader: Pin<&mut R>, room: &mut [u8]) -> io::Result<Bytes> {
    let mut buffer = ReadBuf::new(room);
    let mut buffer = pin!(&mut buffer);
    poll_fn(|context| reader.as_mut().poll_read(context, &mut buffer)).await?;
    Ok(Bytes::copy_from_slice(buffer.filled()))
}
