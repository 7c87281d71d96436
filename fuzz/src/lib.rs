//! What the fuzz targets do with their bytes, as functions, so that a plain test can run them on what was found.

mod document_import;
mod overlay;
#[cfg(fuzzing)]
mod profiles;
mod responses;
mod settings_files;

pub use document_import::document_import;
pub use overlay::overlay;
#[cfg(fuzzing)]
pub use profiles::profiles;
pub use responses::responses;
pub use settings_files::settings_files;

/// A secret that is planted, and must not come out.
const SECRET: &str = "pLaNt3dS3cr3t-0123456789";

/// Panics where the planted secret is in this text.
#[track_caller]
fn no_secret(text: &str) {
    assert!(!text.contains(SECRET), "a secret comes out: {text}");
}
