use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

use crate::received::read_request;
use crate::{Response, json};

/// What a server did with one arrival of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Deed {
    /// Responded to it.
    Responded = 1,
    /// Returned 503.
    Unavailable = 2,
    /// Returned 429 with no wait.
    Limited = 3,
    /// Reset the connection instead of a response.
    Reset = 4,
    /// Closed the connection in the response's body.
    Truncated = 5,
    /// Sent nothing until the client went away.
    Stalled = 6,
}

const FAULTS: [Deed; 5] = [
    Deed::Unavailable,
    Deed::Limited,
    Deed::Reset,
    Deed::Truncated,
    Deed::Stalled,
];
const BITS: u32 = 4;

/// A server that writes down each arrival of each request, known by the number in its body, and fails some.
#[derive(Debug)]
pub struct RequestLog {
    /// Four bits for each arrival, the latest lowest.
    deeds: Vec<AtomicU64>,
    arrivals: AtomicU64,
    per_ten_thousand: u64,
    seed: u64,
}

impl RequestLog {
    /// Starts a server for requests numbered below `requests`, of which it fails `per_ten_thousand` of ten thousand.
    pub async fn start(requests: usize, per_ten_thousand: u64, seed: u64) -> (Arc<Self>, SocketAddr) {
        let log = Arc::new(Self {
            deeds: (0..requests).map(|_| AtomicU64::new(0)).collect(),
            arrivals: AtomicU64::new(0),
            per_ten_thousand,
            seed,
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&shared).serve(stream));
            }
        });
        (log, address)
    }

    /// What was done with a request, in the order of its arrivals.
    pub fn deeds(&self, number: usize) -> Vec<Deed> {
        let mut bits = self.deeds[number].load(Ordering::SeqCst);
        let mut deeds = Vec::new();
        while bits != 0 {
            let code = bits & ((1 << BITS) - 1);
            let all = FAULTS.iter().chain([&Deed::Responded]);
            deeds.extend(all.copied().find(|deed| *deed as u64 == code));
            bits >>= BITS;
        }
        deeds.reverse();
        deeds
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut stream = BufStream::new(stream);
        while let Some(request) = read_request(&mut stream).await {
            let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
            let number = body["number"].as_u64().unwrap();
            let deed = self.decide();
            let slot = &self.deeds[usize::try_from(number).unwrap()];
            slot.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |bits| {
                Some(bits << BITS | deed as u64)
            })
            .unwrap();
            let good = json(200, &format!(r#"{{"number":{number}}}"#)).keep_alive();
            let bytes = match deed {
                Deed::Responded => good.bytes(),
                Deed::Unavailable => Response::new(503, "").keep_alive().bytes(),
                Deed::Limited => Response::new(429, "").keep_alive().header("Retry-After", "0").bytes(),
                Deed::Reset => {
                    let _ = stream.get_ref().set_zero_linger();
                    return;
                }
                Deed::Truncated => good.bytes_of_length(1000),
                Deed::Stalled => return hold(stream).await,
            };
            if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() || deed == Deed::Truncated {
                return;
            }
        }
    }

    /// Fails a share of the arrivals, spread as if by chance but the same on every run.
    fn decide(&self) -> Deed {
        let arrival = self.arrivals.fetch_add(1, Ordering::SeqCst);
        let chance = mix(arrival ^ mix(self.seed));
        if chance % 10_000 < self.per_ten_thousand {
            FAULTS[usize::try_from(chance / 10_000 % FAULTS.len() as u64).unwrap()]
        } else {
            Deed::Responded
        }
    }
}

async fn hold(mut stream: impl AsyncRead + Unpin) {
    while stream.read(&mut [0; 1024]).await.is_ok_and(|length| length > 0) {}
}

/// SplitMix64's finisher: neighbouring numbers come out far apart.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
