//! What an error of a call over the network says of it: whose it was, and how far it came.

#![allow(clippy::unwrap_used, reason = "a test ends there")]

mod support;

use std::time::Duration;

use rhombus_kisi::{CallPhase, Client, Error, ErrorKind, RetryPolicy};
use support::{READ, Step, WRITE, nobody, send, server};

const ORGANIZATION: &str = "AAAAAAAAAAAAAAAAAAAAAQ";

async fn fails(script: impl IntoIterator<Item = Step>, limit: Duration) -> Error {
    let (address, _log) = server(script).await;
    let partner = Client::builder()
        .partner_key(support::KEY)
        .endpoint(format!("http://{address}"))
        .attempt_timeout(limit)
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let client = partner.for_organization(ORGANIZATION).unwrap();
    send(&client, &WRITE).await.unwrap_err()
}

#[tokio::test]
async fn an_error_says_how_far_the_call_came() {
    const LONG: Duration = Duration::from_secs(60);
    // Each limit that passes is one that the server makes pass: it sends nothing more.
    const SHORT: Duration = Duration::from_millis(300);
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{";
    let table = [
        (Step::Reset, LONG, ErrorKind::BrokenOff, CallPhase::Waiting),
        (
            Step::RespondAndClose(head),
            LONG,
            ErrorKind::BrokenOff,
            CallPhase::Reading,
        ),
        (Step::RespondAndHang(""), SHORT, ErrorKind::Timeout, CallPhase::Waiting),
        (
            Step::RespondAndHang(head),
            SHORT,
            ErrorKind::Timeout,
            CallPhase::Reading,
        ),
        (
            Step::Respond("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno"),
            LONG,
            ErrorKind::Status,
            CallPhase::Received,
        ),
    ];
    for (step, limit, kind, phase) in table {
        let error = fails([step], limit).await;
        assert_eq!((error.kind(), error.phase()), (kind, phase), "{error}");
    }
    let socket = nobody();
    let client = support::builder(socket.local_addr().unwrap())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = send(&client, &READ).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Connect, CallPhase::Connecting),
        "{error}"
    );
    assert_eq!(error.organization(), None);
}

#[tokio::test]
async fn an_error_names_the_organisation_that_a_partner_acted_for() {
    let (address, _log) = server([
        Step::Respond("HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno"),
        Step::Respond("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]"),
        Step::Respond("HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{\"error\":true}"),
    ])
    .await;
    let builder = Client::builder()
        .partner_key(support::KEY)
        .endpoint(format!("http://{address}"));
    let partner = builder.build().unwrap();
    let client = partner.for_organization(ORGANIZATION).unwrap();
    for kind in [ErrorKind::Status, ErrorKind::Decode, ErrorKind::Refused] {
        let error = client.unlock_door(7, 43).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.organization().unwrap().as_str(), ORGANIZATION);
        assert!(!error.report().contains(support::KEY));
    }
}
