//! The settings as one writes them by hand: what is known, all of it optional. Unknown properties are lost, and `null`
//! is the same as nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KisiSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_unauthorized_faces: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_secret_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_seek_points: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_options: Option<DefaultOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door_info_map: Option<BTreeMap<String, Door>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door_to_camera_map: Option<BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doors_validated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled_timestamp_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabling_user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabling_user_uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identify_faces_from_badge: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_to_settings_map: Option<BTreeMap<String, Place>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rhombus_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub save_clips: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_id: Option<i32>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DefaultOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_unauthorized_faces: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_seek_points: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_options_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identify_faces_from_badge: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub save_clips: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Door {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_camera_list: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_duration: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leading_seconds: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_unlock: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door_info_map: Option<BTreeMap<String, Door>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub save_clips: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateRequest<'a> {
    pub kisi_settings: &'a KisiSettings,
}

#[derive(Serialize)]
pub struct ReadRequest {}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    pub error: Option<bool>,
    pub error_msg: Option<String>,
    pub auth_error: Option<bool>,
    pub failed_guids: Option<Vec<String>>,
    pub misconfigured_doors: Option<Vec<String>>,
    pub warning_msg: Option<String>,
    /// Only what reads return has it.
    pub kisi_settings: Option<KisiSettings>,
}
