//! A server that keeps each organisation's settings in a file, so that a second run finds what the first has written.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rhombus_kisi_httpmock::MockServerExt;
use rhombus_kisi_httpmock::httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::{Value, json};

pub(crate) struct Fake {
    server: MockServer,
}

struct State {
    path: PathBuf,
    organizations: BTreeMap<String, Value>,
}

impl Fake {
    /// Starts a server with the state of the last run, if there was one.
    pub(crate) async fn start(path: &Path) -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State {
            path: path.to_owned(),
            organizations: load(path)?,
        }));
        let server = MockServer::start_async().await;
        let reading = Arc::clone(&state);
        server.get_kisi_integration(|_, then| {
            then.into_inner().respond_with(move |request: &HttpMockRequest| {
                let state = reading.lock().unwrap_or_else(PoisonError::into_inner);
                response(&json!({ "kisiSettings": state.settings(request) }))
            });
        });
        server.update_kisi_integration(|_, then| {
            then.into_inner().respond_with(move |request: &HttpMockRequest| {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                response(&match state.update(request) {
                    Ok(()) => json!({ "error": false }),
                    Err(error) => json!({ "error": true, "errorMsg": error.to_string() }),
                })
            });
        });
        Ok(Self { server })
    }

    pub(crate) fn url(&self) -> String {
        self.server.base_url()
    }
}

fn load(path: &Path) -> io::Result<BTreeMap<String, Value>> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

impl State {
    /// The organisation's settings; at first such as somebody could have left them, with a property that no SDK knows.
    fn settings(&self, request: &HttpMockRequest) -> Value {
        self.organizations
            .get(&organization(request))
            .cloned()
            .unwrap_or_else(|| {
                json!({
                    "enabled": false,
                    "apiSecretKey": "an-old-key",
                    "enablingUser": "someone@example.com",
                    "doorInfoMap": { "42": { "doorName": "Door 42", "clipDuration": 10, "floor": 1 } },
                })
            })
    }

    fn update(&mut self, request: &HttpMockRequest) -> io::Result<()> {
        let mut body: Value = serde_json::from_slice(request.body_ref())?;
        self.organizations
            .insert(organization(request), body["kisiSettings"].take());
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, serde_json::to_vec_pretty(&self.organizations)?)
    }
}

/// For whom the request is.
fn organization(request: &HttpMockRequest) -> String {
    let headers = request.headers();
    let id = headers.get("x-auth-org").and_then(|id| id.to_str().ok());
    id.unwrap_or("the key's own").to_owned()
}

fn response(body: &Value) -> HttpMockResponse {
    HttpMockResponse::builder()
        .status(200)
        .header("content-type", "application/json")
        .body(body.to_string())
        .build()
}
