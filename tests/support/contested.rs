//! Settings that several editors write at the same time, on a server where anything can go wrong at each step.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rhombus_kisi::{Client, Credentials, RetryPolicy};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::Version;
use crate::received::read_request;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It is carried out, and the response comes.
    Done,
    /// It is responded to with this status, after being carried out or without.
    Status(u16, bool),
    /// The connection is reset.
    Reset(bool),
    /// There is no response for as long as the client waits for one.
    Hold(bool),
}

impl Fate {
    /// Whether the server does what it is asked.
    pub fn is_carried_out(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Status(_, true) | Self::Reset(true) | Self::Hold(true)
        )
    }
}

/// What a request is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The settings are read.
    Read,
    /// They are written.
    Write,
}

/// What the server does of its own accord.
type Decide = Box<dyn FnMut(Kind) -> Fate + Send>;
type Touch = Box<dyn FnMut(Kind, &mut Value) + Send>;

/// A server that replaces its settings by what a write says.
///
/// Once [`close_window`](Self::close_window) is called, nobody else reads or writes between a read and the write that follows it
/// from the same editor: that is the window that the API leaves open. A request whose client has given it up and asked again is not carried out later.
#[derive(Debug)]
pub struct Contested {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    version: Version,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    settings: Value,
    decide: Decide,
    before_read: Touch,
    after_write: Touch,
    window_is_closed: bool,
    /// Who has read and may write next.
    holder: Option<String>,
    /// The number of the last connection that an editor was heard on.
    newest: HashMap<String, usize>,
    connections: usize,
    counts: (usize, usize),
    /// By whom each write was that was carried out.
    carried_out: Vec<String>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Contested {
    /// Starts a server that holds these settings; `null` for none.
    pub async fn start(version: Version, settings: Value) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            version,
            state: Mutex::new(State {
                settings,
                decide: Box::new(|_| Fate::Done),
                before_read: Box::new(|_, _| {}),
                after_write: Box::new(|_, _| {}),
                window_is_closed: false,
                holder: None,
                newest: HashMap::new(),
                connections: 0,
                counts: (0, 0),
                carried_out: Vec::new(),
            }),
            changed: Notify::new(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, task }
    }

    /// A client whose key is the editor's name.
    pub fn client(&self, editor: &str) -> Client {
        self.build(Credentials::api_key(editor))
    }

    /// A partner's client. What acts for an organisation is an editor by the organisation's id.
    pub fn partner(&self) -> Client {
        self.build(Credentials::partner_key("partner"))
    }

    /// Makes everybody else wait between a read and the write that follows it, or until [`release`](Self::release).
    pub fn close_window(&self) {
        self.state().window_is_closed = true;
    }

    fn build(&self, credentials: Credentials) -> Client {
        let policy = RetryPolicy::default()
            .base_backoff(Duration::from_millis(1))
            .max_backoff(Duration::from_millis(5));
        Client::builder()
            .credentials(credentials)
            .endpoint(format!("http://{}", self.address))
            .attempt_timeout(Duration::from_secs(30))
            .connect_timeout(Duration::from_secs(30))
            .timeout(Duration::from_secs(120))
            .retry(policy)
            .build()
            .unwrap()
    }

    /// Decides what becomes of each request from now on.
    pub fn decide(&self, decide: impl FnMut(Kind) -> Fate + Send + 'static) {
        self.state().decide = Box::new(decide);
    }

    /// What happens to the next writes; those after them are done.
    pub fn next_writes(&self, fates: impl IntoIterator<Item = Fate>) {
        let mut fates = fates.into_iter().collect::<std::collections::VecDeque<_>>();
        self.decide(move |kind| match kind {
            Kind::Write => fates.pop_front().unwrap_or(Fate::Done),
            Kind::Read => Fate::Done,
        });
    }

    /// Changes the settings before each read.
    pub fn before_read(&self, mut touch: impl FnMut(&mut Value) + Send + 'static) {
        self.state().before_read = Box::new(move |_, settings| touch(settings));
    }

    /// Changes the settings after each write, carried out or not.
    pub fn after_write(&self, mut touch: impl FnMut(&mut Value) + Send + 'static) {
        self.state().after_write = Box::new(move |_, settings| touch(settings));
    }

    /// Starts over with these settings, and forgets what has been.
    pub fn reset(&self, settings: Value) {
        let mut state = self.state();
        state.settings = settings;
        state.holder = None;
        state.counts = (0, 0);
        state.carried_out.clear();
    }

    /// The settings as they are.
    pub fn settings(&self) -> Value {
        self.state().settings.clone()
    }

    /// Changes the settings as another client would.
    pub fn change(&self, change: impl FnOnce(&mut Value)) {
        change(&mut self.state().settings);
    }

    /// How many reads and writes have come, whatever became of them.
    pub fn counts(&self) -> (usize, usize) {
        self.state().counts
    }

    /// By whom each write was that was carried out, in order.
    pub fn carried_out(&self) -> Vec<String> {
        self.state().carried_out.clone()
    }

    /// Says that an editor is done: what it has read it will not write back, and what still comes of it is too late.
    pub fn release(&self, editor: &str) {
        let mut state = self.state();
        state.holder.take_if(|holder| holder == editor);
        let next = state.connections + 1;
        state.newest.insert(editor.to_owned(), next);
        drop(state);
        self.shared.changed.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Drop for Contested {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, and its connections with it.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let number = {
            let mut state = shared.state();
            state.connections += 1;
            state.connections
        };
        connections.spawn(serve(stream, number, Arc::clone(&shared)));
        while connections.try_join_next().is_some() {}
    }
}

/// One request a connection, so that the connections' numbers are the requests' order.
async fn serve(mut stream: TcpStream, number: usize, shared: Arc<Shared>) {
    let Some(request) = read_request(&mut stream).await else {
        return;
    };
    let editor = request.header("x-auth-org").or(request.header("x-auth-apikey"));
    let editor = editor.unwrap_or_default().to_owned();
    let kind = match request.head.contains("/updateKisiIntegration") {
        true => Kind::Write,
        false => Kind::Read,
    };
    let (fate, body) = loop {
        let changed = shared.changed.notified();
        let turn = {
            let mut state = shared.state();
            if state.newest.get(&editor).is_some_and(|newest| *newest > number) {
                return;
            }
            let is_free = state.holder.as_ref().is_none_or(|holder| *holder == editor);
            is_free.then(|| state.take(&shared, kind, &editor, number, &request.body))
        };
        match turn {
            Some(turn) => break turn,
            None => changed.await,
        }
    };
    shared.changed.notify_waiters();
    let status = match fate {
        Fate::Done => 200,
        Fate::Status(status, _) => status,
        Fate::Reset(_) => {
            let _ = stream.set_zero_linger();
            return;
        }
        Fate::Hold(_) => {
            while stream.read(&mut [0; 256]).await.is_ok_and(|length| length > 0) {}
            return;
        }
    };
    let body = if status == 200 { body } else { "{}".to_owned() };
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\nConnection: close\r\nContent-Type: application/json\r\nRetry-After: 0\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
    while stream.read(&mut [0; 256]).await.is_ok_and(|length| length > 0) {}
}

impl State {
    /// A request's turn: all that happens to the settings happens here.
    fn take(&mut self, shared: &Shared, kind: Kind, editor: &str, number: usize, body: &[u8]) -> (Fate, String) {
        self.newest.insert(editor.to_owned(), number);
        let fate = (self.decide)(kind);
        match kind {
            Kind::Read => {
                self.counts.0 += 1;
                (self.before_read)(kind, &mut self.settings);
                if fate == Fate::Done && self.window_is_closed {
                    self.holder = Some(editor.to_owned());
                }
                let property = match shared.version {
                    Version::V1 => "kisiSettings",
                    Version::V2 => "orgIntegrationV2",
                };
                (fate, json!({ property: self.settings }).to_string())
            }
            Kind::Write => {
                self.counts.1 += 1;
                self.holder = None;
                if fate.is_carried_out() {
                    let body: Value = serde_json::from_slice(body).expect("an update is JSON");
                    self.settings = body["kisiSettings"].clone();
                    self.carried_out.push(editor.to_owned());
                }
                (self.after_write)(kind, &mut self.settings);
                (fate, json!({ "warningMsg": "noted" }).to_string())
            }
        }
    }
}
