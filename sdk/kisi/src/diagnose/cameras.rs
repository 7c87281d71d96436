use std::collections::BTreeMap;

use rhombus_kisi_runtime::{Error, Extra, Field, List, Operation, Repeat, Request, RhombusUuid, call, object, respond};

use super::facts::{Camera, without_facet};
use crate::Client;

static OP: Operation = Operation::new(
    "getMinimalCameraStateList",
    http::Method::POST,
    "/api/camera/getMinimalCameraStateList",
    Repeat::Safe,
)
.read_only()
.accept("application/json");

#[derive(Clone, Debug, Default, PartialEq)]
struct State {
    uuid: Field<RhombusUuid>,
    name: Field<String>,
    connection_status: Field<String>,
    extra: Extra,
}
object!(State { connection_status = "connectionStatus", name = "name", uuid = "uuid" } extra);
#[derive(Clone, Debug, Default, PartialEq)]
struct States {
    camera_states: Field<List<State>>,
    error: Field<bool>,
    error_msg: Field<String>,
    extra: Extra,
}
object!(States { camera_states = "cameraStates", error = "error", error_msg = "errorMsg" } extra);
respond!(States: error = error, message = error_msg);

/// Rhombus's cameras, by their ids without a facet.
pub(super) async fn cameras(client: &Client) -> Result<BTreeMap<String, Camera>, Error> {
    let request = Request::new(&OP).json(&serde_json::json!({}))?;
    let response: States = call(&*client.transport(), request).await?;
    let cameras = response.camera_states.into_iter().flatten();
    let cameras = cameras.filter_map(|camera| {
        let id = without_facet(camera.uuid.get()?).to_owned();
        let status = camera.connection_status.get().map(|status| status.as_str().to_owned());
        let name = camera.name.into_option();
        Some((id, Camera { name, status }))
    });
    Ok(cameras.collect())
}
