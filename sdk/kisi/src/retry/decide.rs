use rhombus_kisi_runtime::{Error, Repeat, TimeoutPhase};

/// Whether a request of an operation may be sent again after `error`.
pub(crate) fn may_repeat(repeat: Repeat, error: &Error) -> bool {
    match repeat {
        Repeat::Safe => never_left(error) || refused_unread(error) || passing(error),
        Repeat::IfNotCarriedOut => never_left(error) || refused_unread(error),
        // Also what a later release of the runtime may add.
        Repeat::Never | _ => false,
    }
}

/// Whether a request of an operation is tried once and now, and never later.
pub(crate) fn is_once(repeat: Repeat) -> bool {
    !matches!(repeat, Repeat::Safe | Repeat::IfNotCarriedOut)
}

/// Not one byte of the request can have left.
fn never_left(error: &Error) -> bool {
    match error {
        Error::Connect { .. } => true,
        Error::Timeout { phase, .. } => *phase == TimeoutPhase::Connect,
        _ => false,
    }
}

/// The request arrived and certainly was not carried out.
fn refused_unread(error: &Error) -> bool {
    matches!(error, Error::RateLimited { .. })
}

/// The request may have been carried out, and the trouble may be over in a while.
fn passing(error: &Error) -> bool {
    match error {
        Error::BrokenOff { .. } => true,
        Error::Timeout { phase, .. } => *phase == TimeoutPhase::Attempt,
        Error::Status { status, .. } => matches!(status.as_u16(), 502..=504),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;
    use rhombus_kisi_runtime::{CallInfo, Error, Repeat, TimeoutPhase};

    use super::may_repeat;

    #[test]
    fn the_table() {
        let call = || CallInfo::new("operation", 1);
        let status = |status: u16| Error::Status {
            call: call(),
            status: StatusCode::from_u16(status).unwrap(),
            excerpt: String::new(),
        };
        let timeout = |phase| Error::Timeout {
            call: call(),
            phase,
            limit: Duration::ZERO,
        };
        let connect = Error::Connect {
            call: call(),
            server: String::new(),
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
        };
        let forbidden = Error::Forbidden {
            call: call(),
            excerpt: String::new(),
        };
        let redirect = Error::Redirect {
            call: call(),
            status: StatusCode::FOUND,
            host: None,
        };
        let too_large = Error::TooLarge { call: call(), limit: 1 };
        // Safe, IfNotCarriedOut, Never
        let table = [
            (connect, [true, true, false]),
            (timeout(TimeoutPhase::Connect), [true, true, false]),
            (limited, [true, true, false]),
            (status(502), [true, false, false]),
            (status(503), [true, false, false]),
            (status(504), [true, false, false]),
            (broken, [true, false, false]),
            (timeout(TimeoutPhase::Attempt), [true, false, false]),
            (timeout(TimeoutPhase::Overall), [false, false, false]),
            (status(500), [false, false, false]),
            (status(501), [false, false, false]),
            (status(400), [false, false, false]),
            (forbidden, [false, false, false]),
            (redirect, [false, false, false]),
            (too_large, [false, false, false]),
            (Error::invalid("x", "y"), [false, false, false]),
        ];
        for (error, expected) in table {
            let found = [Repeat::Safe, Repeat::IfNotCarriedOut, Repeat::Never].map(|repeat| may_repeat(repeat, &error));
            assert_eq!(found, expected, "{error:?}");
        }
    }
}
