//! A web service that adds a camera to a door: `PUT /places/7/doors/42/cameras/AAAAAAAAAAAAAAAAAAAAAQ`.
//!
//! ```text
//! cargo run --example web_service
//! ```
#![allow(clippy::print_stdout)] // A command-line program prints.

use std::error::Error;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use axum::{Json, Router};
use rhombus_kisi::{ApplyError, Client};
use rhombus_kisi_fake::Fake;
use serde_json::json;

/// The service. Requests for one organisation may come at once: none of them is lost.
pub(crate) fn service(client: Client) -> Router {
    let path = "/places/{place}/doors/{door}/cameras/{camera}";
    Router::new().route(path, put(add_camera)).with_state(client)
}

/// Adds the camera, unless it is there. Any error keeps the settings as they are, or says that they may have been written.
async fn add_camera(
    State(client): State<Client>,
    Path((place, door, camera)): Path<(i32, i32, String)>,
) -> Result<Response, Failed> {
    let updated = client
        .update_kisi_settings(|settings| settings.place(place, |place| place.door(door, |door| door.camera(&*camera))))
        .await?;
    let body = json!({ "changes": updated.changes(), "warnings": updated.plan.warnings() });
    Ok(Json(body).into_response())
}

/// Why a camera could not be added.
struct Failed(ApplyError);

impl From<ApplyError> for Failed {
    fn from(error: ApplyError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let error = self.0.error();
        let status = match error {
            rhombus_kisi::Error::Invalid { .. } => StatusCode::BAD_REQUEST,
            rhombus_kisi::Error::Conflict { .. } => StatusCode::CONFLICT,
            error if error.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_GATEWAY,
        };
        // The message holds no secret, and says whether anything was written.
        let body = Json(json!({ "error": self.0.to_string(), "written": format!("{:?}", self.0.phase()) }));
        let mut headers = HeaderMap::new();
        if let Some(wait) = error.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        (status, headers, body).into_response()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // In earnest: `Client::from_env()?`.
    let fake = Fake::start().await?;
    let client = Client::builder().api_key("a-key").endpoint(fake.url()).build()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    println!(
        "curl -X PUT http://{}/places/7/doors/42/cameras/AAAAAAAAAAAAAAAAAAAAAQ",
        listener.local_addr()?
    );
    Ok(axum::serve(listener, service(client)).await?)
}
