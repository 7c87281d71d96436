//! A server that accepts one key at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rhombus_kisi::{Client, ClientBuilder, RetryPolicy};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::Barrier;

use crate::support::request;

/// What the server knows and has seen.
#[derive(Default)]
struct World {
    accepted: String,
    /// The status for any other key.
    rejects: u16,
    /// Holds requests with a key that is not accepted until so many are in flight.
    together: Option<Arc<Barrier>>,
    /// How many requests arrived with each key.
    seen: HashMap<String, usize>,
    /// How many were carried out.
    done: usize,
    /// Whether a rejection quotes the whole request.
    echoes: bool,
}

#[derive(Clone)]
pub(crate) struct Server {
    world: Arc<Mutex<World>>,
    url: String,
}

impl Server {
    pub(crate) async fn start(accepted: &str, rejects: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            world: Arc::new(Mutex::new(World {
                accepted: accepted.to_owned(),
                rejects,
                ..World::default()
            })),
        };
        let world = server.world.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let world = world.clone();
                tokio::spawn(async move {
                    while let Some(request) = request(&mut stream).await {
                        let response = respond(&world, &request).await;
                        if stream.write_all(response.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        server
    }

    pub(crate) fn accept(&self, key: &str) {
        self.world.lock().unwrap().accepted = key.to_owned();
    }

    /// Rejects no request before so many that have to be are there.
    pub(crate) fn reject_together(&self, requests: usize) {
        self.world.lock().unwrap().together = Some(Arc::new(Barrier::new(requests)));
    }

    pub(crate) fn echo(&self) {
        self.world.lock().unwrap().echoes = true;
    }

    pub(crate) fn seen(&self, key: &str) -> usize {
        self.world.lock().unwrap().seen.get(key).copied().unwrap_or_default()
    }

    pub(crate) fn all_seen(&self) -> usize {
        self.world.lock().unwrap().seen.values().sum()
    }

    pub(crate) fn done(&self) -> usize {
        self.world.lock().unwrap().done
    }

    /// A client's builder that never retries.
    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder().endpoint(&self.url).retry(RetryPolicy::none())
    }
}

async fn respond(world: &Mutex<World>, request: &str) -> String {
    let header = |name: &str| {
        let mut lines = request.lines();
        lines
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .map(str::to_owned)
    };
    let key = header("x-auth-apikey")
        .or_else(|| header("x-auth-access-token"))
        .unwrap_or_default();
    let (is_accepted, together) = {
        let mut world = world.lock().unwrap();
        *world.seen.entry(key.clone()).or_default() += 1;
        (world.accepted == key, world.together.clone())
    };
    if let (false, Some(together)) = (is_accepted, together) {
        together.wait().await;
    }
    let mut world = world.lock().unwrap();
    let (status, body) = match is_accepted {
        true => {
            world.done += 1;
            (200, "{}".to_owned())
        }
        false if world.echoes => (world.rejects, format!("no: {}", request.replace(['\r', '\n'], " "))),
        false => (world.rejects, r#"{"authenticationFailed": true}"#.to_owned()),
    };
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
