use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use futures_util::StreamExt as _;
use rhombus_kisi::{ByteStream, Client, Error, Request, TimeoutPhase};

use super::server::{head, serve};
use super::{EXPORT, KEY, MIB, builder};

async fn export(client: &Client) -> Result<ByteStream, Error> {
    client.transport().send_streaming(Request::new(&EXPORT)).await
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn start(stream: &mut TcpStream, length: usize) {
    head(stream);
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: {length}\r\n\r\n"
    )
    .unwrap();
}

#[test]
fn a_file_of_50_mib_takes_little_memory() {
    let (address, server) = serve(1, |mut stream| {
        start(&mut stream, 50 * MIB);
        let chunk: Vec<u8> = (0..MIB).map(|at| (at % 251) as u8).collect();
        (0..50).for_each(|_| stream.write_all(&chunk).unwrap());
    });
    // Far more than the limit of a response in memory.
    let client = builder(address).max_response_size(1000).build().unwrap();
    let runtime = runtime();
    let mut received = 0;
    let counted = allocation_counter::measure(|| {
        runtime.block_on(async {
            let mut file = export(&client).await.unwrap();
            assert_eq!(
                (file.content_type(), file.content_length(), file.attempts()),
                ("video/mp4", Some(50 * MIB as u64), 1)
            );
            while let Some(chunk) = file.chunk().await.unwrap() {
                for byte in &chunk {
                    assert_eq!(usize::from(*byte), received % MIB % 251);
                    received += 1;
                }
            }
            assert_eq!(file.received(), received as u64);
        });
    });
    assert_eq!(received, 50 * MIB);
    assert!(counted.bytes_max < 2 * MIB as u64, "{counted:?}");
    server.join().unwrap();
}

#[tokio::test]
async fn a_stream_reads_as_one_and_into_memory_with_a_limit() {
    let (address, server) = serve(3, |mut stream| {
        head(&mut stream);
        let chunks = "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\n{chunks}").unwrap();
    });
    let client = builder(address).build().unwrap();
    let chunks: Vec<_> = export(&client).await.unwrap().collect().await;
    let text: Vec<u8> = chunks.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(text, b"abcde");
    assert_eq!(export(&client).await.unwrap().bytes(5).await.unwrap(), "abcde");
    let error = export(&client).await.unwrap().bytes(4).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 4, .. }), "{error}");
    server.join().unwrap();
}

#[tokio::test]
async fn what_is_cut_in_the_middle_says_how_much_arrived() {
    let (address, server) = serve(1, |mut stream| {
        start(&mut stream, 1000);
        stream.write_all(&[b'x'; 600]).unwrap();
    });
    let client = builder(address).build().unwrap();
    let mut file = export(&client).await.unwrap();
    let error = loop {
        match file.chunk().await {
            Ok(chunk) => assert!(chunk.is_some()),
            Err(error) => break error,
        }
    };
    let Error::Interrupted { received, error: inner } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((*received, file.received()), (600, 600));
    assert!(matches!(**inner, Error::BrokenOff { .. }), "{inner:?}");
    assert!(error.is_retryable() && !error.may_have_been_carried_out());
    assert!(!format!("{error} {error:?} {file:?}").contains(KEY));
    assert!(file.chunk().await.unwrap().is_none());
    server.join().unwrap();
}

#[tokio::test]
async fn what_stands_still_is_given_up() {
    let (address, server) = serve(1, |mut stream| {
        start(&mut stream, 1000);
        stream.write_all(b"abc").unwrap();
        // Until the client goes.
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    });
    let client = builder(address).build().unwrap();
    let client = client.with(|call| call.idle_timeout(Duration::from_millis(50)));
    let error = export(&client).await.unwrap().bytes(1000).await.unwrap_err();
    let Error::Interrupted { error: inner, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(
        matches!(**inner, Error::Timeout { phase: TimeoutPhase::Idle, limit, .. } if limit.as_millis() == 50),
        "{inner:?}"
    );
    assert!(
        error.is_timeout() && error.to_string().contains("bytes of the response arrived"),
        "{error}"
    );
    // Here the client's connection is closed by a task.
    tokio::task::spawn_blocking(move || server.join().unwrap())
        .await
        .unwrap();
}

/// The limits of the call are for the head: a reader that takes its time, or a file that takes long, is no fault.
#[tokio::test]
async fn a_file_may_take_as_long_as_it_is_long() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let (address, server) = serve(1, move |mut stream| {
        start(&mut stream, 10);
        for _ in 0..10 {
            wait.lock().unwrap().recv().unwrap();
            stream.write_all(b"x").unwrap();
        }
    });
    let client = builder(address).build().unwrap();
    let mut file = export(&client).await.unwrap();
    tokio::time::pause();
    for _ in 0..10 {
        tokio::time::advance(Duration::from_secs(3600)).await;
        go.send(()).unwrap();
        // While a blocking task runs, the clock stands still.
        let (done, until) = std::sync::mpsc::channel::<()>();
        let still = tokio::task::spawn_blocking(move || until.recv());
        assert_eq!(file.chunk().await.unwrap().unwrap(), "x");
        drop(done);
        let _ = still.await.unwrap();
    }
    server.join().unwrap();
}

#[tokio::test]
async fn dropping_it_ends_the_transfer() {
    let (address, server) = serve(1, |mut stream| {
        head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        // Without end, until the client is gone.
        let chunk = vec![0; MIB];
        while stream.write_all(&chunk).is_ok() {}
    });
    let client = builder(address).build().unwrap();
    let mut file = export(&client).await.unwrap();
    assert!(file.chunk().await.unwrap().is_some());
    drop(file);
    tokio::task::spawn_blocking(move || server.join().unwrap())
        .await
        .unwrap();
}

#[tokio::test]
async fn up_to_the_head_it_is_a_call_like_any_other() {
    let (address, server) = serve(2, |mut stream| {
        let head = head(&mut stream);
        stream
            .write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno")
            .unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        head
    });
    let client = builder(address).build().unwrap();
    let client = client.with(|call| call.retry(rhombus_kisi::RetryPolicy::default().max_attempts(2)));
    let error = export(&client).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(error.call().unwrap().attempts, 2);
    let heads = server.join().unwrap();
    assert!(heads.iter().all(|head| head.contains(&format!("x-auth-apikey: {KEY}"))));
}

#[test]
fn it_can_be_read_outside_of_the_runtime() {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    let (address, server) = serve(1, |mut stream| {
        start(&mut stream, 3);
        stream.write_all(b"abc").unwrap();
    });
    let client = builder(address).build().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let file = runtime.block_on(export(&client)).unwrap();
    let mut read = pin!(file.bytes(3));
    let context = &mut Context::from_waker(Waker::noop());
    let read = loop {
        match read.as_mut().poll(context) {
            Poll::Ready(read) => break read,
            Poll::Pending => std::thread::yield_now(),
        }
    };
    assert_eq!(read.unwrap(), "abc");
    server.join().unwrap();
}
