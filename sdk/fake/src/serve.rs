//! One call, from the request to what is written.

use std::future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, StatusCode, header, request};
use rhombus_kisi_client::types;
use rhombus_kisi_runtime::Kind;
use rhombus_kisi_runtime::walk::Walk;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use crate::auth::{self, Denied};
use crate::fault::Effect;
use crate::handle::{Call, Failure};
use crate::reply::Reply;
use crate::state::State;
use crate::turns::Turn;
use crate::versions::Version;
use crate::{Fault, Operation, Request, dress, moment};

/// What the server and its owner share.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Somebody's turn is over.
    pub(crate) changed: Notify,
}

/// What is written.
#[derive(Debug)]
pub(crate) enum Written {
    /// All of the response.
    Whole(Reply),
    /// The response without the end of its body.
    Part(Reply),
    /// Nothing: the connection is closed.
    Closed,
    /// Nothing: the connection is reset.
    Reset,
}

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    /// The state. A closure of a test that has panicked leaves it as it is.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a request.
pub(crate) async fn serve(shared: Arc<Shared>, head: request::Parts, body: Bytes) -> Written {
    let credential = auth::credential(&head.headers);
    let editor = credential.as_ref().map_or("", |own| own.expose()).to_owned();
    let (number, checked) = {
        let mut state = shared.state();
        let mut request = Request::new(&head, body, credential);
        let checked = check(&state, &head, &request);
        if let Ok(call) = &checked {
            let organization = call.organization.and_then(|at| state.world.organizations.get(at));
            request.organization = organization.map(|one| one.seed.id.clone());
        }
        let number = state.next;
        state.next += 1;
        state.requests.insert(number, request);
        (number, checked)
    };
    let mut call = match checked {
        Ok(call) => call,
        Err(reply) => {
            note(&mut shared.state(), number, |request| {
                request.status = Some(reply.status.as_u16());
            });
            return Written::Whole(reply);
        }
    };
    let (fault, mut response) = loop {
        let changed = shared.changed.notified();
        {
            let mut state = shared.state();
            match turn(&mut state, &call, &editor, number) {
                Turn::Now => break begin(&mut state, &mut call, &editor, number),
                Turn::TooLate => return Written::Closed,
                Turn::Wait => {}
            }
        }
        changed.await;
    };
    shared.changed.notify_waiters();
    match &fault.effect {
        Effect::Slow(time) => {
            tokio::time::sleep(*time).await;
            if !fault.is_carried_out {
                response = Some(work(&mut shared.state(), &mut call, number));
            }
        }
        Effect::Hang => future::pending().await,
        _ => {}
    }
    let mut state = shared.state();
    let written = written(&mut state, &fault, response.unwrap_or_default());
    if let Written::Whole(reply) | Written::Part(reply) = &written {
        note(&mut state, number, |request| {
            request.status = Some(reply.status.as_u16());
        });
    }
    written
}

/// Checks all that is checked before a fault can happen.
fn check(state: &State, head: &request::Parts, request: &Request) -> Result<Call, Reply> {
    let operation = request
        .operation
        .ok_or_else(|| Reply::failed(StatusCode::NOT_FOUND, "there is no such operation"))?;
    if head.method != Method::POST {
        return Err(Reply::failed(
            StatusCode::METHOD_NOT_ALLOWED,
            "every operation is a POST",
        ));
    }
    let caller = auth::identify(&head.headers, &state.world).map_err(Reply::denied)?;
    let content_type = head.headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Reply::failed(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body has to be JSON",
        ));
    }
    Call::new(operation, caller, &request.body).map_err(|failure| match failure {
        Failure::Denied(denied) => Reply::denied(denied),
        Failure::Malformed(message) => Reply::failed(StatusCode::BAD_REQUEST, &message),
    })
}

fn note(state: &mut State, number: usize, change: impl FnOnce(&mut Request)) {
    if let Some(request) = state.requests.get_mut(&number) {
        change(request);
    }
}

fn turn(state: &mut State, call: &Call, editor: &str, number: usize) -> Turn {
    let takes_turns = call.operation.reads_settings() || call.operation.writes_settings();
    match &mut state.turns {
        Some(turns) if takes_turns => turns.of(editor, number),
        _ => Turn::Now,
    }
}

/// A call's turn: what happens to it, and unless it has to wait what it does.
fn begin(state: &mut State, call: &mut Call, editor: &str, number: usize) -> (Fault, Option<Map<String, Value>>) {
    let fault = fault(state, number);
    if let Some(turns) = &mut state.turns {
        match call.operation {
            read if read.reads_settings() && matches!(fault.effect, Effect::Nothing) => turns.has_read(editor),
            write if write.writes_settings() => turns.has_written(),
            _ => {}
        }
    }
    let waits = matches!(fault.effect, Effect::Slow(_)) && !fault.is_carried_out;
    if waits {
        return (fault, None);
    }
    let response = if fault.is_carried_out {
        work(state, call, number)
    } else {
        second_writers(state, call.operation, call.organization, |_| Map::new())
    };
    (fault, Some(response))
}

fn fault(state: &mut State, number: usize) -> Fault {
    let Some(request) = state.requests.get(&number) else {
        return Fault::none();
    };
    let decided = state.decide.as_mut().and_then(|decide| decide(request));
    decided
        .or_else(|| state.schedule.next(request))
        .unwrap_or_else(Fault::none)
}

/// Carries a call out.
fn work(state: &mut State, call: &mut Call, number: usize) -> Map<String, Value> {
    let (operation, organization) = (call.operation, call.organization);
    let response = second_writers(state, operation, organization, |state| {
        let response = call.carry_out(state);
        let is = |name: &str| response.get(name) == Some(&Value::Bool(true));
        let was_carried_out = !is("error") && !is("authError");
        note(state, number, |request| request.was_carried_out = was_carried_out);
        response
    });
    dressed(state, operation, organization, response)
}

/// Lets second writers change the settings before and after a call.
fn second_writers(
    state: &mut State,
    operation: Operation,
    organization: Option<usize>,
    call: impl FnOnce(&mut State) -> Map<String, Value>,
) -> Map<String, Value> {
    let around = moment::around(operation);
    let write = |state: &mut State, moment| {
        let State { world, writers, .. } = state;
        if let Some(tenant) = organization.and_then(|at| world.organizations.get_mut(at)) {
            moment::run(writers, moment, &mut tenant.settings);
        }
    };
    if let Some((before, _)) = around {
        write(state, before);
    }
    let response = call(state);
    if let Some((_, after)) = around {
        write(state, after);
    }
    response
}

/// The response with the server's habits.
fn dressed(
    state: &mut State,
    operation: Operation,
    organization: Option<usize>,
    mut response: Map<String, Value>,
) -> Map<String, Value> {
    let habits = &state.world.habits;
    let reads = organization.and_then(|at| state.world.organizations.get(at));
    let reads = reads.map_or(0, |tenant| tenant.reads);
    let version = Version::of(operation);
    if let Some(settings) = response
        .get_mut(version.property())
        .filter(|settings| settings.is_object())
    {
        if habits.facet_ids {
            dress::add_facets(settings, version.kind());
        }
        if habits.changing_timestamps {
            dress::stamp(settings, version.kind(), reads);
        }
        // A union is of no kind, so that the walk through the response does not get there.
        if habits.nulls && version == Version::V2 {
            dress::add_nulls(settings, version.kind(), &mut state.random);
        }
    }
    if habits.unknown_properties {
        dress::add_unknown(&mut response);
    }
    if operation.writes_settings()
        && let Some(warning) = &habits.warning
    {
        response.insert("warningMsg".to_owned(), warning.as_str().into());
    }
    if habits.nulls {
        let mut value = Value::Object(response);
        dress::add_nulls(&mut value, response_kind(operation), &mut state.random);
        response = match value {
            Value::Object(response) => response,
            _ => Map::new(),
        };
    }
    response
}

/// What the operation's response is; `Unknown` where this release has no type for it.
fn response_kind(operation: Operation) -> Kind {
    match operation {
        Operation::GetKisiIntegration => types::GetKisiIntegrationResponse::kind(),
        Operation::GetKisiIntegrationV2 => types::GetOrgIntegrationsV2Response::kind(),
        Operation::GetKisiPlaces => types::GetBadgeIntegrationPlacesResponse::kind(),
        Operation::GetKisiDoors => types::GetKisiDoorsResponse::kind(),
        Operation::UpdateKisiIntegration | Operation::UpdateKisiIntegrationV2 => {
            types::UpdateOrgIntegrationsResponse::kind()
        }
        Operation::DeleteKisiIntegration | Operation::DeleteKisiIntegrationV2 => types::BaseApiResponse::kind(),
        Operation::UnlockKisiDoor => types::UnlockDoorResponse::kind(),
        Operation::GetLocations | Operation::GetMinimalCameraStateList | Operation::GetPartnerClientsV2 => {
            types::BaseApiResponse::kind()
        }
    }
}

/// What is written of a call.
fn written(state: &mut State, fault: &Fault, mut response: Map<String, Value>) -> Written {
    let status = |status: u16| StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut add = |name: &str, value: Value| drop(response.insert(name.to_owned(), value));
    match &fault.effect {
        Effect::Nothing | Effect::Slow(_) | Effect::Hang => {}
        Effect::Rejected(message) => {
            response = object(json!({ "error": true, "errorMsg": message }));
        }
        Effect::IntegrationAuth => {
            response = object(json!({ "error": false, "authError": true, "errorMsg": "Kisi rejected the API key" }));
        }
        Effect::Warning(message) => add("warningMsg", message.as_str().into()),
        Effect::Failed(ids) => add("failedGuids", ids.as_slice().into()),
        Effect::Misconfigured(doors) => add("misconfiguredDoors", doors.as_slice().into()),
        Effect::Unauthorized => return Written::Whole(Reply::denied(Denied::Unauthorized)),
        Effect::Forbidden => return Written::Whole(Reply::denied(Denied::Forbidden)),
        Effect::RateLimited(seconds) => return Written::Whole(Reply::rate_limited(*seconds)),
        Effect::Status(code) => return Written::Whole(Reply::failed(status(*code), "a fault of this test")),
        Effect::Page(code) => return Written::Whole(Reply::page(status(*code))),
        Effect::Cut => return Written::Closed,
        Effect::Reset => return Written::Reset,
        Effect::CutBody => return Written::Part(Reply::ok(text(state, response))),
        Effect::Garbage(body) => return Written::Whole(Reply::ok(body.clone())),
    }
    Written::Whole(Reply::ok(text(state, response)))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn text(state: &mut State, response: Map<String, Value>) -> String {
    let response = Value::Object(response);
    match state.world.habits.shuffled_keys {
        true => dress::shuffled(&response, &mut state.random),
        false => response.to_string(),
    }
}
