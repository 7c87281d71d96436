use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use rhombus_kisi_runtime::{RhombusUuid, Secret};

use crate::fake::Fake;
use crate::schedule::Schedule;
use crate::serve::Shared;
use crate::server::Server;
use crate::state::{State, Tenant, World};
use crate::{Fault, Habits, Organization, Partner, UpdateMode};

/// What a fake begins with. [`Fake::builder`] returns one.
///
/// What is not said is not checked: without credentials every key is accepted, without Kisi keys Kisi accepts all of them, without
/// partners every partner's key acts for every organisation.
///
/// ```
/// use rhombus_kisi_fake::{Fake, Habits, Organization, Partner, UpdateMode, id};
///
/// # async fn run() -> Result<(), rhombus_kisi_fake::StartError> {
/// let fake = Fake::builder()
///     .organization(Organization::new(id(100), "North").api_key("north-key").place(7, "HQ").door(7, 42, "Lobby"))
///     .organization(Organization::new(id(101), "South").api_key("south-key"))
///     .partner(Partner::new().api_key("partner-key").client(id(100)).client_without_access(id(101)))
///     .kisi_api_key("a-key-of-kisi")
///     .update_mode(UpdateMode::Merge)
///     .habits(Habits::all())
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until it starts a fake"]
pub struct FakeBuilder {
    organizations: Vec<Organization>,
    partners: Vec<Partner>,
    kisi_keys: Vec<Secret>,
    mode: UpdateMode,
    habits: Habits,
    faults: Vec<Fault>,
    seed: u64,
}

/// A fake that does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no port, or no thread for the server.
    #[error("the fake cannot listen on this machine: {0}")]
    Io(#[from] io::Error),
    /// The settings of an organisation are neither a JSON object nor `null`.
    #[error("the settings of organisation {organization} are no JSON object: {reason}")]
    Settings {
        /// Whose settings they are.
        organization: RhombusUuid,
        /// What is wrong with them.
        reason: String,
    },
    /// Two organisations have the same id.
    #[error("there are two organisations with the id {0}: give each its own")]
    SameId(RhombusUuid),
}

impl FakeBuilder {
    /// Adds an organisation. A fake without any has [`Organization::example`].
    pub fn organization(mut self, organization: Organization) -> Self {
        self.organizations.push(organization);
        self
    }

    /// Adds a partner.
    pub fn partner(mut self, partner: Partner) -> Self {
        self.partners.push(partner);
        self
    }

    /// Adds a key that Kisi accepts; then it accepts no other.
    pub fn kisi_api_key(mut self, key: impl Into<Secret>) -> Self {
        self.kisi_keys.push(key.into());
        self
    }

    /// Sets what an update does with what it leaves out. The vendor documents neither; the default is to replace.
    pub fn update_mode(mut self, mode: UpdateMode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets the server's habits.
    pub fn habits(mut self, habits: Habits) -> Self {
        self.habits = habits;
        self
    }

    /// Injects a fault from the beginning, as [`Fake::inject`] does later.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Sets the seed of all that is random: which calls a [rate](Fault::rate) hits, which `null`s there are. The default is 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Starts the fake, on a free port of this machine and in a thread of its own.
    ///
    /// # Errors
    /// Errors if the machine has no port or no thread left, if settings are no JSON object, and if two organisations have one id.
    pub async fn start(self) -> Result<Fake, StartError> {
        self.start_blocking()
    }

    /// Starts the fake as [`start`](Self::start) does, for tests that are not asynchronous.
    ///
    /// # Errors
    /// Those of [`start`](Self::start).
    pub fn start_blocking(mut self) -> Result<Fake, StartError> {
        if self.organizations.is_empty() {
            self.organizations.push(Organization::example());
        }
        let mut tenants: Vec<Tenant> = Vec::new();
        for organization in self.organizations {
            if tenants.iter().any(|tenant| tenant.seed.id == organization.id) {
                return Err(StartError::SameId(organization.id));
            }
            let error = |reason: &str| StartError::Settings {
                organization: organization.id.clone(),
                reason: reason.to_owned(),
            };
            let settings = organization
                .settings
                .as_ref()
                .map_err(|reason| error(reason))?
                .0
                .clone();
            if !settings.is_object() && !settings.is_null() {
                return Err(error("it is another value"));
            }
            let mut tenant = Tenant::new(organization, settings);
            tenant.tidy(&self.habits);
            tenants.push(tenant);
        }
        let mut schedule = Schedule::new(self.seed);
        self.faults.into_iter().for_each(|fault| schedule.add(fault));
        let shared = Arc::new(Shared::new(State {
            world: World {
                organizations: tenants,
                partners: self.partners,
                kisi_keys: self.kisi_keys,
                mode: self.mode,
                habits: self.habits,
            },
            schedule,
            decide: None,
            writers: Vec::new(),
            turns: None,
            requests: BTreeMap::new(),
            next: 0,
            unlocks: Vec::new(),
            random: fastrand::Rng::with_seed(self.seed ^ 1),
        }));
        let server = Server::start(Arc::clone(&shared))?;
        Ok(Fake::new(shared, server))
    }
}
