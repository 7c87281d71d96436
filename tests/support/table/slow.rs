//! Responses that take for ever.

use std::time::Duration;

use rhombus_kisi_runtime::TimeoutPhase;

use super::UNCERTAIN;
use crate::{Fault, Outcome, Script, Serve, Step, json};

const PAUSE: Duration = Duration::from_millis(50);

pub(super) fn faults() -> Vec<Fault> {
    let slow = |name, script| {
        Fault::new(
            name,
            Serve::always(script),
            Outcome::Timeout(TimeoutPhase::Attempt),
            UNCERTAIN,
        )
        .says("may have been carried out")
    };
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"error\":";
    let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    vec![
        slow("no response at all", Script::read().then(Step::Hold)),
        slow("reads nothing and sends nothing", Script::default().then(Step::Ignore)).nothing_arrives(),
        slow(
            "a head that comes a byte at a time",
            Script::read().then(Step::Drip(
                json(200, "{}").header("X-Pad", "x".repeat(100)).bytes().into(),
                PAUSE,
            )),
        ),
        slow(
            "a body that comes a byte at a time",
            Script::respond(half).then(Step::Drip(" ".repeat(91).into(), PAUSE)),
        ),
        slow("a body that stops half way", Script::respond(half).then(Step::Hold)),
        slow(
            "a body without an end, little by little",
            Script::respond(endless).then(Step::Flood("1\r\n \r\n".into(), PAUSE)),
        ),
        slow(
            "100 Continue without an end",
            Script::read().then(Step::Flood("HTTP/1.1 100 Continue\r\n\r\n".into(), PAUSE)),
        ),
    ]
}
