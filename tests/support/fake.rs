//! A Kisi integration that keeps its state and makes reading it hard.

use std::sync::{Arc, Mutex, MutexGuard};

use rhombus_kisi_httpmock::httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::{Map, Value, json};

const PATH: &str = "/api/integrations/accessControl/";

/// Which version of the API the fake speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// `getKisiIntegration` and `updateKisiIntegration`.
    V1,
    /// `getKisiIntegrationV2` and `updateKisiIntegrationV2`.
    V2,
}

/// A server that replaces its state by whatever an update says, and whose every read adds `null`s where nothing is,
/// writes keys in another order, and, if it is told to, grows a property that no release knows.
#[allow(missing_debug_implementations)] // The mock server has none.
pub struct Fake {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    settings: Value,
    random: fastrand::Rng,
    grows: bool,
    grown: Vec<(Vec<String>, Value)>,
    reads: usize,
    writes: usize,
}

impl Fake {
    /// Starts a server that holds nothing yet.
    pub async fn start(version: Version) -> Self {
        let server = MockServer::start_async().await;
        let state = Arc::new(Mutex::new(State {
            settings: json!({}),
            random: fastrand::Rng::with_seed(0),
            grows: false,
            grown: Vec::new(),
            reads: 0,
            writes: 0,
        }));
        let (suffix, property) = match version {
            Version::V1 => ("", "kisiSettings"),
            Version::V2 => ("V2", "orgIntegrationV2"),
        };
        let reading = Arc::clone(&state);
        server
            .mock_async(|when, then| {
                when.path(format!("{PATH}getKisiIntegration{suffix}"));
                then.respond_with(move |_: &HttpMockRequest| response(lock(&reading).read(property)));
            })
            .await;
        let writing = Arc::clone(&state);
        server
            .mock_async(|when, then| {
                when.path(format!("{PATH}updateKisiIntegration{suffix}"));
                then.respond_with(move |request: &HttpMockRequest| response(lock(&writing).write(request.body_ref())));
            })
            .await;
        Self { server, state }
    }

    /// Where the server is.
    pub fn url(&self) -> String {
        self.server.base_url()
    }

    /// Starts over with this state.
    pub fn reset(&self, settings: Value, seed: u64, grows: bool) {
        let mut state = lock(&self.state);
        state.settings = settings;
        state.random = fastrand::Rng::with_seed(seed);
        state.grows = grows;
        state.grown.clear();
    }

    /// The current settings.
    pub fn settings(&self) -> Value {
        lock(&self.state).settings.clone()
    }

    /// Changes the settings as another client would.
    pub fn change(&self, change: impl FnOnce(&mut Value)) {
        change(&mut lock(&self.state).settings);
    }

    /// The properties that have grown since the last call, with the paths of the objects that they grew in.
    pub fn take_grown(&self) -> Vec<(Vec<String>, Value)> {
        std::mem::take(&mut lock(&self.state).grown)
    }

    /// How often the settings were read and written.
    pub fn calls(&self) -> (usize, usize) {
        let state = lock(&self.state);
        (state.reads, state.writes)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn response(body: String) -> HttpMockResponse {
    HttpMockResponse::builder()
        .status(200)
        .header("content-type", "application/json")
        .body(body)
        .build()
}

impl State {
    fn read(&mut self, property: &str) -> String {
        self.reads += 1;
        if self.grows {
            self.grow();
        }
        let mut shown = self.settings.clone();
        sprinkle(&mut shown, &mut self.random);
        let body = json!({ property: shown, "error": null, "futureResponse": [null] });
        shuffled(&body, &mut self.random)
    }

    fn write(&mut self, body: &[u8]) -> String {
        self.writes += 1;
        let body: Value = serde_json::from_slice(body).expect("an update is JSON");
        self.settings = body["kisiSettings"].clone();
        json!({ "error": false, "authError": null, "failedGuids": null }).to_string()
    }

    /// Adds an unknown property to some object that holds settings.
    fn grow(&mut self) {
        let mut places = Vec::new();
        objects(&self.settings, &mut Vec::new(), &mut places);
        let path = places[self.random.usize(..places.len())].clone();
        let name = format!("grown{}", self.random.u32(..));
        let value = json!({ "since": self.reads, "list": [null, 1.5] });
        let object = path.iter().fold(&mut self.settings, |at, name| &mut at[name]);
        object[&name] = value.clone();
        self.grown.push(([path, vec![name]].concat(), value));
    }
}

/// The paths of all objects that are no maps by ids.
fn objects(value: &Value, path: &mut Vec<String>, into: &mut Vec<Vec<String>>) {
    let Value::Object(properties) = value else { return };
    if !path.last().is_some_and(|name| name.ends_with("Map")) {
        into.push(path.clone());
    }
    for (name, value) in properties.iter().filter(|(name, _)| !name.starts_with("grown")) {
        path.push(name.clone());
        objects(value, path, into);
        path.pop();
    }
}

const NULLABLE: &[&str] = &[
    "apiSecretKey",
    "assignedCameraList",
    "clipDuration",
    "defaultOptions",
    "doorName",
    "enabled",
    "futureProperty",
    "placeName",
    "rhombusToken",
    "saveClips",
    "9999",
];

/// Puts `null`s where nothing is, at every level.
fn sprinkle(value: &mut Value, random: &mut fastrand::Rng) {
    match value {
        Value::Object(properties) => {
            properties.values_mut().for_each(|value| sprinkle(value, random));
            for name in NULLABLE.iter().filter(|_| random.u8(..4) == 0) {
                properties.entry((*name).to_owned()).or_insert(Value::Null);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| sprinkle(value, random)),
        _ => {}
    }
}

/// The value as JSON, the keys of each object in some order.
fn shuffled(value: &Value, random: &mut fastrand::Rng) -> String {
    match value {
        Value::Object(properties) => {
            let mut entries: Vec<_> = properties
                .iter()
                .map(|(name, value)| format!("{}:{}", json!(name), shuffled(value, random)))
                .collect();
            random.shuffle(&mut entries);
            format!("{{{}}}", entries.join(","))
        }
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(|value| shuffled(value, random)).collect();
            format!("[{}]", values.join(","))
        }
        plain => plain.to_string(),
    }
}

/// The value without properties that are `null`: what it means.
pub fn meaning(value: &Value) -> Value {
    match value {
        Value::Object(properties) => properties
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), meaning(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(meaning).collect(),
        plain => plain.clone(),
    }
}
