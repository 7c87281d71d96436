//! Any bytes as the response to any operation.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use rhombus_kisi::types::{self, KisiIntegrationInput, KisiSettings};
use rhombus_kisi::{Desired, Operation, Repeat, Request, Response, Settings, Snapshot, Transport, TransportFuture};
use rhombus_kisi_runtime::http::{HeaderMap, Method, StatusCode};
use rhombus_kisi_runtime::{Error, Respond, bytes::Bytes, call};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{SECRET, no_secret};

static OPERATION: Operation = Operation::new("fuzz", Method::POST, "/api/fuzz", Repeat::Never);

/// A server's response, without a server.
#[derive(Debug)]
struct Said(Bytes);

impl Transport for Said {
    fn send(&self, _: Request) -> TransportFuture<'_> {
        let response = Response::new(StatusCode::OK, HeaderMap::new(), self.0.clone());
        Box::pin(async move { Ok(response) })
    }
}

/// The first byte picks the operation, the rest is the response; each byte 255 in it becomes the secret that was sent.
pub fn responses(data: &[u8]) {
    let Some((which, body)) = data.split_first() else {
        return;
    };
    let pieces: Vec<&[u8]> = body.split(|byte| *byte == 255).collect();
    let body = Bytes::from(pieces.join(SECRET.as_bytes()));
    match which % 6 {
        0 => {
            let response = decoded::<types::GetKisiIntegrationResponse>(&body);
            if let Some(settings) = response.and_then(|response| response.kisi_settings.get().cloned()) {
                edited::<KisiSettings>(settings);
            }
        }
        1 => drop(decoded::<types::GetOrgIntegrationsV2Response>(&body)),
        2 => drop(decoded::<types::GetKisiDoorsResponse>(&body)),
        3 => drop(decoded::<types::GetBadgeIntegrationPlacesResponse>(&body)),
        4 => drop(decoded::<types::UpdateOrgIntegrationsResponse>(&body)),
        _ => drop(decoded::<types::BaseApiResponse>(&body)),
    }
    if let Ok(settings) = serde_json::from_slice::<KisiSettings>(&body) {
        edited(settings);
    }
    if let Ok(settings) = serde_json::from_slice::<KisiIntegrationInput>(&body) {
        edited(settings);
    }
}

/// Calls for it; what decodes is what came.
fn decoded<T: Respond + Serialize + DeserializeOwned>(body: &Bytes) -> Option<T> {
    let request = Request::new(&OPERATION)
        .json(&json!({ "apiSecretKey": SECRET }))
        .expect("it is JSON");
    let result: Result<T, Error> = at_once(call(&Said(body.clone()), request));
    match result {
        Ok(value) => {
            let again: T = serde_json::from_str(&text(&value)).expect("what was written can be read");
            assert_eq!(text(&again), text(&value));
            // What a number is that `Value` cannot hold, the text above tells.
            let came: Result<Value, _> = serde_json::from_slice(body);
            // Of a warning, the secrets are masked and the rest is bounded.
            if let Some(came) = came
                .ok()
                .filter(|came| came.get("warningMsg").is_none_or(Value::is_null))
            {
                assert_eq!(serde_json::from_str::<Value>(&text(&value)).expect("it is JSON"), came);
            }
            Some(value)
        }
        Err(error) => {
            no_secret(&error.to_string());
            no_secret(&format!("{error:?}"));
            None
        }
    }
}

/// Reads, edits, plans and merges settings.
fn edited<S: Settings + Clone>(settings: S) {
    let written = text(&settings);
    let current = Snapshot::from(settings.clone());
    let same = current.edit(|settings| settings);
    assert_eq!(desired(&same), written);
    let plan = current.plan(&same);
    assert!(plan.is_empty(), "{plan}");
    let merged = current.merge(&settings);
    let empty = Snapshot::<S>::default();
    for plan in [
        current.plan(&merged),
        empty.plan(&merged),
        current.plan(&empty.edit(|settings| settings)),
    ] {
        let _ = (plan.to_string(), format!("{plan:#} {plan:?}"), plan.warnings().len());
    }
    assert!(
        current.plan(&merged).is_empty(),
        "laid over itself it changes: {}",
        current.plan(&merged)
    );
}

fn desired<S: Settings>(desired: &Desired<S>) -> String {
    serde_json::to_string(desired).expect("it can be written")
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it can be written")
}

/// The result of a future that never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}
