//! What each kind of error says, of an operation of each class.
#![allow(clippy::unwrap_used)] // In tests, a broken set-up is a failed test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use http::{Method, StatusCode};
use rhombus_kisi::{ApplyPhase, CallInfo, CallPhase, Error, ErrorKind, Operation, Repeat, TimeoutPhase};
use rhombus_kisi::{Request, Transport, TransportFuture};
use rhombus_kisi_runtime::{DecodeError, ErrorBody, Response, call};

const fn operation(id: &'static str, repeat: Repeat) -> Operation {
    Operation::new(id, Method::POST, "/api/x", repeat)
}

static READ: Operation = operation("read", Repeat::Safe).read_only();
static REPLACE: Operation = operation("replace", Repeat::Safe);
static WRITE: Operation = operation("write", Repeat::IfNotCarriedOut);
static UNLOCK: Operation = operation("unlock", Repeat::Never);

/// The error of a response that is no object, which only decoding can make.
fn undecodable(info: CallInfo) -> Error {
    #[derive(Debug)]
    struct Array;

    impl Transport for Array {
        fn send(&self, _: Request) -> TransportFuture<'_> {
            Box::pin(async { Ok(Response::new(StatusCode::OK, Default::default(), "[]")) })
        }
    }

    static ANY: Operation = operation("any", Repeat::Safe);
    let sent =
        futures_util::FutureExt::now_or_never(call::<rhombus_kisi::types::BaseApiResponse>(&Array, Request::new(&ANY)));
    let Error::Decode(error) = sent.unwrap().unwrap_err() else {
        unreachable!("an array is no object")
    };
    let mut error: DecodeError = *error;
    error.call = info;
    Error::Decode(Box::new(error))
}

/// An error of each form, of this call.
fn every(info: &CallInfo) -> Vec<Error> {
    let call = || info.clone();
    let limit = Duration::from_secs(30);
    let body = ErrorBody::default;
    let timeout = |phase| Error::Timeout {
        call: call(),
        phase,
        limit,
    };
    let status = |status: u16| Error::Status {
        call: call(),
        status: StatusCode::from_u16(status).unwrap(),
        excerpt: "no".to_owned(),
        body: body(),
    };
    let broken = || Error::BrokenOff {
        call: call(),
        source: "connection error: reset".into(),
    };
    let held_back = CallInfo::new(info.operation, 0);
    vec![
        Error::invalid("door 1", "it has two names"),
        Error::config_because("the certificate cannot be read", "no such file"),
        Error::Credentials {
            call: call(),
            reason: "the token endpoint is down".to_owned(),
            transient: true,
            source: "the token endpoint is down".into(),
        },
        Error::Connect {
            call: call(),
            server: "api.example".into(),
            reason: "the connection was refused".into(),
            source: "error trying to connect: the connection was refused".into(),
        },
        timeout(TimeoutPhase::Connect),
        timeout(TimeoutPhase::Attempt),
        timeout(TimeoutPhase::Overall),
        timeout(TimeoutPhase::Idle),
        broken(),
        Error::Upload {
            call: call().at(CallPhase::Sending),
            sent: 5,
            source: "no such file".into(),
        },
        Error::Interrupted {
            received: 5,
            error: Box::new(broken()),
        },
        Error::TooLarge { call: call(), limit: 8 },
        Error::Unauthorized {
            call: call(),
            excerpt: "no".to_owned(),
            body: body(),
        },
        Error::Forbidden {
            call: call(),
            excerpt: "no".to_owned(),
            body: body(),
        },
        Error::RateLimited {
            call: held_back,
            retry_after: Some(limit),
            body: body(),
        },
        Error::RateLimited {
            call: call(),
            retry_after: Some(limit),
            body: body(),
        },
        Error::Redirect {
            call: call(),
            status: StatusCode::SEE_OTHER,
            host: Some("elsewhere.example".to_owned()),
        },
        status(404),
        status(408),
        status(500),
        status(503),
        undecodable(call()),
        Error::Refused {
            call: call(),
            message: "no such door".to_owned(),
        },
        Error::IntegrationAuth {
            call: call(),
            message: String::new(),
        },
        Error::UnexpectedIntegration {
            call: call(),
            found: Some("ENVOY".to_owned()),
        },
        Error::Conflict {
            paths: vec!["$.enabled".to_owned()],
        },
        Error::NotApplied {
            paths: vec!["$.enabled".to_owned()],
        },
        Error::Apply {
            phase: ApplyPhase::NothingWritten,
            error: Box::new(broken()),
        },
    ]
}

#[test]
fn each_kind_has_its_messages() {
    let mut text = String::new();
    for operation in [&READ, &WRITE] {
        for error in every(&CallInfo::of(operation, 1)) {
            let unsure = if error.may_have_been_carried_out() {
                ", unsure"
            } else {
                ""
            };
            writeln!(
                text,
                "{}, {}{unsure}\n  {}",
                error.kind(),
                error.phase(),
                error.report()
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_names_of_the_kinds_are_few_and_different() {
    let names: BTreeSet<_> = ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), ErrorKind::ALL.len());
    let snake = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    assert!(names.iter().all(|name| snake(name)), "{names:?}");
    // The table below has an error of each.
    let seen: BTreeSet<_> = every(&CallInfo::of(&WRITE, 1))
        .iter()
        .map(|error| error.kind().as_str())
        .collect();
    assert_eq!(seen, names);
}

#[test]
fn a_read_never_may_have_been_carried_out() {
    let mut unsure = BTreeMap::new();
    for operation in [&READ, &REPLACE, &WRITE, &UNLOCK] {
        for earlier in [false, true] {
            let mut call = CallInfo::of(operation, 2);
            call.earlier_attempt_unsure = earlier;
            for error in every(&call) {
                let says = error.to_string().contains("may have been carried out");
                // That settings were written and differ is no matter of one call.
                let of_a_call = error.call().is_some_and(|call| call.attempts > 0);
                if operation.read_only && of_a_call {
                    assert!(!says && !error.may_have_been_carried_out(), "{error}");
                    assert!(!error.report().contains("may have been"), "{}", error.report());
                } else if of_a_call && error.apply_phase().is_none() {
                    assert_eq!(says, error.may_have_been_carried_out(), "{operation:?} {error}");
                }
                if error.may_have_been_carried_out() {
                    *unsure.entry((operation.id, earlier)).or_insert(0) += 1;
                }
            }
        }
    }
    // `NotApplied` alone of a read.
    assert_eq!((unsure[&("read", false)], unsure[&("read", true)]), (1, 1));
    for id in ["replace", "write", "unlock"] {
        assert_eq!(unsure[&(id, false)], 13, "{id}");
        assert!(unsure[&(id, true)] > 20, "{id}");
    }
}

#[test]
fn a_transport_that_does_not_know_whose_call_it_is_says_nothing_of_a_read() {
    /// Makes its errors by the name of the operation alone.
    #[derive(Debug)]
    struct Careless;

    impl Transport for Careless {
        fn send(&self, request: Request) -> TransportFuture<'_> {
            let call = CallInfo::new(request.operation.id, 1);
            Box::pin(async {
                Err(Error::BrokenOff {
                    call,
                    source: "reset".into(),
                })
            })
        }

        fn organization(&self) -> Option<&str> {
            Some("AAAAAAAAAAAAAAAAAAAAAQ")
        }
    }

    for operation in [&READ, &WRITE] {
        let request = || Request::new(operation);
        let errors = [
            futures_util::FutureExt::now_or_never(call::<serde_json::Value>(&Careless, request()))
                .unwrap()
                .unwrap_err(),
            futures_util::FutureExt::now_or_never(rhombus_kisi_runtime::call_bytes(&Careless, request()))
                .unwrap()
                .unwrap_err(),
            futures_util::FutureExt::now_or_never(rhombus_kisi_runtime::call_empty(&Careless, request()))
                .unwrap()
                .unwrap_err(),
            futures_util::FutureExt::now_or_never(rhombus_kisi_runtime::call_stream(&Careless, request()))
                .unwrap()
                .unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.may_have_been_carried_out(), !operation.read_only, "{error}");
            assert_eq!(error.organization().unwrap().as_str(), "AAAAAAAAAAAAAAAAAAAAAQ");
        }
    }
}
