use std::sync::Arc;
use std::time::{Duration, Instant};

use rhombus_kisi::Client;
use rhombus_kisi_runtime::{Error, Repeat, call};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{Authority, CLASSES, Fault, Reply, builder, faults, request};

/// How many faults are tried at once: most of them wait for time to pass.
const AT_ONCE: usize = 12;

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
                let _place = places.acquire().await;
                run(fault, class, &authority).await
            });
        }
    }
    rows.join_all().await
}

async fn run(fault: Arc<Fault>, class: Repeat, authority: &Authority) -> Ran {
    let (server, endpoint) = fault.serve.start(authority).await;
    let client = builder(&endpoint, authority).build().unwrap();
    let transport = client.transport();
    let mut earlier = Vec::new();
    for _ in 1..fault.calls {
        earlier.push(call(&*transport, request(class).unwrap()).await);
        // The server gets the time to do to the idle connection what it is going to do.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let begin = Instant::now();
    let result = call(&*transport, request(class).unwrap()).await;
    let took = begin.elapsed();
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
