//! The Kisi operations, as methods of the client.

mod api;
mod delete;
mod doors;
mod places;
mod read;
mod unlock;
mod update;
mod update_v2;

pub use doors::KisiDoors;
pub use update::UpdateKisiIntegration;
pub use update_v2::UpdateKisiIntegrationV2;
