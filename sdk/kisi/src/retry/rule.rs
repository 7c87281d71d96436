//! The retry rules, in one table: what failed × how idempotent the operation is.

use rhombus_kisi_runtime::{Error, Repeat, TimeoutPhase};

/// Returns what a retry after `error` takes from the [`Budget`](super::Budget), or `None` if there must be none.
pub(crate) fn cost(repeat: Repeat, error: &Error) -> Option<u32> {
    let (safe, if_not_carried_out, cost) = match error {
        // Nothing was sent.
        Error::Connect { .. } => (true, true, 5),
        Error::Timeout {
            phase: TimeoutPhase::Connect,
            ..
        } => (true, true, 10),
        // Throttled: the server did not carry it out, and paces the retry by itself.
        Error::RateLimited { .. } => (true, true, 0),
        // Transient, but the request may have been carried out.
        Error::BrokenOff { .. } => (true, false, 5),
        Error::Timeout {
            phase: TimeoutPhase::Attempt | TimeoutPhase::Idle,
            ..
        } => (true, false, 10),
        Error::Status { status, .. } if matches!(status.as_u16(), 502..=504) => (true, false, 5),
        // Permanent.
        _ => (false, false, 0),
    };
    let allowed = match repeat {
        Repeat::Safe => safe,
        Repeat::IfNotCarriedOut => if_not_carried_out,
        // Also what a later release of the runtime may add.
        Repeat::Never | _ => false,
    };
    allowed.then_some(cost)
}

/// Whether a request is sent once and now, and never later.
pub(crate) fn is_once(repeat: Repeat) -> bool {
    !matches!(repeat, Repeat::Safe | Repeat::IfNotCarriedOut)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;
    use rhombus_kisi_runtime::{CallInfo, Error, ErrorBody, Repeat, TimeoutPhase};

    use super::cost;

    #[test]
    fn the_table() {
        let call = || CallInfo::new("operation", 1);
        let status = |status: u16| Error::Status {
            call: call(),
            status: StatusCode::from_u16(status).unwrap(),
            excerpt: String::new(),
            body: ErrorBody::default(),
        };
        let timeout = |phase| Error::Timeout {
            call: call(),
            phase,
            limit: Duration::ZERO,
        };
        let connect = Error::Connect {
            call: call(),
            server: "".into(),
            reason: "".into(),
            source: "refused".into(),
        };
        let broken = Error::BrokenOff {
            call: call(),
            source: "reset".into(),
        };
        let limited = Error::RateLimited {
            call: call(),
            retry_after: None,
            body: ErrorBody::default(),
        };
        let forbidden = Error::Forbidden {
            call: call(),
            excerpt: String::new(),
            body: ErrorBody::default(),
        };
        let redirect = Error::Redirect {
            call: call(),
            status: StatusCode::FOUND,
            host: None,
        };
        let unread = Error::Upload {
            call: call(),
            sent: 1,
            source: "no file".into(),
        };
        let too_large = Error::TooLarge { call: call(), limit: 1 };
        // What it costs, and for which of Safe, IfNotCarriedOut and Never.
        let table = [
            (connect, 5, [true, true, false]),
            (timeout(TimeoutPhase::Connect), 10, [true, true, false]),
            (limited, 0, [true, true, false]),
            (status(502), 5, [true, false, false]),
            (status(503), 5, [true, false, false]),
            (status(504), 5, [true, false, false]),
            (broken, 5, [true, false, false]),
            (timeout(TimeoutPhase::Attempt), 10, [true, false, false]),
            (timeout(TimeoutPhase::Idle), 10, [true, false, false]),
            (timeout(TimeoutPhase::Overall), 0, [false, false, false]),
            (status(500), 0, [false, false, false]),
            (status(501), 0, [false, false, false]),
            (status(400), 0, [false, false, false]),
            (forbidden, 0, [false, false, false]),
            (redirect, 0, [false, false, false]),
            (unread, 0, [false, false, false]),
            (too_large, 0, [false, false, false]),
            (Error::invalid("x", "y"), 0, [false, false, false]),
        ];
        for (error, price, allowed) in table {
            let found = [Repeat::Safe, Repeat::IfNotCarriedOut, Repeat::Never].map(|repeat| cost(repeat, &error));
            assert_eq!(found, allowed.map(|allowed| allowed.then_some(price)), "{error:?}");
        }
    }
}
