use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use rhombus_kisi::reqwest::header::HeaderValue;
use rhombus_kisi::{Client, Error, Operation, Request, Response, TimeoutPhase, Upload, upload};
use rhombus_kisi_runtime::Multipart;
use rhombus_kisi_runtime::bytes::Bytes;

use super::server::{head, header, serve};
use super::{APPEND, KEY, MIB, STORE, builder};

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
const BUSY: &[u8] = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

async fn store(client: &Client, operation: &'static Operation, body: Upload) -> Result<Response, Error> {
    let request = Request::new(operation).body(OCTETS, body);
    assert!(!format!("{request:?}").contains("secret"));
    client.transport().send(request).await
}

/// Chunks that are counted as long as they are in memory.
struct Held(Vec<u8>, Arc<AtomicUsize>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.1.fetch_sub(self.0.len(), Ordering::Relaxed);
    }
}

/// A stream of chunks of a quarter of a MiB; the bytes in memory, and the most that there were.
fn file(
    mib: usize,
) -> (
    impl Stream<Item = io::Result<Bytes>> + Send,
    Arc<AtomicUsize>,
    Arc<AtomicUsize>,
) {
    let (held, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let (now, max) = (held.clone(), most.clone());
    let chunks = stream::iter(0..4 * mib);
    let chunks = futures_util::StreamExt::map(chunks, move |_| {
        let held = now.fetch_add(MIB / 4, Ordering::Relaxed) + MIB / 4;
        max.fetch_max(held, Ordering::Relaxed);
        Ok(Bytes::from_owner(Held(vec![7; MIB / 4], now.clone())))
    });
    (chunks, held, most)
}

/// Reads a body of this length.
fn drain(stream: &mut TcpStream, mut length: usize) {
    let mut room = vec![0; MIB];
    while length > 0 {
        let read = stream.read(&mut room).unwrap();
        assert!(read > 0 && room[..read].iter().all(|byte| *byte == 7));
        length -= read;
    }
}

#[tokio::test]
async fn an_upload_of_50_mib_takes_little_memory() {
    let (address, server) = serve(1, |mut stream| {
        let head = head(&mut stream);
        drain(&mut stream, 50 * MIB);
        stream.write_all(OK).unwrap();
        head
    });
    let client = builder(address).build().unwrap();
    let (chunks, held, most) = file(50);
    let body = Upload::new(chunks).with_length(50 * MIB as u64);
    let response = store(&client, &STORE, body).await.unwrap();
    assert_eq!((&response.body[..], response.attempts), (&b"{}"[..], 1));
    let head = tokio::task::spawn_blocking(|| server.join().unwrap().remove(0))
        .await
        .unwrap();
    assert_eq!(header(&head, "content-length"), Some("52428800"));
    assert_eq!(header(&head, "content-type"), Some("application/octet-stream"));
    assert!(most.load(Ordering::Relaxed) <= 4 * MIB, "{most:?}");
    assert_eq!(held.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_reader_is_sent_in_chunks_where_its_length_is_not_known() {
    let (address, server) = serve(1, |mut stream| {
        let head = head(&mut stream);
        let mut body = Vec::new();
        while !body.ends_with(b"0\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            body.push(byte[0]);
        }
        stream.write_all(OK).unwrap();
        (head, String::from_utf8(body).unwrap())
    });
    let client = builder(address).build().unwrap();
    store(&client, &APPEND, upload::from_reader(&b"a,b\n1,2\n"[..]))
        .await
        .unwrap();
    let (head, body) = server.join().unwrap().remove(0);
    assert_eq!(header(&head, "transfer-encoding"), Some("chunked"));
    assert_eq!(body, "8\r\na,b\n1,2\n\r\n0\r\n\r\n");
}

#[tokio::test]
async fn a_refusal_ends_the_upload() {
    let (address, server) = serve(1, |mut stream| {
        head(&mut stream);
        stream
            .write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 8\r\nconnection: close\r\n\r\ntoo long")
            .unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let (mut received, mut room) = (0, vec![0; MIB]);
        while let Ok(read @ 1..) = stream.read(&mut room) {
            received += read;
        }
        received
    });
    let client = builder(address).build().unwrap();
    let (chunks, ..) = file(4000);
    let error = store(&client, &STORE, Upload::new(chunks)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Status { status, excerpt, .. } if status.as_u16() == 413 && excerpt == "too long"),
        "{error:?}"
    );
    assert!(!error.may_have_been_carried_out());
    let received = tokio::task::spawn_blocking(|| server.join().unwrap()[0]).await.unwrap();
    assert!(received < 400 * MIB, "{received}");
}

/// The server is too busy once, and then takes it.
fn busy_once(connections: usize) -> (std::net::SocketAddr, std::thread::JoinHandle<Vec<()>>) {
    let first = AtomicUsize::new(0);
    serve(connections, move |mut stream| {
        head(&mut stream);
        drain(&mut stream, MIB);
        let response = if first.fetch_add(1, Ordering::Relaxed) == 0 {
            BUSY
        } else {
            OK
        };
        stream.write_all(response).unwrap();
    })
}

#[tokio::test]
async fn a_stream_is_sent_once_and_one_that_can_be_made_again_is_repeated() {
    let (address, server) = busy_once(1);
    let client = builder(address).build().unwrap();
    let body = Upload::new(file(1).0).with_length(MIB as u64);
    let error = store(&client, &STORE, body.clone()).await.unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.call().unwrap().attempts),
        (503, 1)
    );
    server.join().unwrap();
    // What was read is gone, and an empty body is not sent in its place.
    let error = store(&client, &STORE, body).await.unwrap_err();
    assert!(
        matches!(error, Error::Upload { sent: 0, .. } | Error::Connect { .. }),
        "{error:?}"
    );

    let (address, server) = busy_once(2);
    let client = builder(address).build().unwrap();
    let body = Upload::repeatable(|| file(1).0).with_length(MIB as u64);
    assert_eq!(store(&client, &STORE, body).await.unwrap().attempts, 2);
    server.join().unwrap();

    // The operation decides, as for a body in memory.
    let (address, server) = busy_once(1);
    let client = builder(address).build().unwrap();
    let body = Upload::repeatable(|| file(1).0).with_length(MIB as u64);
    let error = store(&client, &APPEND, body).await.unwrap_err();
    assert_eq!(error.call().unwrap().attempts, 1);
    server.join().unwrap();
}

#[tokio::test]
async fn a_form_with_a_stream_is_sent_again_where_the_stream_can_be() {
    let attempts = AtomicUsize::new(0);
    let (address, server) = serve(2, move |mut stream| {
        let head = head(&mut stream);
        let mut body = vec![0; header(&head, "content-length").unwrap().parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        let response = if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
            BUSY
        } else {
            OK
        };
        stream.write_all(response).unwrap();
        String::from_utf8(body).unwrap()
    });
    let client = builder(address).build().unwrap();
    let text = || async { Ok(&b"a,b\n"[..]) };
    let form = Multipart::new().text("name", "Lobby").file(
        "table",
        "t.csv",
        "text/csv",
        upload::from_readers(text).with_length(4),
    );
    let request = Request::new(&STORE).multipart(form).unwrap();
    assert_eq!(client.transport().send(request).await.unwrap().attempts, 2);
    let bodies = server.join().unwrap();
    assert_eq!(bodies[0], bodies[1]);
    assert!(
        bodies[0].contains("filename=\"t.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\n\r\n--"),
        "{}",
        bodies[0]
    );
}

#[tokio::test]
async fn nothing_is_taken_from_a_stream_where_no_connection_opens() {
    let client = builder(([127, 0, 0, 1], 9).into()).build().unwrap();
    let body = Upload::new(file(1).0);
    let error = store(&client, &STORE, body.clone()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Connect { call, .. } if call.attempts > 1),
        "{error:?}"
    );
    assert!(!body.is_spent() && !error.may_have_been_carried_out());
}

#[tokio::test]
async fn a_stream_that_is_not_what_was_said_is_an_error_that_says_so() {
    let broken = || {
        stream::iter([
            Ok(Bytes::from_static(b"abc")),
            Err(io::Error::other("the disk is gone")),
        ])
    };
    let short = || stream::iter([io::Result::Ok(Bytes::from_static(b"abc"))]);
    let table = [
        (Upload::new(broken()), 3, "the disk is gone"),
        (Upload::repeatable(broken).with_length(9), 3, "the disk is gone"),
        (
            Upload::new(short()).with_length(5),
            3,
            "it is 2 bytes shorter than was said",
        ),
        (Upload::new(short()).with_length(2), 0, "it is longer than was said"),
    ];
    for (body, expected, why) in table {
        let (address, server) = serve(1, |mut stream| {
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let client = builder(address).build().unwrap();
        let error = store(&client, &STORE, body).await.unwrap_err();
        let Error::Upload { call, sent, source } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (call.attempts, *sent, source.to_string()),
            (1, expected, why.to_owned())
        );
        assert!(error.may_have_been_carried_out() && !error.is_retryable(), "{error}");
        assert!(!format!("{error} {error:?}").contains(KEY));
        server.join().unwrap();
    }
}

/// Chunks with this pause before each; then the end, or nothing any more.
fn slow(count: usize, pause: Duration, ends: bool) -> Upload {
    Upload::new(stream::unfold(0, move |number| async move {
        if number == count {
            if !ends {
                tokio::time::advance(Duration::from_secs(31)).await;
                std::future::pending::<()>().await;
            }
            return None;
        }
        tokio::time::advance(pause).await;
        Some((io::Result::Ok(Bytes::from_static(&[7; 100])), number + 1))
    }))
}

/// While a blocking task runs, the clock that stands still is not moved on: the time is that of the stream.
async fn still<T>(work: impl Future<Output = T>) -> T {
    let (done, until) = std::sync::mpsc::channel::<()>();
    let still = tokio::task::spawn_blocking(move || until.recv());
    let result = work.await;
    drop(done);
    let _ = still.await.unwrap();
    result
}

#[tokio::test(start_paused = true)]
async fn an_upload_may_take_as_long_as_it_moves() {
    let (address, server) = serve(1, |mut stream| {
        head(&mut stream);
        let (mut body, mut byte) = (Vec::new(), [0]);
        while !body.ends_with(b"0\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            body.push(byte[0]);
        }
        stream.write_all(OK).unwrap();
    });
    let client = builder(address).build().unwrap();
    // Ten times the limit of an attempt, and five times that of the call.
    let response = still(store(&client, &STORE, slow(15, Duration::from_secs(20), true))).await;
    assert_eq!(response.unwrap().attempts, 1);
    server.join().unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_stands_still_is_given_up() {
    let (address, server) = serve(1, |mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let client = builder(address).build().unwrap();
    let error = still(store(&client, &STORE, slow(5, Duration::from_secs(20), false)))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Timeout { phase: TimeoutPhase::Idle, limit, .. } if limit.as_secs() == 30),
        "{error:?}"
    );
    assert!(error.may_have_been_carried_out());
    tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap();
}
