//! What each operation does, from a request's JSON to a response's.

use std::fmt;

use rhombus_kisi_client::types;
use rhombus_kisi_runtime::RhombusUuid;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::auth::{Caller, Denied};
use crate::dress::FACET;
use crate::organization::{Camera, Organization};
use crate::state::State;
use crate::versions::Version;
use crate::{Operation, Unlock};

/// Why there is no response with status 200.
#[derive(Debug)]
pub(crate) enum Failure {
    Denied(Denied),
    /// The request is malformed: what is wrong with it, without its values.
    Malformed(String),
}

/// A call whose request has the operation's form.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) caller: Caller,
    /// The organisation that it is for; `None` for what is a partner's.
    pub(crate) organization: Option<usize>,
    body: Body,
}

struct Body(Value);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Call {
    /// Checks a request.
    pub(crate) fn new(operation: Operation, caller: Caller, body: &[u8]) -> Result<Self, Failure> {
        let organization = match (operation, &caller) {
            (Operation::GetPartnerClientsV2, Caller::Partner(..)) => None,
            (Operation::GetPartnerClientsV2, _) => return Err(Failure::Denied(Denied::Forbidden)),
            // A partner by itself has no integration.
            (_, caller) => Some(caller.organization().ok_or(Failure::Denied(Denied::Forbidden))?),
        };
        let json: Value = decoded(body)?;
        if !json.is_object() {
            return Err(Failure::Malformed("the body is no JSON object".to_owned()));
        }
        match operation {
            Operation::UpdateKisiIntegration => drop(decoded::<types::UpdateKisiIntegrationRequest>(body)?),
            Operation::UpdateKisiIntegrationV2 => drop(decoded::<types::UpdateKisiIntegrationV2Request>(body)?),
            Operation::UnlockKisiDoor => drop(decoded::<types::UnlockKisiDoorRequest>(body)?),
            Operation::GetKisiPlaces => drop(decoded::<types::GetKisiPlacesRequest>(body)?),
            Operation::GetKisiDoors => drop(decoded::<types::GetKisiDoorsRequest>(body)?),
            _ => {}
        }
        if matches!(
            operation,
            Operation::UpdateKisiIntegration | Operation::UpdateKisiIntegrationV2
        ) {
            let settings = &json["kisiSettings"];
            if !settings.is_object() {
                return Err(Failure::Malformed("kisiSettings is missing".to_owned()));
            }
            if !Version::of(operation).is_of_kisi(settings) {
                return Err(Failure::Malformed("kisiSettings.integration is not KISI".to_owned()));
            }
        }
        Ok(Self {
            operation,
            caller,
            organization,
            body: Body(json),
        })
    }

    /// Does what the call asks for, and returns the response's properties.
    pub(crate) fn carry_out(&mut self, state: &mut State) -> Map<String, Value> {
        let response = match self.operation {
            Operation::GetPartnerClientsV2 => Some(self.partner_clients(state)),
            _ => self.organization.and_then(|at| self.for_organization(state, at)),
        };
        match response {
            Some(Value::Object(properties)) => properties,
            _ => Map::new(),
        }
    }

    fn for_organization(&mut self, state: &mut State, at: usize) -> Option<Value> {
        let version = Version::of(self.operation);
        let body = &mut self.body.0;
        let habits = state.world.habits.clone();
        let mode = state.world.mode;
        let is_known = |key: &Value| {
            let keys = &state.world.kisi_keys;
            keys.is_empty()
                || key
                    .as_str()
                    .is_some_and(|key| keys.iter().any(|own| own.expose() == key))
        };
        let key = body.get("apiSecretKey").unwrap_or(&Value::Null);
        let is_accepted = key.as_str().is_some_and(|key| !key.is_empty()) && is_known(key);
        let new_key = body.pointer("/kisiSettings/apiSecretKey").unwrap_or(&Value::Null);
        let is_update_accepted = new_key.is_null() || is_known(new_key);
        let tenant = state.world.organizations.get_mut(at)?;
        Some(match self.operation {
            Operation::GetKisiIntegration | Operation::GetKisiIntegrationV2 => {
                tenant.tidy(&habits);
                tenant.reads += 1;
                json!({ "error": false, version.property(): version.show(&tenant.settings) })
            }
            Operation::UpdateKisiIntegration | Operation::UpdateKisiIntegrationV2 => {
                if !is_update_accepted {
                    return Some(json!({ "error": false, "authError": true, "errorMsg": "Kisi rejected the API key" }));
                }
                version.store(&mut tenant.settings, body["kisiSettings"].take(), mode);
                tenant.tidy(&habits);
                json!({ "error": false, "authError": false, "failedGuids": [], "misconfiguredDoors": [] })
            }
            Operation::DeleteKisiIntegration | Operation::DeleteKisiIntegrationV2 => {
                tenant.settings = Value::Null;
                tenant.tidy(&habits);
                json!({ "error": false })
            }
            Operation::GetKisiPlaces if is_accepted => {
                let places = tenant.seed.places.iter();
                let places: Vec<_> = places
                    .map(|(id, place)| json!({ "id": id, "name": place.name }))
                    .collect();
                json!({ "error": false, "authError": false, "places": places })
            }
            Operation::GetKisiDoors if is_accepted => {
                let places = tenant.seed.places.iter();
                let map: Map<_, _> = places
                    .map(|(id, place)| {
                        let doors = place.doors.iter().map(|(id, name)| json!({ "id": id, "name": name }));
                        (id.to_string(), doors.collect::<Value>())
                    })
                    .collect();
                json!({ "error": false, "authError": false, "placeToDoorMap": map })
            }
            Operation::GetKisiPlaces | Operation::GetKisiDoors => {
                json!({ "error": false, "authError": true, "errorMsg": "Kisi rejected the API key" })
            }
            Operation::UnlockKisiDoor => match unlock(&tenant.seed, &tenant.settings, body) {
                Ok(unlock) => {
                    state.unlocks.push(unlock);
                    json!({ "error": false })
                }
                Err(message) => json!({ "error": true, "errorMsg": message }),
            },
            Operation::GetMinimalCameraStateList => {
                let all = body["includeMummified"].as_bool().unwrap_or_default();
                let cameras = tenant.seed.cameras.iter().filter(|camera| all || !camera.is_mummified);
                let facet = if habits.plain_camera_ids { "" } else { FACET };
                let cameras: Vec<_> = cameras.map(|camera| camera_state(camera, facet)).collect();
                json!({ "error": false, "cameraStates": cameras })
            }
            Operation::GetLocations => {
                let locations = tenant.seed.locations.iter();
                let locations: Vec<_> = locations
                    .map(|(id, name)| json!({ "uuid": id, "name": name }))
                    .collect();
                json!({ "error": false, "locations": locations })
            }
            Operation::GetPartnerClientsV2 => return None,
        })
    }

    fn partner_clients(&self, state: &State) -> Value {
        let world = &state.world;
        let name = |id: &RhombusUuid| {
            let mut all = world.organizations.iter();
            all.find(|one| one.seed.id == *id).map(|one| one.seed.name.as_str())
        };
        let partner = match self.caller {
            Caller::Partner(at, _) => at.and_then(|at| world.partners.get(at)),
            Caller::Organization(_) => None,
        };
        let clients: Vec<_> = match partner {
            Some(partner) => partner
                .clients
                .iter()
                .map(|client| (&client.id, client.has_access))
                .collect(),
            None => world.organizations.iter().map(|one| (&one.seed.id, true)).collect(),
        };
        let clients = clients.into_iter().map(|(id, has_access)| {
            if world.habits.partner_clients {
                json!({ "orgUuid": id, "name": name(id) })
            } else {
                json!({ "clientOrgUuid": id, "clientOrgName": name(id), "clientAccessAllowed": has_access })
            }
        });
        let property = if world.habits.partner_clients {
            "partnerClients"
        } else {
            "clients"
        };
        json!({ "error": false, property: clients.collect::<Vec<_>>() })
    }
}

fn decoded<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // The error's own text quotes what it found.
    serde_json::from_slice(body).map_err(|error| {
        Failure::Malformed(format!(
            "the body is not of the operation's form at line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

fn camera_state(camera: &Camera, facet: &str) -> Value {
    json!({
        "uuid": format!("{}{facet}", camera.id),
        "name": camera.name,
        "locationUuid": camera.location,
        "connectionStatus": camera.status,
        "serialNumber": format!("SN-{}", camera.id),
    })
}

/// The unlocking that a request asks for. What the organisation has none of is not checked.
fn unlock(organization: &Organization, settings: &Value, request: &Value) -> Result<Unlock, String> {
    let number = |name: &str| request[name].as_i64().and_then(|number| i32::try_from(number).ok());
    let (Some(place), Some(door)) = (number("placeId"), number("doorId")) else {
        return Err("placeId and doorId are needed".to_owned());
    };
    let places = &organization.places;
    let is_there = places.get(&place).is_some_and(|place| place.doors.contains_key(&door));
    if !places.is_empty() && !is_there {
        return Err(format!("there is no door {door} at place {place}"));
    }
    let maps = ["/doorInfoMap", &format!("/placeToSettingsMap/{place}/doorInfoMap")];
    let mut doors = maps
        .iter()
        .filter_map(|map| settings.pointer(&format!("{map}/{door}/remoteUnlock")));
    if doors.any(|may_be| *may_be == Value::Bool(false)) {
        return Err(format!("door {door} must not be unlocked remotely"));
    }
    let camera = request["cameraUuid"].as_str();
    let cameras = &organization.cameras;
    if let Some(camera) = camera
        && !cameras.is_empty()
    {
        let plain = camera.strip_suffix(FACET).unwrap_or(camera);
        if !cameras.iter().any(|camera| camera.id.as_str() == plain) {
            return Err("there is no such camera".to_owned());
        }
    }
    Ok(Unlock {
        organization: organization.id.clone(),
        place,
        door,
        camera: camera.map(RhombusUuid::from_server),
    })
}
