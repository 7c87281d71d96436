use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::Desired;
use crate::plan::Plan;
use crate::plan::patch::lay_over;
use crate::settings::Settings;
use crate::settings::outline::json;

/// The settings as they were when they were read: known fields typed, unknown ones kept.
///
/// [`Client::kisi_integration`](crate::Client::kisi_integration) reads one. It is the ground on which a change stands:
/// [`edit`](Self::edit) or [`merge`](Self::merge) says what is desired, [`plan`](Self::plan) what that would change, and
/// [`Client::apply`](crate::Client::apply) does it, if nobody has changed the settings meanwhile.
///
/// What was read is what is sent back, but for the changes, and that goes for secrets too: whatever the server answers in
/// the place of one (itself, nothing, or a mask) goes back as it came. Where your server answers a mask, set the secret in
/// the edit.
///
/// Cloning shares the settings.
///
/// ```no_run
/// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
/// let current = client.kisi_integration().await?;
/// let desired = current.edit(|settings| settings.door(42, |door| door.name("Lobby")).clear_enabling_user());
/// let plan = current.plan(&desired);
/// println!("{plan}");
/// client.apply(plan).await?;
/// # Ok(())
/// # }
/// ```
pub struct Snapshot<S: Settings = crate::types::KisiSettings> {
    settings: Arc<S>,
    exists: bool,
}

impl<S: Settings> Snapshot<S> {
    pub(crate) fn read(settings: Option<S>) -> Self {
        Self {
            exists: settings.is_some(),
            settings: Arc::new(settings.unwrap_or_default()),
        }
    }

    /// The settings; empty ones where the organisation has none.
    pub fn settings(&self) -> &S {
        &self.settings
    }

    /// The settings, by value.
    pub fn into_settings(self) -> S {
        Arc::unwrap_or_clone(self.settings)
    }

    /// Whether the organisation has settings at all.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// The desired state: what was read, with the edits made.
    ///
    /// A value that cannot be sent (text that is no id, a duration of half a second) is remembered, shown by
    /// [`Plan::refusal`], and refused by [`Client::apply`](crate::Client::apply).
    pub fn edit(&self, edit: impl FnOnce(S::Editor) -> S::Editor) -> Desired<S> {
        Desired::shares(Arc::clone(&self.settings)).edit(edit)
    }

    /// The desired state: what was read, with `settings` laid over it.
    ///
    /// That is what a settings file is for: it need not say everything. A property that it leaves out stays as it is, one
    /// that is `null` in it is cleared, objects and maps are merged entry by entry, lists are replaced whole.
    ///
    /// ```
    /// use rhombus_kisi::{Snapshot, types::KisiSettings};
    ///
    /// let read: KisiSettings = serde_json::from_str(r#"{"enabled":true,"doorInfoMap":{"42":{"doorName":"Lobby","floor":3}}}"#)?;
    /// let file: KisiSettings = serde_json::from_str(r#"{"doorInfoMap":{"42":{"doorName":"Main entrance"}}}"#)?;
    /// let current = Snapshot::from(read);
    /// let plan = current.plan(&current.merge(&file));
    /// assert_eq!(plan.to_string(), "1 change\n  ~ door 42 \"Main entrance\", doorName: \"Lobby\" -> \"Main entrance\"");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn merge(&self, settings: &S) -> Desired<S> {
        let mut document = json(&*self.settings);
        lay_over(&mut document, json(settings));
        match from_json::<S>(document) {
            Some(settings) => Desired::from(settings),
            None => Desired::refused(Arc::clone(&self.settings), "the two do not go together"),
        }
    }

    /// What it takes to get to the desired state.
    pub fn plan(&self, desired: &Desired<S>) -> Plan<S> {
        Plan::new(&self.settings, desired)
    }
}

/// The settings from JSON that was made from settings, so that each property has the right type.
pub(crate) fn from_json<S: Settings>(document: Value) -> Option<S> {
    serde_json::from_value(document).ok()
}

/// Settings that were kept somewhere, as if they had just been read.
impl<S: Settings> From<S> for Snapshot<S> {
    fn from(settings: S) -> Self {
        Self::read(Some(settings))
    }
}

impl<S: Settings> Clone for Snapshot<S> {
    fn clone(&self) -> Self {
        Self {
            settings: Arc::clone(&self.settings),
            exists: self.exists,
        }
    }
}

impl<S: Settings> fmt::Debug for Snapshot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("settings", &self.settings)
            .field("exists", &self.exists)
            .finish()
    }
}

/// The snapshot of an organisation that has no settings.
impl<S: Settings> Default for Snapshot<S> {
    fn default() -> Self {
        Self::read(None)
    }
}
