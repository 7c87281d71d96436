//! What an OpenTelemetry exporter makes of the spans: types and status as the semantic conventions have them.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.

use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry::{SpanId, Value};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use rhombus_kisi_tests::{API_KEY, Authority, Response, Script, Server, builder, json};
use tracing_subscriber::layer::SubscriberExt;

/// Returns an attribute, which is there at most once.
fn attribute<'a>(span: &'a SpanData, name: &str) -> Option<&'a Value> {
    let mut named = span.attributes.iter().filter(|pair| pair.key.as_str() == name);
    let value = named.next().map(|pair| &pair.value);
    assert!(named.next().is_none(), "{name} twice: {span:?}");
    value
}

/// The partner's client that a test acts for.
const ORGANIZATION: &str = "AAAAAAAAAAAAAAAAAAAAAQ";

/// Returns what is exported of a partner's read against a server that responds so, the call's span first.
async fn exported(responses: Vec<Response>) -> (Server, Vec<SpanData>) {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let server = Server::plain(
        responses
            .iter()
            .map(|response| Script::respond(response.bytes()))
            .collect(),
    )
    .await;
    let endpoint = format!("http://{}", server.address());
    let client = builder(&endpoint, &Authority::new())
        .partner_key(API_KEY)
        .build()
        .unwrap();
    let client = client.for_organization(ORGANIZATION).unwrap();
    {
        let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        let _ = client.kisi_integration().await;
    }
    provider.force_flush().unwrap();
    let mut spans = exporter.get_finished_spans().unwrap();
    spans.retain(|span| attribute(span, "http.request.method").is_some());
    let text = format!("{spans:?}");
    assert!(!text.contains(API_KEY) && !text.contains("hunter22"), "{text}");
    spans.sort_by_key(|span| (span.parent_span_id != SpanId::INVALID, span.start_time));
    (server, spans)
}

fn error_type(text: &'static str) -> Option<Value> {
    Some(Value::String(text.into()))
}

#[tokio::test]
async fn numbers_are_integers_and_failed_spans_have_an_error_status() {
    let (server, spans) = exported(vec![Response::new(503, ""), Response::new(403, "")]).await;
    let [call, first, second] = &spans[..] else {
        panic!("{spans:#?}")
    };
    let Some(Value::String(path)) = attribute(call, "url.template") else {
        panic!("{call:?}")
    };
    for span in &spans {
        assert_eq!(
            attribute(span, "server.port"),
            Some(&Value::I64(server.address().port().into()))
        );
        assert_eq!(
            attribute(span, "server.address"),
            Some(&Value::String("127.0.0.1".into()))
        );
        assert_eq!(
            attribute(span, "http.request.method"),
            Some(&Value::String("POST".into()))
        );
        assert_eq!(
            attribute(span, "rhombus.organization"),
            Some(&Value::String(ORGANIZATION.into()))
        );
        assert!(matches!(span.status, Status::Error { .. }), "{span:?}");
        // They direct the layer, and are none of the span's own.
        assert_eq!(attribute(span, "otel.status_code"), None);
        assert_eq!(attribute(span, "otel.name"), None);
    }
    assert_eq!(
        (&*call.name, &call.span_kind),
        ("getKisiIntegration", &SpanKind::Internal)
    );
    assert_eq!(attribute(call, "http.response.status_code"), Some(&Value::I64(403)));
    assert_eq!(attribute(call, "error.type").cloned(), error_type("403"));
    for (attempt, status, resent) in [(first, 503, None), (second, 403, Some(&Value::I64(1)))] {
        assert_eq!(attempt.parent_span_id, call.span_context.span_id());
        assert_eq!(attempt.span_kind, SpanKind::Client);
        assert_eq!(attempt.name, format!("POST {path}"));
        assert_eq!(
            attribute(attempt, "http.response.status_code"),
            Some(&Value::I64(status))
        );
        assert_eq!(
            attribute(attempt, "error.type"),
            Some(&Value::String(status.to_string().into()))
        );
        assert_eq!(attribute(attempt, "http.request.resend_count"), resent);
    }
    assert_eq!(attribute(call, "http.request.resend_count"), None);
    // The retry is an event of the call, with numbers for numbers.
    let [retry] = &call.events.events[..] else {
        panic!("{call:?}")
    };
    assert_eq!(retry.name, "retry");
    let of = |name: &str| {
        retry
            .attributes
            .iter()
            .find(|pair| pair.key.as_str() == name)
            .map(|pair| &pair.value)
    };
    assert_eq!(
        of("rhombus.operation"),
        Some(&Value::String("getKisiIntegration".into()))
    );
    assert_eq!(of("rhombus.organization"), Some(&Value::String(ORGANIZATION.into())));
    assert_eq!(of("rhombus.attempts"), Some(&Value::I64(1)));
    assert!(matches!(of("rhombus.wait"), Some(Value::F64(_))), "{retry:?}");
}

#[tokio::test]
async fn what_a_response_holds_is_in_no_span() {
    let settings = r#"{"kisiSettings":{"apiSecretKey":"hunter22-key","future":"hunter22"}}"#;
    let (_server, spans) = exported(vec![json(200, settings)]).await;
    assert_eq!(spans.len(), 2);
}

#[tokio::test]
async fn what_succeeds_has_no_error() {
    let (_server, spans) = exported(vec![json(200, "{}")]).await;
    assert_eq!(spans.len(), 2);
    for span in &spans {
        assert_eq!(span.status, Status::Unset);
        assert_eq!(attribute(span, "http.response.status_code"), Some(&Value::I64(200)));
        assert_eq!(attribute(span, "error.type"), None);
        assert_eq!(attribute(span, "http.request.resend_count"), None);
    }
}
