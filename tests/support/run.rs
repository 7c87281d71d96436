use std::sync::Arc;
use std::time::{Duration, Instant};

use rhombus_kisi::Client;
use rhombus_kisi_runtime::{Error, Repeat, call};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::{Authority, CLASSES, Expected, Fault, Limits, Outcome, Reply, Server, builder, faults, request};

/// How many faults are tried at once. Those that end by a time limit do nothing but wait, and do not count.
const AT_ONCE: usize = 12;

/// How often is looked whether a server has got so far.
const GLANCE: Duration = Duration::from_millis(5);

/// How long a server may take to see what the client has sent: a machine is busy, but not as busy as that.
const SEEN: Duration = Duration::from_secs(30);

/// What came of a fault.
#[derive(Debug)]
pub struct Ran {
    /// The fault.
    pub fault: Arc<Fault>,
    /// The class of the operation that met it.
    pub class: Repeat,
    /// The client that made the calls.
    pub client: Client,
    /// How the calls before the last one ended.
    pub earlier: Vec<Result<Reply, Error>>,
    /// How the last call ended.
    pub result: Result<Reply, Error>,
    /// How long the last call took.
    pub took: Duration,
    /// How many requests and connections the server counted; `None` where there is no server.
    pub counted: Option<(usize, usize)>,
}

/// Runs every fault against an operation of each class.
pub async fn run_all() -> Vec<Ran> {
    let authority = Arc::new(Authority::new());
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut rows = JoinSet::new();
    for fault in faults() {
        let fault = Arc::new(fault);
        for class in CLASSES {
            let (fault, authority, places) = (Arc::clone(&fault), Arc::clone(&authority), Arc::clone(&places));
            rows.spawn(async move {
                let waits = matches!(fault.safe.outcome, Outcome::Timeout(_));
                let _place = if waits { None } else { places.acquire().await.ok() };
                run(fault, class, &authority).await
            });
        }
    }
    rows.join_all().await
}

async fn run(fault: Arc<Fault>, class: Repeat, authority: &Authority) -> Ran {
    // Held to the end: a port that is given back is soon another row's.
    let served = fault.serve.start(authority).await;
    let server = served.server();
    let builder = served.credentials(builder(&served.endpoint(), authority));
    let client = fault.limit(builder).build().unwrap();
    let transport = client.transport();
    let mut earlier = Vec::new();
    let hangs = || panic!("{} [{class:?}]: the call hangs", fault.name);
    for number in 1..fault.calls {
        let ended = timeout(Limits::HANG, call(&*transport, request(class).unwrap())).await;
        earlier.push(ended.unwrap_or_else(|_| hangs()));
        if let Some(server) = server {
            left_alone(server, number).await;
        }
    }
    let begin = Instant::now();
    let ended = timeout(Limits::HANG, call(&*transport, request(class).unwrap())).await;
    let result = ended.unwrap_or_else(|_| hangs());
    let took = begin.elapsed();
    if let Some(server) = server {
        caught_up(server, fault.expected(class)).await;
    }
    let counted = server.map(|server| (server.count(), server.connections()));
    Ran {
        fault,
        class,
        client,
        earlier,
        result,
        took,
        counted,
    }
}

/// Waits until the server has done to the idle connections of so many calls what it is going to do, and the client knows.
async fn left_alone(server: &Server, calls: usize) {
    server.call_ended();
    let _ = timeout(SEEN, async {
        while server.quiet() < calls {
            tokio::time::sleep(GLANCE).await;
        }
    })
    .await;
    // What the server has done is in the client's socket; now the client's tasks have their turn.
    tokio::time::sleep(20 * GLANCE).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Waits until the server has seen what is expected: bytes of a call that has ended may still be on their way.
async fn caught_up(server: &Server, expected: Expected) {
    let _ = timeout(SEEN, async {
        while server.count() < expected.requests || server.connections() < expected.connections {
            tokio::time::sleep(GLANCE).await;
        }
    })
    .await;
}
