//! The API, as far as the bench needs it: returns to every read the same settings and every update with success.
//!
//! It prints its URL and serves until its standard input ends.

use std::convert::Infallible;
use std::io::Read;

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rhombus_kisi_bench::{Failure, document};
use tokio::net::TcpListener;

#[derive(Debug, Parser)]
struct Args {
    /// How many doors the settings have
    #[arg(long)]
    doors: usize,
    /// Puts an unknown property into every door
    #[arg(long)]
    unknown: bool,
    /// Adds a warning to what it says of an update
    #[arg(long)]
    warning: bool,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    std::thread::spawn(|| {
        // Whoever started it is gone.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let read = Bytes::from(document::response(args.doors, args.unknown));
    let updated = if args.warning {
        document::WARNED
    } else {
        document::UPDATED
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        println!("http://{}", listener.local_addr()?);
        let serve = async {
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let read = read.clone();
                let service = service_fn(move |request| response(request, read.clone(), updated));
                tokio::task::spawn_local(async move {
                    // A client that goes away is none of its business.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        };
        tokio::task::LocalSet::new().run_until(serve).await
    })
}

async fn response(
    mut request: Request<Incoming>,
    read: Bytes,
    updated: &'static str,
) -> Result<Response<Full<Bytes>>, Infallible> {
    while let Some(Ok(_)) = request.body_mut().frame().await {}
    let body = if request.uri().path().ends_with("/getKisiIntegration") {
        read
    } else {
        Bytes::from_static(updated.as_bytes())
    };
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(
        CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("application/json"),
    );
    Ok(response)
}
