use std::sync::Arc;

use rhombus_kisi_runtime::RhombusUuid;

use super::desired::Desired;
use super::plan::{Plan, Sides};
use crate::compare::{Json, lay_over};
use crate::edit::{Edit, Problem};
use crate::settings::Settings;
use crate::transport::Identity;
use crate::types::{BadgeIntegrationDoorInfo, BadgeIntegrationSettings};

/// The settings as they were when they were read: known fields typed, unknown ones kept.
///
/// [`Client::kisi_integration`](crate::Client::kisi_integration) reads one. [`edit`](Self::edit) or
/// [`merge`](Self::merge) returns the desired state, [`plan`](Self::plan) what it would change, and
/// [`Client::apply`](crate::Client::apply) writes that, keeping what others have changed meanwhile.
///
/// Apart from the changes, the settings are sent back as they were read. If the server returns a mask instead of a secret
/// (`****abcd`), the plan has a warning, and `apply` does not write it back: set the secret in the edit.
///
/// A snapshot remembers whose settings it holds, and a plan that is made from it is applied to no other organisation. One
/// that is made from settings alone (`Snapshot::from`, `Snapshot::default`) belongs to no client.
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
#[derive(Clone, Debug)]
pub struct Snapshot<S: Settings = crate::types::KisiSettings> {
    settings: Arc<S>,
    exists: bool,
    owner: Option<Identity>,
}

impl<S: Settings> Snapshot<S> {
    pub(crate) fn read(settings: Option<S>, owner: Option<Identity>) -> Self {
        Self {
            exists: settings.is_some(),
            settings: Arc::new(settings.unwrap_or_else(S::blank)),
            owner,
        }
    }

    /// Returns the settings; empty ones if the organisation has none. Those of the second version have the integration type
    /// `KISI` then, which an update requires.
    pub fn settings(&self) -> &S {
        &self.settings
    }

    /// Returns the settings, by value.
    pub fn into_settings(self) -> S {
        Arc::unwrap_or_clone(self.settings)
    }

    /// Returns whether the organisation has settings.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// Returns the door with this id, at the root of the settings or else at the first place that has it.
    ///
    /// ```
    /// use rhombus_kisi::{Snapshot, types::KisiSettings};
    ///
    /// let settings: KisiSettings = serde_json::from_str(r#"{"doorInfoMap":{"42":{"doorName":"Lobby"}}}"#)?;
    /// let current = Snapshot::from(settings);
    /// assert_eq!(current.door(42).and_then(|door| door.door_name.as_deref()), Some("Lobby"));
    /// assert!(current.door(43).is_none());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn door(&self, id: i32) -> Option<&BadgeIntegrationDoorInfo> {
        self.settings.door(id)
    }

    /// Returns the doors: those at the root, then those of each place. Each comes with the id of its place, if it is at one,
    /// and its own.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// for (place, id, door) in client.kisi_integration_v2().await?.doors() {
    ///     println!("{place:?} {id}: {:?}", door.door_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn doors(&self) -> impl Iterator<Item = (Option<&str>, &str, &BadgeIntegrationDoorInfo)> {
        self.settings.doors()
    }

    /// Returns the place with this id.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let current = client.kisi_integration_v2().await?;
    /// println!("{:?}", current.place(7).map(|place| &place.save_clips));
    /// # Ok(())
    /// # }
    /// ```
    pub fn place(&self, id: i32) -> Option<&BadgeIntegrationSettings> {
        self.settings.place(id)
    }

    /// Returns the places, each with its id.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// for (id, place) in client.kisi_integration_v2().await?.places() {
    ///     println!("{id}: {:?}", place.place_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn places(&self) -> impl Iterator<Item = (&str, &BadgeIntegrationSettings)> {
        self.settings.places()
    }

    /// Returns the cameras that watch a door, wherever the settings name them. One that they name twice comes twice.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let current = client.kisi_integration().await?;
    /// println!("{} cameras", current.cameras(42).count());
    /// # Ok(())
    /// # }
    /// ```
    pub fn cameras(&self, door: i32) -> impl Iterator<Item = &RhombusUuid> {
        self.settings.cameras(door)
    }

    /// Returns the desired state: what was read, with the edits made.
    ///
    /// An edit that changes nothing leaves no trace: removing, or clearing something inside of a door or a place that is not
    /// there, does not add it, and neither does `door(42, |door| door)`.
    ///
    /// A value that cannot be sent (text that is not an id, a duration of half a second, a masked key) is a validation error:
    /// [`Plan::refusal`] and [`Client::apply`](crate::Client::apply) return it.
    pub fn edit(&self, edit: impl FnOnce(Edit<S>) -> Edit<S>) -> Desired<S> {
        self.desired(Arc::clone(&self.settings)).edit(edit)
    }

    /// Returns the desired state: what was read, merged with `settings`.
    ///
    /// This is for settings files, which need not be complete. A property that is absent stays as it is, one
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
        let mut document = Json::of(&*self.settings);
        lay_over(&mut document, Json::of(settings));
        match document.decode::<S>() {
            Some(settings) => self.desired(Arc::new(settings)),
            None => self
                .desired(Arc::clone(&self.settings))
                .refused("settings", "the two do not go together"),
        }
    }

    /// Returns the plan that leads to the desired state.
    ///
    /// A desired state that was made from another organisation's snapshot is a validation error: see [`Plan::refusal`]. To copy
    /// settings from one organisation to another, take them out of the snapshot: `Desired::from(other.into_settings())`.
    pub fn plan(&self, desired: &Desired<S>) -> Plan<S> {
        let mut problem = desired.problem().cloned();
        if let (Some(ours), Some(theirs)) = (&self.owner, desired.owner())
            && ours != theirs
        {
            problem = problem.or_else(|| {
                let reason = "they were made from the settings of another organisation";
                Some(Problem::new("the desired settings", reason))
            });
        }
        Plan::new(Sides {
            before: &self.settings,
            after: desired.shared(),
            problem,
            owner: self.owner.as_ref().or(desired.owner()).cloned(),
            exists: self.exists,
        })
    }

    fn desired(&self, settings: Arc<S>) -> Desired<S> {
        Desired::new(settings, self.owner.clone())
    }
}

/// Settings that were kept somewhere, as if they had just been read: where the organisation has other values by now, a plan
/// that changes them is a conflict. The snapshot belongs to no client, so that its plans can be applied to any organisation.
impl<S: Settings> From<S> for Snapshot<S> {
    fn from(settings: S) -> Self {
        Self::read(Some(settings), None)
    }
}

/// The snapshot of an organisation that has no settings.
impl<S: Settings> Default for Snapshot<S> {
    fn default() -> Self {
        Self::read(None, None)
    }
}
