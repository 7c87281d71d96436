//! Connections that do not open, and connections that break.

use super::{CERTAIN, UNCERTAIN};
use crate::{Fault, Outcome, Script, Serve, Step};

pub(super) fn faults() -> Vec<Fault> {
    let breaks = |name, script| Fault::new(name, Serve::always(script), Outcome::BrokenOff, UNCERTAIN);
    vec![
        Fault::new("nobody listens", Serve::Nobody, Outcome::Connect, CERTAIN)
            .nobody_counts()
            .says("the connection was refused"),
        breaks(
            // Not at once: a reset that is faster than the client's own `connect` is a connection that never opened.
            "reset without reading anything",
            Script::default().then(Step::Arrival).then(Step::Reset),
        )
        .nothing_arrives(),
        breaks("closed without reading anything", Script::default()).nothing_arrives(),
        breaks(
            "reset before the request is whole",
            Script::default().then(Step::ReadHead).then(Step::Reset),
        )
        .nothing_arrives(),
        breaks("reset after the request", Script::read().then(Step::Reset)),
        breaks("closed after the request", Script::read()),
        breaks(
            "reset in the status line",
            Script::respond("HTTP/1.1 20").then(Step::Reset),
        ),
        breaks(
            "closed in the headers",
            Script::respond("HTTP/1.1 200 OK\r\nContent-Type: appl"),
        ),
        breaks(
            "reset in the body",
            Script::respond("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"error\":").then(Step::Reset),
        ),
        breaks(
            "closed in the body",
            Script::respond("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"error\":false}"),
        ),
    ]
}
