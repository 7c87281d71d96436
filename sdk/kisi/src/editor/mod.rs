//! Setters for the settings and all that is in them.

#[macro_use]
mod setters;

mod default_options;
mod door;
pub(crate) mod editing;
mod nothing;
mod place;
mod problem;
pub(crate) mod secret;
mod settings;
mod settings_v2;

pub use default_options::DefaultOptionsEditor;
pub use door::DoorEditor;
pub use place::PlaceEditor;
pub use settings::SettingsEditor;
pub use settings_v2::SettingsEditorV2;

pub(crate) use editing::Editing;
pub(crate) use problem::Problem;

/// What the value that is edited stands for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Scope {
    /// A part of the settings: what is not in it may be there all the same, and clearing it means something.
    #[default]
    Part,
    /// All there is: what is not in it is not there, and there is nothing to clear.
    Whole,
}

/// Something with setters: from a value to a value, and the first thing that went wrong on the way.
pub trait Editor: Sized {
    /// What is edited.
    type Settings;

    /// Begins with a value.
    #[doc(hidden)]
    fn start(value: Self::Settings, scope: Scope) -> Self;

    /// The value at the end.
    #[doc(hidden)]
    fn finish(self) -> (Self::Settings, Option<Problem>);
}
