//! Setters for the settings and all that is in them.

#[macro_use]
mod setters;

mod default_options;
mod door;
pub(crate) mod editing;
mod place;
mod problem;
mod settings;
mod settings_v2;

pub use default_options::DefaultOptionsEditor;
pub use door::DoorEditor;
pub use place::PlaceEditor;
pub use settings::SettingsEditor;
pub use settings_v2::SettingsEditorV2;

pub(crate) use editing::Editing;
pub(crate) use problem::Problem;

/// Something with setters: from a value to a value, and the first thing that went wrong on the way.
pub trait Editor: Sized {
    /// What is edited.
    type Settings;

    /// Begins with a value.
    #[doc(hidden)]
    fn start(value: Self::Settings) -> Self;

    /// The value at the end.
    #[doc(hidden)]
    fn finish(self) -> (Self::Settings, Option<Problem>);
}
