//! Servers that fail at first, and connections that outlive their welcome.
//!
//! What is never repeated never goes out on a used connection either, so those see a fresh one each time.

use super::FINAL;
use crate::{Fault, Outcome, Response, Script, Serve, Step, json, page};

fn good() -> Script {
    Script::respond(json(200, "{}"))
}

/// A first request that is responded to on a connection that stays open.
fn kept() -> Script {
    Script::respond(json(200, "{}").keep_alive())
}

pub(super) fn faults() -> Vec<Fault> {
    let first = |name, first: Script, outcome| {
        Fault::new(name, Serve::Plain(vec![first, good()]), outcome, [2, 1, 1]).but_safe(Outcome::Ok)
    };
    let kept_open =
        |name, first: Script, outcome, attempts| Fault::new(name, Serve::Plain(vec![first, good()]), outcome, attempts);
    vec![
        first("502, then well", Script::respond(page(502, "")), Outcome::Status(502)),
        first("503, then well", Script::respond(page(503, "")), Outcome::Status(503)),
        first("504, then well", Script::respond(page(504, "")), Outcome::Status(504)),
        first(
            "503 that asks to wait, then well",
            Script::respond(Response::new(503, "").header("Retry-After", "0")),
            Outcome::Status(503),
        ),
        first(
            "reset after the request, then well",
            Script::read().then(Step::Reset),
            Outcome::BrokenOff,
        ),
        first(
            "closed in the body, then well",
            Script::respond("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
            Outcome::BrokenOff,
        ),
        kept_open(
            "a connection that serves two calls",
            kept().then(Step::Read).send(json(200, "{}")),
            Outcome::Ok,
            FINAL,
        )
        .calls(2, [2, 2, 2], [1, 1, 2]),
        kept_open("an idle connection that closes", kept(), Outcome::Ok, FINAL).calls(2, [2, 2, 2], [2, 2, 2]),
        kept_open(
            "an idle connection that is reset",
            kept().then(Step::CallEnded).then(Step::Reset),
            Outcome::Ok,
            FINAL,
        )
        .calls(2, [2, 2, 2], [2, 2, 2]),
        kept_open(
            "a used connection that is reset after the second request",
            kept().then(Step::Read).then(Step::Reset),
            Outcome::BrokenOff,
            [2, 1, 1],
        )
        .but_safe(Outcome::Ok)
        .but_never(Outcome::Ok)
        .calls(2, [3, 2, 2], [2, 1, 2]),
        kept_open(
            "a used connection that closes after the second request",
            kept().then(Step::Read),
            Outcome::BrokenOff,
            [2, 1, 1],
        )
        .but_safe(Outcome::Ok)
        .but_never(Outcome::Ok)
        .calls(2, [3, 2, 2], [2, 1, 2]),
        // A response that nobody asked for must not become the next call's.
        kept_open(
            "a second response to one request",
            kept().send(json(500, "poison").keep_alive()).then(Step::Hold),
            Outcome::Ok,
            FINAL,
        )
        .calls(2, [2, 2, 2], [2, 2, 2]),
    ]
}
