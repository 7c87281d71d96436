use std::collections::BTreeMap;

use rhombus_kisi_runtime::Error;

use super::facts::Camera;
use crate::Client;

/// Rhombus's cameras, by their ids without a facet.
pub(super) async fn cameras(client: &Client) -> Result<BTreeMap<String, Camera>, Error> {
    let response = client.api().get_minimal_camera_state_list(&Default::default()).await?;
    let cameras = response.camera_states.into_iter().flatten();
    let cameras = cameras.filter_map(|camera| {
        let id = camera.uuid.get()?.without_facet().to_owned();
        let status = camera.connection_status.get().map(|status| status.as_str().to_owned());
        let name = camera.name.into_option();
        Some((id, Camera { name, status }))
    });
    Ok(cameras.collect())
}
