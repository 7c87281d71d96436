//! Files up and down, over real sockets: however long they are, little of them is in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

mod download;
mod server;
mod upload;

use std::net::SocketAddr;
use std::time::Duration;

use rhombus_kisi::reqwest::Method;
use rhombus_kisi::{Client, ClientBuilder, Operation, Repeat, RetryPolicy};

static EXPORT: Operation = Operation::new("export", Method::GET, "/api/export", Repeat::Safe).read_only();
static STORE: Operation = Operation::new("store", Method::PUT, "/api/store", Repeat::Safe);
static APPEND: Operation = Operation::new("append", Method::POST, "/api/append", Repeat::IfNotCarriedOut);

const KEY: &str = "topsecret-key";
const MIB: usize = 1024 * 1024;

fn builder(address: SocketAddr) -> ClientBuilder {
    Client::builder()
        .api_key(KEY)
        .endpoint(format!("http://{address}"))
        .retry(RetryPolicy::default().base_backoff(Duration::from_millis(1)))
}
