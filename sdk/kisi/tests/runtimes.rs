//! One client on several Tokio runtimes, and on runtimes that lack something.

#![allow(clippy::unwrap_used, reason = "a test ends there")]

mod support;

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rhombus_kisi::{Client, Error, RetryPolicy};
use support::{Log, READ, UNLOCK, WRITE, builder, send, server};
use tokio::runtime::{Builder, Runtime};

/// A server on a runtime of its own, which has to be kept.
fn serve() -> (Runtime, SocketAddr, Log) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (address, log) = runtime.block_on(server([]));
    (runtime, address, log)
}

/// Limits that no test waits for: a call that hangs fails it.
fn client(address: SocketAddr) -> Client {
    let limit = Duration::from_secs(20);
    let builder = builder(address).attempt_timeout(limit).unlock_timeout(limit);
    builder.retry(RetryPolicy::none()).build().unwrap()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// One call of each class, each of which has to succeed at the first attempt.
async fn calls(client: &Client) {
    for operation in [&READ, &WRITE, &UNLOCK] {
        assert_eq!(send(client, operation).await.unwrap().attempts, 1);
    }
}

#[test]
fn a_runtime_whose_predecessor_stands_still() {
    let (_server, address, log) = serve();
    let client = client(address);
    let first = runtime();
    first.block_on(calls(&client));
    // Nobody drives the first one's connections, which are open all the same.
    runtime().block_on(calls(&client));
    assert_eq!(log.requests().len(), 6);
    first.block_on(calls(&client));
    assert_eq!(log.requests().len(), 9);
    // A connection for reads and writes each, and one for each unlock.
    assert_eq!(log.connections(), 2 + 3);
}

#[test]
fn a_runtime_whose_predecessor_is_gone() {
    let (_server, address, log) = serve();
    let client = client(address);
    for number in 1..=20 {
        runtime().block_on(calls(&client));
        assert_eq!(log.requests().len(), 3 * number);
    }
    assert_eq!(log.connections(), 2 * 20);
}

#[test]
fn runtimes_at_once() {
    let (_server, address, log) = serve();
    let client = client(address);
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let runtime = runtime();
                (0..5).for_each(|_| runtime.block_on(calls(&client)));
            });
        }
    });
    assert_eq!(log.requests().len(), 12 * 5 * 3);
}

#[test]
fn a_runtime_whose_predecessor_is_blocked() {
    let (_server, address, log) = serve();
    let client = client(address);
    let (done, wait) = mpsc::channel::<()>();
    let (began, begun) = mpsc::channel();
    thread::scope(|scope| {
        let client = &client;
        scope.spawn(move || {
            runtime().block_on(async {
                calls(client).await;
                began.send(()).unwrap();
                // On its only thread.
                let _ = wait.recv();
            });
        });
        begun.recv().unwrap();
        runtime().block_on(calls(client));
        drop(done);
    });
    assert_eq!(log.requests().len(), 6);
}

#[test]
fn a_runtime_that_lacks_something_is_told_at_once() {
    let (_server, address, log) = serve();
    let lacking = || {
        [
            Builder::new_current_thread().build().unwrap(),
            Builder::new_current_thread().enable_io().build().unwrap(),
            Builder::new_current_thread().enable_time().build().unwrap(),
            Builder::new_multi_thread().worker_threads(1).build().unwrap(),
        ]
    };
    let refused = |client: &Client, runtime: &Runtime| {
        for operation in [&READ, &WRITE, &UNLOCK] {
            let error = runtime.block_on(send(client, operation)).unwrap_err();
            assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
            let text = error.to_string();
            assert!(
                text.contains("enable_all") && text.contains("nothing was sent"),
                "{text}"
            );
        }
    };
    // As the first runtime of a client, and as a later one.
    let used = client(address);
    runtime().block_on(calls(&used));
    for runtime in lacking() {
        refused(&client(address), &runtime);
        refused(&used, &runtime);
    }
    assert_eq!(log.requests().len(), 3);
    runtime().block_on(calls(&used));
}

#[test]
fn without_tokio_it_is_told_at_once() {
    let (_server, address, log) = serve();
    let client = client(address);
    for operation in [&READ, &WRITE, &UNLOCK] {
        let error = futures_util::FutureExt::now_or_never(send(&client, operation))
            .unwrap()
            .unwrap_err();
        assert!(error.to_string().contains("Tokio"), "{error}");
    }
    assert_eq!(log.connections(), 0);
}
