//! The fault table, run: each fault against an operation of each class.
#![allow(clippy::unwrap_used)] // In tests, a broken set-up is a failed test.

use std::collections::BTreeSet;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rhombus_kisi_runtime::{Error, Repeat};
use rhombus_kisi_tests::{Authority, Outcome, Ran, Response, Script, Server, builder, faults, request, run_all};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_the_table_says() {
    let complaints: BTreeSet<_> = run_all().await.iter().filter_map(complaints).collect();
    let complaints: Vec<_> = complaints.into_iter().collect();
    assert!(
        complaints.is_empty(),
        "{} rows are wrong:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

/// What is not as the table says; `None` where all is.
fn complaints(ran: &Ran) -> Option<String> {
    let mut differences = Differences::default();
    let expected = ran.fault.expected(ran.class);
    for result in &ran.earlier {
        differences.compare("a call before the last succeeds", result.is_ok(), true);
    }
    let found = Outcome::of(&ran.result);
    if !found.as_ref().is_ok_and(|found| expected.outcome.agrees(found)) {
        let found = found.map_or_else(|other| other, |outcome| outcome.to_string());
        differences.compare("outcome", found, expected.outcome.expected().to_string());
    }
    if let Err(error) = &ran.result {
        let (retryable, carried_out, status) = expected.outcome.predicates();
        differences.compare("is_retryable", error.is_retryable(), retryable);
        let found = error.may_have_been_carried_out();
        differences.compare("may_have_been_carried_out", found, carried_out);
        differences.compare("status", error.status().map(|status| status.as_u16()), status);
        let attempts = error.call().map(|call| call.attempts);
        differences.compare("attempts", attempts, Some(expected.attempts));
        for text in &ran.fault.says {
            differences.compare(&format!("says {text:?}"), error.to_string().contains(text), true);
        }
    }
    if let Some((requests, connections)) = ran.counted {
        differences.compare("requests", requests, expected.requests);
        differences.compare("connections", connections, expected.connections);
    }
    let waits = expected.attempts > 1 || expected.outcome == Outcome::Ok;
    differences.compare("too early", waits && ran.took < ran.fault.not_before, false);
    (!differences.0.is_empty()).then(|| {
        format!(
            "{} [{:?}], {:?}: {}; the result is {:?}",
            ran.fault.name,
            ran.class,
            ran.took,
            differences.0.join("; "),
            ran.result
        )
    })
}

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: T, expected: T) {
        if found != expected {
            self.0.push(format!("{what}: {found:?}, expected {expected:?}"));
        }
    }
}

#[tokio::test]
async fn the_limit_is_of_what_gzip_inflates_to_and_is_itself_accepted() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[b' '; 10_000]).unwrap();
    let body = encoder.finish().unwrap();
    let response = Response::new(200, body).header("Content-Encoding", "gzip").bytes();
    let authority = Authority::new();
    for (limit, fits) in [(10_000, true), (9_999, false)] {
        let server = Server::plain(vec![Script::respond(response.clone())]).await;
        let client = builder(&format!("http://{}", server.address()), &authority).max_response_size(limit);
        let transport = client.build().unwrap().transport();
        match transport.send(request(Repeat::Never).unwrap()).await {
            Ok(response) => assert!(fits && response.body.len() == 10_000),
            Err(error) => assert!(!fits && matches!(error, Error::TooLarge { .. }), "{error:?}"),
        }
    }
}

#[test]
fn the_table_is_large_and_its_names_are_unique() {
    let faults = faults();
    let names: BTreeSet<_> = faults.iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), faults.len());
    assert!(faults.len() >= 150, "{}", faults.len());
}
