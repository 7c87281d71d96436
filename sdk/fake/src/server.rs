//! The server: a thread with a runtime of its own, so that no test's runtime has to run it.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::body::ResponseBody;
use crate::reply::Reply;
use crate::serve::{Shared, Written, serve};

/// The longest request body that is read, in bytes.
const LONGEST: usize = 64 * 1024 * 1024;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why a connection ends without a response.
#[derive(Debug)]
enum Ended {
    Closed,
    Reset,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection ends here, on purpose")
    }
}

impl std::error::Error for Ended {}

impl Server {
    /// Starts a server on a free port of this machine.
    pub(crate) fn start(shared: Arc<Shared>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let thread = thread::Builder::new()
            .name("rhombus-kisi-fake".to_owned())
            .spawn(move || {
                runtime.spawn(accept(listener, shared));
                // What is still running is dropped with the runtime.
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // It has nothing to say, and has printed the message of a panic.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    // Dropped with this future, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(connection(stream, Arc::clone(&shared)));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let ended = Arc::new(Mutex::new(None));
    let service = service_fn(|request| {
        let (shared, ended) = (Arc::clone(&shared), Arc::clone(&ended));
        Box::pin(async move {
            let response = respond(shared, request).await;
            if let Err(error) = &response {
                let is_reset = matches!(error, Ended::Reset);
                *ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(is_reset);
            }
            response
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let is_reset = *ended.lock().unwrap_or_else(PoisonError::into_inner) == Some(true);
    let stream = connection.into_parts().io.into_inner();
    if is_reset {
        let _ = stream.set_zero_linger();
    }
}

async fn respond(shared: Arc<Shared>, request: http::Request<Incoming>) -> Result<http::Response<ResponseBody>, Ended> {
    let (head, body) = request.into_parts();
    // A body that breaks off has no reader for a response either.
    let body = Limited::new(body, LONGEST)
        .collect()
        .await
        .map_err(|_| Ended::Closed)?
        .to_bytes();
    match serve(shared, head, body).await {
        Written::Whole(reply) => Ok(response(&reply, ResponseBody::whole(reply.body.clone()))),
        Written::Part(reply) => Ok(response(&reply, ResponseBody::part(reply.body.clone()))),
        Written::Closed => Err(Ended::Closed),
        Written::Reset => Err(Ended::Reset),
    }
}

fn response(reply: &Reply, body: ResponseBody) -> http::Response<ResponseBody> {
    let mut response = http::Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(reply.content_type));
    if let Some(seconds) = reply.retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}
