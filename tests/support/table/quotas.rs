//! 429, with every form of `Retry-After`.

use std::time::{Duration, SystemTime};

use super::{CERTAIN, FINAL};
use crate::{Fault, Outcome, Received, Response, Script, Serve, Step, json};

fn limited(retry_after: &str) -> Response {
    Response::new(429, "Too many requests").header("Retry-After", retry_after)
}

/// A date that is between one and two seconds ahead; when the client reads it, it may be past.
fn soon(_: &Received) -> Vec<u8> {
    let date = SystemTime::now() + Duration::from_secs(2);
    limited(&httpdate::fmt_http_date(date)).bytes()
}

pub(super) fn faults() -> Vec<Fault> {
    let always = |name, response: Response, seconds, attempts| {
        let outcome = Outcome::RateLimited(seconds);
        Fault::new(name, Serve::always(Script::respond(response)), outcome, attempts)
    };
    let once = |name, first: Script, seconds| {
        let serve = Serve::Plain(vec![first, Script::respond(json(200, "{}"))]);
        Fault::new(name, serve, Outcome::Ok, [2, 2, 1]).but_never(Outcome::RateLimited(Some(seconds)))
    };
    vec![
        always(
            "429 without Retry-After",
            Response::new(429, "Too many requests"),
            None,
            CERTAIN,
        ),
        always("429, wait 0 s", limited("0"), Some(0), CERTAIN),
        always("429, wait 1 s, always", limited("1"), Some(1), CERTAIN).not_before(2000),
        once("429, wait 1 s, once", Script::respond(limited("1")), 1).not_before(1000),
        once("429, wait until a date", Script::read().then(Step::Echo(soon)), 1)
            .but_never(Outcome::RateLimitedUpTo(2))
            .not_before(900),
        once(
            "429, wait until a date that has passed",
            Script::respond(limited("Sun, 06 Nov 1994 08:49:37 GMT")),
            0,
        ),
        once(
            "429, a passed date in RFC 850's form",
            Script::respond(limited("Sunday, 06-Nov-94 08:49:37 GMT")),
            0,
        ),
        once(
            "429, a passed date in asctime's form",
            Script::respond(limited("Sun Nov  6 08:49:37 1994")),
            0,
        ),
        always("429, wait an hour", limited("3600"), Some(3600), FINAL).says("3600 s"),
        always(
            "429, wait longer than the universe",
            limited("18446744073709551615"),
            Some(u64::MAX),
            FINAL,
        ),
        always(
            "429, wait for more digits than fit",
            limited("99999999999999999999999"),
            Some(u64::MAX),
            FINAL,
        ),
        always("429, wait -1 s", limited("-1"), None, CERTAIN),
        always("429, wait 1.5 s", limited("1.5"), None, CERTAIN),
        always("429, wait soon", limited("soon"), None, CERTAIN),
        always("429, wait nothing", limited(""), None, CERTAIN),
        always(
            "429, two waits",
            limited("0").header("Retry-After", "3600"),
            Some(0),
            CERTAIN,
        ),
    ]
}
