//! What a recorder of metrics gets: the conventions' names and units, few labels, and nothing of what is sent.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.

use std::collections::BTreeMap;
use std::time::Duration;

use metrics::Unit;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use rhombus_kisi::{Client, RetryPolicy};
use rhombus_kisi_fake::{Fake, Fault, Organization, Partner, id};
use serde_json::json;

const PARTNER_KEY: &str = "partner-topsecret";

/// A metric's name and labels in one line, with how many values it has and the sum of them; and its unit.
type Recorded = BTreeMap<String, (usize, f64, Option<Unit>)>;

fn recorded(snapshotter: &Snapshotter) -> Recorded {
    let metrics = snapshotter.snapshot().into_vec().into_iter();
    let lines = metrics.map(|(key, unit, _, value)| {
        let key = key.key();
        let mut labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        labels.sort();
        let value = match value {
            DebugValue::Counter(count) => (usize::try_from(count).unwrap(), 0.0),
            DebugValue::Histogram(values) => (values.len(), values.iter().map(|value| value.into_inner()).sum()),
            DebugValue::Gauge(_) => panic!("there is none"),
        };
        (format!("{} {}", key.name(), labels.join(" ")), (value.0, value.1, unit))
    });
    lines.collect()
}

async fn start() -> Fake {
    let settings = json!({ "enabled": true, "apiSecretKey": "key-of-kisi", "future": "hunter22" });
    let organization = Organization::new(id(100), "Example").settings(settings);
    let partner = Partner::new().api_key(PARTNER_KEY).client(id(100));
    Fake::builder()
        .organization(organization)
        .partner(partner)
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn calls_attempts_durations_and_waits_are_recorded_by_operation_and_outcome() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let fake = start().await;
    let retry = RetryPolicy::default().base_backoff(Duration::from_millis(5));
    let partner = Client::builder()
        .partner_key(PARTNER_KEY)
        .endpoint(fake.url())
        .retry(retry)
        .build()
        .unwrap();
    let client = partner.for_organization(id(100)).unwrap();
    let port = fake.url().rsplit(':').next().unwrap().to_owned();

    // A retry that helps; an error; and a wait for quota.
    fake.inject(Fault::status(503));
    client.kisi_integration().await.unwrap();
    fake.inject(Fault::forbidden());
    client.kisi_integration().await.unwrap_err();
    fake.inject(Fault::rate_limited(1));
    let hasty = client.with(|call| call.retry(RetryPolicy::none()));
    hasty.kisi_integration().await.unwrap_err();
    client.kisi_integration().await.unwrap();

    let recorded = recorded(&snapshotter);
    let of = "rhombus.operation=getKisiIntegration";
    let count = |name: &str, labels: &str| {
        let line = format!("{name} {labels}");
        recorded
            .get(&line)
            .unwrap_or_else(|| panic!("no {line} in {recorded:#?}"))
            .0
    };
    for (labels, calls, attempts) in [
        (format!("{of} rhombus.outcome=success"), 2, 2),
        (format!("error.type=403 {of} rhombus.outcome=error"), 1, 1),
        (format!("error.type=429 {of} rhombus.outcome=error"), 1, 1),
    ] {
        assert_eq!(count("rhombus.client.calls", &labels), calls);
        assert_eq!(count("rhombus.client.call.duration", &labels), calls);
        assert_eq!(count("rhombus.client.attempts", &labels), attempts);
    }
    let failed = format!("error.type=503 {of} rhombus.outcome=error");
    assert_eq!(count("rhombus.client.attempts", &failed), 1);
    assert!(!recorded.contains_key(&format!("rhombus.client.calls {failed}")));

    let path = "/api/integrations/accessControl/getKisiIntegration";
    let server = format!("server.address=127.0.0.1 server.port={port} url.template={path}");
    let head = "http.request.method=POST";
    let requests = [
        (200, "", "success", 2),
        (503, "error.type=503 ", "error", 1),
        (403, "error.type=403 ", "error", 1),
    ];
    for (status, error, outcome, times) in requests {
        let labels =
            format!("{error}{head} http.response.status_code={status} {of} rhombus.outcome={outcome} {server}");
        assert_eq!(count("http.client.request.duration", &labels), times);
    }
    assert_eq!(
        count(
            "rhombus.client.wait.duration",
            &format!("{of} rhombus.wait.reason=retry")
        ),
        1
    );
    let (waits, seconds, _) = recorded[&format!("rhombus.client.wait.duration {of} rhombus.wait.reason=quota")];
    assert_eq!(waits, 1);
    assert!(seconds > 0.0 && seconds < 60.0, "{seconds} s");
    let drift = format!("rhombus.drift.kind=unknown_property {of}");
    assert_eq!(count("rhombus.client.drift.findings", &drift), 1);

    for (line, (_, seconds, unit)) in &recorded {
        let expected = if line.contains(".duration ") {
            Unit::Seconds
        } else {
            Unit::Count
        };
        assert_eq!(*unit, Some(expected), "{line}");
        assert!(*seconds < 60.0, "{line}: {seconds}");
        // No label is one of many, and none a secret.
        for text in [id(100).as_str(), PARTNER_KEY, "hunter22", "key-of-kisi"] {
            assert!(!line.contains(text), "{line}");
        }
    }
}

#[tokio::test]
async fn what_is_not_sent_is_a_call_without_an_attempt() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let fake = start().await;
    let client = Client::builder()
        .partner_key(PARTNER_KEY)
        .endpoint(fake.url())
        .build()
        .unwrap();
    let client = client.with(|call| call.timeout(Duration::ZERO));
    client.kisi_integration().await.unwrap_err();
    let recorded = recorded(&snapshotter);
    let names: Vec<_> = recorded.keys().map(String::as_str).collect();
    let labels = "error.type=invalid rhombus.operation=getKisiIntegration rhombus.outcome=error";
    let expected = ["call.duration", "calls"].map(|name| format!("rhombus.client.{name} {labels}"));
    assert_eq!(names, expected);
}
