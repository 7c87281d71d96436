use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::server::{Acceptor, WebPkiClientVerifier};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use crate::received::{read_head, read_request};
use crate::{Authority, Identity, Received, Script, Step, http2};

/// How a server speaks TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate that it shows.
    pub identity: Identity,
    /// The versions that it speaks.
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// The protocols that it offers, best first.
    pub alpn: Vec<&'static str>,
    /// Whether it asks for a certificate of the client.
    pub client_certificate: bool,
}

impl Tls {
    /// TLS as it should be, with a certificate of this kind.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            versions: tokio_rustls::rustls::ALL_VERSIONS.to_vec(),
            alpn: vec!["http/1.1"],
            client_certificate: false,
        }
    }

    fn config(&self, authority: &Authority) -> Arc<ServerConfig> {
        let builder = ServerConfig::builder_with_protocol_versions(&self.versions);
        let builder = if self.client_certificate {
            let mut roots = RootCertStore::empty();
            roots.add(authority.root_der()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder(roots.into()).build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let (certificate, key) = authority.issue(self.identity);
        let mut config = builder.with_single_cert(vec![certificate], key).unwrap();
        config.alpn_protocols = self.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        config.into()
    }
}

/// A listener on loopback that follows a script and keeps count. It is gone when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

/// What a server has seen so far.
#[derive(Debug, Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Received>>,
    protocols: Mutex<Vec<String>>,
    /// Connections with which nothing more happens before the client does something.
    quiet: AtomicUsize,
    call_ended: Notify,
}

impl Server {
    /// Serves the scripts over plain TCP: the first connection by the first, all that come after the last by the last.
    pub async fn plain(scripts: Vec<Script>) -> Self {
        Self::start(scripts, None).await
    }

    /// Serves the scripts over TLS.
    pub async fn tls(scripts: Vec<Script>, tls: &Tls, authority: &Authority) -> Self {
        Self::start(scripts, Some(tls.config(authority))).await
    }

    async fn start(scripts: Vec<Script>, tls: Option<Arc<ServerConfig>>) -> Self {
        assert!(!scripts.is_empty(), "a server needs a script");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let task = tokio::spawn(accept(listener, scripts, tls, Arc::clone(&seen)));
        Self { address, seen, task }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// The whole requests that came, in the order of their arrival.
    pub fn requests(&self) -> Vec<Received> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// How many whole requests came.
    pub fn count(&self) -> usize {
        self.seen.requests.lock().unwrap().len()
    }

    /// How many connections, after a response, were closed or are waiting for the client.
    pub(crate) fn quiet(&self) -> usize {
        self.seen.quiet.load(Ordering::SeqCst)
    }

    /// Tells the script that waits for it that the call has ended.
    pub(crate) fn call_ended(&self) {
        self.seen.call_ended.notify_one();
    }

    /// The protocols that TLS clients offered (ALPN), those of one connection joined by commas.
    pub fn protocols(&self) -> Vec<String> {
        self.seen.protocols.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A port of loopback where nobody listens, and nobody else can as long as it is held.
#[derive(Debug)]
pub struct Nobody(TcpSocket);

impl Nobody {
    /// Binds a free port without listening on it: connections to it are refused.
    pub fn bind() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self(socket)
    }

    /// The port's address.
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }
}

async fn accept(listener: TcpListener, scripts: Vec<Script>, tls: Option<Arc<ServerConfig>>, seen: Arc<Seen>) {
    // Dropped with this task, and its connections with it.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let _ = stream.set_nodelay(true);
        let number = seen.connections.fetch_add(1, Ordering::SeqCst);
        let script = scripts[number.min(scripts.len() - 1)].clone();
        let (seen, tls) = (Arc::clone(&seen), tls.clone());
        connections.spawn(async move {
            match tls {
                None => follow(stream, script, &seen).await,
                Some(config) => greet(stream, script, config, &seen).await,
            }
            seen.quiet.fetch_add(1, Ordering::SeqCst);
        });
        while connections.try_join_next().is_some() {}
    }
}

/// The TLS handshake; a client that refuses it ends the connection.
async fn greet(stream: TcpStream, script: Script, config: Arc<ServerConfig>, seen: &Seen) {
    let Ok(hello) = LazyConfigAcceptor::new(Acceptor::default(), stream).await else {
        return;
    };
    let offered: Vec<_> = hello
        .client_hello()
        .alpn()
        .into_iter()
        .flatten()
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    seen.protocols.lock().unwrap().push(offered.join(","));
    if let Ok(stream) = hello.into_stream(config).await {
        follow(stream, script, seen).await;
    }
}

/// A connection that can be reset.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin + Send {
    fn socket(&self) -> &TcpStream;
}

impl Connection for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Connection for tokio_rustls::server::TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn follow(mut stream: impl Connection, script: Script, seen: &Seen) {
    let mut last = Received::default();
    let mut http2_stream = 0;
    let mut next = 0;
    while let Some(step) = script.steps.get(next) {
        next += 1;
        if next > 1 && matches!(step, Step::Read) {
            seen.quiet.fetch_add(1, Ordering::SeqCst);
        }
        let went_on = match step {
            Step::ReadHead => read_head(&mut stream).await.is_some(),
            Step::Read => match read_request(&mut stream).await {
                Some(request) => {
                    last = request.clone();
                    seen.requests.lock().unwrap().push(request);
                    true
                }
                None => false,
            },
            Step::ReadHttp2 if http2_stream == 0 && http2::greet(&mut stream).await.is_none() => false,
            Step::ReadHttp2 => match http2::read_request(&mut stream).await {
                Some((id, request)) => {
                    http2_stream = id;
                    seen.requests.lock().unwrap().push(request);
                    true
                }
                None => false,
            },
            Step::ReadSome => stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0),
            Step::RespondHttp2(make) => send(&mut stream, &make(http2_stream)).await,
            Step::Again => {
                next = 0;
                true
            }
            Step::Send(bytes) => send(&mut stream, bytes).await,
            Step::Echo(make) => send(&mut stream, &make(&last)).await,
            Step::Drip(bytes, pause) => drip(&mut stream, bytes, *pause).await,
            Step::Flood(bytes, pause) => {
                while send(&mut stream, bytes).await {
                    tokio::time::sleep(*pause).await;
                }
                false
            }
            Step::Arrival => stream.socket().peek(&mut [0]).await.is_ok_and(|length| length > 0),
            Step::CallEnded => {
                seen.call_ended.notified().await;
                true
            }
            Step::Ignore => std::future::pending().await,
            Step::Hold => {
                seen.quiet.fetch_add(1, Ordering::SeqCst);
                while stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {}
                false
            }
            Step::Reset => {
                let _ = stream.socket().set_zero_linger();
                return;
            }
            Step::Cut => return,
        };
        if !went_on {
            return;
        }
    }
    let _ = stream.shutdown().await;
    seen.quiet.fetch_add(1, Ordering::SeqCst);
    // What the client still sends must not turn the good close into a reset.
    let _ = tokio::time::timeout(Duration::from_secs(60), async {
        while stream.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {}
    })
    .await;
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> bool {
    stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok()
}

async fn drip(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], pause: Duration) -> bool {
    for byte in bytes {
        tokio::time::sleep(pause).await;
        if !send(stream, &[*byte]).await {
            return false;
        }
    }
    true
}
