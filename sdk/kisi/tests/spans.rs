//! Spans: one a call, one an attempt, with OpenTelemetry's names and without secrets.

#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used, reason = "a test ends there")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use support::{OK, READ, Step, builder, send, server};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

type Fields = BTreeMap<&'static str, Value>;

/// A field's value, by the type in which it was recorded: exporters go by that.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Text(String),
    Number(i64),
    /// What an exporter makes text of.
    Other(String),
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A span's name, whether it has a parent, and its fields.
type Kept = (&'static str, bool, Fields);

/// Keeps every span: the open ones by their id, which is used again, and the closed ones.
#[derive(Clone, Default)]
struct Keep(Arc<Mutex<Spans>>);

#[derive(Default)]
struct Spans {
    open: BTreeMap<u64, Kept>,
    closed: Vec<Kept>,
}

struct Visit<'a>(&'a mut Fields);

impl tracing::field::Visit for Visit<'_> {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        self.0.insert(field.name(), Value::Other(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.0.insert(field.name(), text(value));
    }

    fn record_i64(&mut self, field: &tracing::field::Field, value: i64) {
        self.0.insert(field.name(), Value::Number(value));
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keep {
    fn on_new_span(&self, attributes: &tracing::span::Attributes<'_>, id: &tracing::Id, context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Visit(&mut fields));
        let parent = context.span(id).unwrap().parent().is_some();
        let name = attributes.metadata().name();
        self.0
            .lock()
            .unwrap()
            .open
            .insert(id.into_u64(), (name, parent, fields));
    }

    fn on_record(&self, id: &tracing::Id, values: &tracing::span::Record<'_>, _: Context<'_, S>) {
        if let Some((_, _, fields)) = self.0.lock().unwrap().open.get_mut(&id.into_u64()) {
            values.record(&mut Visit(fields));
        }
    }

    fn on_close(&self, id: tracing::Id, _: Context<'_, S>) {
        let spans = &mut *self.0.lock().unwrap();
        spans.closed.extend(spans.open.remove(&id.into_u64()));
    }
}

#[tokio::test]
async fn a_call_and_its_attempts_are_spans() {
    let keep = Keep::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(keep.clone()));
    let unavailable = Step::Respond("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
    let refused = Step::Respond("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    let (address, _) = server([unavailable, refused, OK]).await;
    let client = builder(address).build().unwrap();
    send(&client, &READ).await.unwrap_err();

    let closed = {
        let spans = &mut *keep.0.lock().unwrap();
        assert!(spans.open.is_empty());
        std::mem::take(&mut spans.closed)
    };
    let named = |name: &str| closed.iter().filter(|(found, ..)| *found == name).collect::<Vec<_>>();
    let (calls, mut attempts) = (named("rhombus.call"), named("rhombus.attempt"));
    attempts.sort_by_key(|(_, _, fields)| fields.contains_key("http.request.resend_count"));
    assert_eq!((calls.len(), attempts.len()), (1, 2));
    for (_, _, fields) in calls.iter().chain(&attempts) {
        assert_eq!(fields["http.request.method"], text("POST"));
        assert_eq!(fields["url.template"], text("/api/read"));
        assert_eq!(fields["server.address"], text("127.0.0.1"));
        assert_eq!(fields["server.port"], Value::Number(address.port().into()));
        assert_eq!(fields["otel.status_code"], text("ERROR"));
        assert!(!format!("{fields:?}").contains("secret"), "{fields:?}");
    }
    assert_eq!(calls[0].2["rhombus.operation"], text("read"));
    assert_eq!(calls[0].2["http.response.status_code"], Value::Number(403));
    assert_eq!(calls[0].2["error.type"], text("403"));
    // How often it was sent again belongs to the attempt.
    assert_eq!(calls[0].2.get("http.request.resend_count"), None);
    assert!(attempts.iter().all(|(_, parent, _)| *parent));
    assert_eq!(attempts[0].2.get("http.request.resend_count"), None);
    assert_eq!(attempts[0].2["http.response.status_code"], Value::Number(503));
    assert_eq!(attempts[1].2["http.request.resend_count"], Value::Number(1));
    assert_eq!(attempts[1].2["error.type"], text("403"));
    assert_eq!(attempts[1].2["otel.name"], Value::Other("POST /api/read".to_owned()));

    send(&client, &READ).await.unwrap();
    let spans = &*keep.0.lock().unwrap();
    assert_eq!(spans.closed.len(), 2);
    for (_, _, fields) in &spans.closed {
        assert_eq!(fields["http.response.status_code"], Value::Number(200));
        assert_eq!((fields.get("otel.status_code"), fields.get("error.type")), (None, None));
    }
}
