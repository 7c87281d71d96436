//! HTTP/2, where the server takes it: streams and connections that end early.

use rhombus_kisi_runtime::TimeoutPhase;

use super::{FINAL, UNCERTAIN};
use crate::http2::{Reason, data, goaway, ok_head, rst_stream};
use crate::{Fault, Identity, Outcome, Script, Serve, Step, Tls};

const BODY: &[u8] = br#"{"error":false}"#;

fn returns(frames: &[Vec<u8>]) -> Script {
    Script::default().then(Step::ReadHttp2).send(frames.concat())
}

pub(super) fn faults() -> Vec<Fault> {
    let ends = |name, script, outcome, attempts| {
        let tls = Tls {
            alpn: vec!["h2"],
            ..Tls::new(Identity::Good)
        };
        Fault::new(name, Serve::Tls(tls, vec![script]), outcome, attempts)
    };
    let stays = |frames: &[Vec<u8>]| returns(frames).then(Step::Hold);
    // The connection stays good, so that all the attempts go over the one.
    let streams = |name, response: fn(u32) -> Vec<u8>, outcome| {
        let script = Script::default()
            .then(Step::ReadHttp2)
            .then(Step::RespondHttp2(response))
            .then(Step::Again);
        ends(name, script, outcome, UNCERTAIN).connections([1, 1, 1])
    };
    let resets = |name, response| streams(name, response, Outcome::BrokenOff);
    let timed_out = Outcome::Timeout(TimeoutPhase::Attempt);
    let whole = [ok_head(1), data(1, BODY, true)].concat();
    vec![
        ends(
            "HTTP/2 as it should be",
            stays(std::slice::from_ref(&whole)),
            Outcome::Ok,
            FINAL,
        ),
        ends(
            "HTTP/2, GOAWAY after the response",
            stays(&[whole.clone(), goaway(1, Reason::No)]),
            Outcome::Ok,
            FINAL,
        ),
        ends(
            "HTTP/2, GOAWAY that lets the request finish",
            stays(&[goaway(1, Reason::No), whole]),
            Outcome::Ok,
            FINAL,
        ),
        ends(
            "HTTP/2, GOAWAY that has not seen the request",
            returns(&[goaway(0, Reason::No)]),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "HTTP/2, GOAWAY for an error",
            returns(&[goaway(1, Reason::Internal)]),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "HTTP/2, GOAWAY in the body",
            returns(&[ok_head(1), data(1, b"{\"err", false), goaway(1, Reason::Internal)]),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        resets("HTTP/2, the stream is refused", |stream| {
            rst_stream(stream, Reason::RefusedStream)
        }),
        resets("HTTP/2, the stream is reset", |stream| {
            rst_stream(stream, Reason::Internal)
        }),
        resets("HTTP/2, the server wants calm", |stream| {
            rst_stream(stream, Reason::EnhanceYourCalm)
        }),
        resets("HTTP/2, the server wants HTTP/1.1", |stream| {
            rst_stream(stream, Reason::Http11Required)
        }),
        resets("HTTP/2, the stream is reset in the body", |stream| {
            [
                ok_head(stream),
                data(stream, b"{\"err", false),
                rst_stream(stream, Reason::Internal),
            ]
            .concat()
        }),
        ends(
            "HTTP/2, closed after the request",
            returns(&[]),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "HTTP/2, reset after the request",
            returns(&[]).then(Step::Reset),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        ends(
            "HTTP/2, garbage",
            returns(&[vec![0xff; 64]]),
            Outcome::BrokenOff,
            UNCERTAIN,
        ),
        streams("HTTP/2, no response at all", |_| Vec::new(), timed_out),
        streams(
            "HTTP/2, a body that stops half way",
            |stream| [ok_head(stream), data(stream, b"{\"err", false)].concat(),
            timed_out,
        ),
    ]
}
