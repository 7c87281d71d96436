use std::sync::Arc;

use rhombus_kisi_client::types::{KisiIntegration, KisiSettings};
use rhombus_kisi_runtime::RhombusUuid;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::moment::SecondWriter;
use crate::serve::Shared;
use crate::server::Server;
use crate::turns::Turns;
use crate::versions::Version;
use crate::{FakeBuilder, Fault, Habits, Moment, Operation, Request, StartError, Unlock};

/// A Rhombus server with a Kisi integration, in this process. It stops when it is dropped.
///
/// It speaks HTTP/1.1 on a port of this machine, and runs in a thread of its own, so that any runtime and code without one can
/// call it. Its waits are real time: a test that pauses Tokio's clock sees the client's time limits pass.
///
/// The closures that it takes run in the server's thread, and must not call the fake.
///
/// ```
/// use rhombus_kisi::Client;
/// use rhombus_kisi_fake::{Fake, Operation};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let fake = Fake::start().await?;
/// let client = Client::builder().api_key("any-key").endpoint(fake.url()).build()?;
/// assert!(client.update_kisi_integration().enabled(true).send().await?.is_clean());
///
/// assert_eq!(fake.settings().and_then(|settings| settings.enabled.copied()), Some(true));
/// assert_eq!(fake.count(Operation::UpdateKisiIntegration), 1);
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(run())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Fake {
    shared: Arc<Shared>,
    server: Server,
}

impl Fake {
    pub(crate) fn new(shared: Arc<Shared>, server: Server) -> Self {
        Self { shared, server }
    }

    /// Starts a fake with the organisation [`example`](crate::Organization::example), which accepts every key.
    ///
    /// # Errors
    /// Errors if the machine has no port or no thread left.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Returns a builder, for a fake with other organisations, keys and habits.
    pub fn builder() -> FakeBuilder {
        FakeBuilder::default()
    }

    /// Returns the server's URL, such as `http://127.0.0.1:41234`: the client's endpoint.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    // ---- What goes wrong ---------------------------------------------------------------------------------------------

    /// Lets something go wrong with the next call, or with those that the fault says.
    ///
    /// Faults happen to calls that are well-formed and permitted.
    ///
    /// ```
    /// use rhombus_kisi::Client;
    /// use rhombus_kisi_fake::{Fake, Fault};
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = Fake::start().await?;
    /// let client = Client::builder().api_key("any-key").endpoint(fake.url()).build()?;
    /// fake.inject(Fault::rejected("busy"));
    /// assert!(client.delete_kisi_integration().await.is_err());
    /// client.delete_kisi_integration().await?;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inject(&self, fault: Fault) {
        self.shared.state().schedule.add(fault);
    }

    /// Injects faults one after the other: a sequence for the next calls.
    pub fn inject_each(&self, faults: impl IntoIterator<Item = Fault>) {
        let mut state = self.shared.state();
        faults.into_iter().for_each(|fault| state.schedule.add(fault));
    }

    /// Decides what goes wrong with each call from now on. `None` leaves it to the faults that were injected.
    pub fn decide(&self, decide: impl FnMut(&Request) -> Option<Fault> + Send + 'static) {
        self.shared.state().decide = Some(Box::new(decide));
    }

    /// Takes away every fault that was injected, and what [`decide`](Self::decide) was given.
    pub fn clear_faults(&self) {
        let mut state = self.shared.state();
        state.schedule.clear();
        state.decide = None;
    }

    /// Returns how many faults still wait for their calls; those without an end do not count.
    pub fn waiting_faults(&self) -> usize {
        self.shared.state().schedule.waiting()
    }

    /// Changes the server's habits from now on.
    pub fn set_habits(&self, habits: Habits) {
        self.shared.state().world.habits = habits;
    }

    // ---- Who else writes ---------------------------------------------------------------------------------------------

    /// Lets a second writer change the settings, once, at the next such moment.
    ///
    /// The settings are those of the call's organisation, as JSON; `null` means that there is no integration.
    ///
    /// ```
    /// use rhombus_kisi::Client;
    /// use rhombus_kisi_fake::{Fake, Moment};
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = Fake::start().await?;
    /// let client = Client::builder().api_key("any-key").endpoint(fake.url()).build()?;
    /// let update = client.update_kisi_integration().door(42, |door| door.name("Lobby"));
    /// assert!(update.send().await?.is_clean());
    ///
    /// fake.second_writer(Moment::AfterRead, |settings| {
    ///     settings["doorInfoMap"]["42"]["doorName"] = "Entrance".into();
    /// });
    /// let current = client.kisi_integration().await?;
    /// let plan = current.plan(&current.edit(|settings| settings.door(42, |door| door.name("Main door"))));
    /// let error = client.apply(plan).await.unwrap_err();
    /// assert_eq!(error.conflicts(), ["$.doorInfoMap[\"42\"].doorName"]);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn second_writer(&self, moment: Moment, change: impl FnOnce(&mut Value) + Send + 'static) {
        let mut change = Some(change);
        self.add_writer(moment, true, move |settings| {
            if let Some(change) = change.take() {
                change(settings);
            }
        });
    }

    /// Lets a second writer change the settings at every such moment.
    pub fn second_writer_always(&self, moment: Moment, change: impl FnMut(&mut Value) + Send + 'static) {
        self.add_writer(moment, false, change);
    }

    fn add_writer(&self, moment: Moment, once: bool, change: impl FnMut(&mut Value) + Send + 'static) {
        self.shared.state().writers.push(SecondWriter {
            moment,
            once,
            change: Box::new(change),
        });
    }

    /// Takes every second writer away.
    pub fn clear_second_writers(&self) {
        self.shared.state().writers.clear();
    }

    /// Lets one editor at a time at the settings: whoever has read them is alone with them until its next write, or until
    /// [`end_turn`](Self::end_turn). Editors are told apart by their keys.
    ///
    /// That closes the window between a read and a write, which the API leaves open.
    pub fn take_turns(&self) {
        self.shared.state().turns.get_or_insert_with(Turns::default);
    }

    /// Says that the editor with this key does not write what it has read. What still comes of its earlier requests is not carried out.
    pub fn end_turn(&self, key: &str) {
        let mut state = self.shared.state();
        let next = state.next;
        if let Some(turns) = &mut state.turns {
            turns.end(key, next);
        }
        drop(state);
        self.shared.changed.notify_waiters();
    }

    /// Replaces a key or an access token of an organisation or a partner by another, and returns whether there is such a one. From
    /// now on the old one is rejected with 403.
    ///
    /// ```
    /// use rhombus_kisi::Client;
    /// use rhombus_kisi_fake::{Fake, Organization};
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let organization = Organization::example().api_key("old-key");
    /// let fake = Fake::builder().organization(organization).start().await?;
    /// assert!(fake.rotate_key("old-key", "new-key"));
    /// let client = |key: &str| Client::builder().api_key(key).endpoint(fake.url()).build();
    /// assert!(client("old-key")?.kisi_integration().await.unwrap_err().is_auth());
    /// client("new-key")?.kisi_integration().await?;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rotate_key(&self, old: &str, new: &str) -> bool {
        let mut state = self.shared.state();
        let world = &mut state.world;
        let organizations = world.organizations.iter_mut().map(|one| &mut one.seed.credentials);
        let partners = world.partners.iter_mut().map(|partner| &mut partner.credentials);
        let mut all = organizations
            .chain(partners)
            .flat_map(|credentials| credentials.keys.iter_mut().chain(&mut credentials.tokens))
            .filter(|key| key.expose() == old)
            .peekable();
        let is_there = all.peek().is_some();
        all.for_each(|key| *key = new.into());
        is_there
    }

    // ---- The state ---------------------------------------------------------------------------------------------------

    /// Returns the settings of the first organisation, as the first version of the API has them; `None` if there is no integration.
    pub fn settings(&self) -> Option<KisiSettings> {
        self.typed(None, Version::V1)
    }

    /// Returns the settings of the first organisation, as the second version of the API has them; `None` if there is no integration.
    pub fn settings_v2(&self) -> Option<KisiIntegration> {
        self.typed(None, Version::V2)
    }

    /// Returns the settings of an organisation, as the first version of the API has them; `None` if there is no such
    /// organisation, or no integration.
    pub fn settings_of(&self, organization: &RhombusUuid) -> Option<KisiSettings> {
        self.typed(Some(organization), Version::V1)
    }

    /// Returns the stored settings of the first organisation, of both versions, with their secrets; `null` if there is no integration.
    pub fn settings_json(&self) -> Value {
        let state = self.shared.state();
        let first = state.world.organizations.first();
        first.map(|tenant| tenant.settings.clone()).unwrap_or_default()
    }

    /// Returns the stored settings of every organisation, by id: what a later fake can begin with.
    pub fn all_settings(&self) -> Vec<(RhombusUuid, Value)> {
        let state = self.shared.state();
        let all = state.world.organizations.iter();
        all.map(|tenant| (tenant.seed.id.clone(), tenant.settings.clone()))
            .collect()
    }

    /// Replaces the settings of the first organisation: JSON or the client's type; `null` takes the integration away.
    ///
    /// # Errors
    /// Errors if they have no JSON form.
    pub fn set_settings(&self, settings: impl Serialize) -> Result<(), serde_json::Error> {
        let settings = serde_json::to_value(settings)?;
        self.change(|stored| *stored = settings);
        Ok(())
    }

    /// Changes the stored settings of the first organisation at once, as another client would; `null` means that there is no integration.
    pub fn change(&self, change: impl FnOnce(&mut Value)) {
        let mut state = self.shared.state();
        let habits = state.world.habits.clone();
        if let Some(first) = state.tenant(0) {
            change(&mut first.settings);
            first.tidy(&habits);
        }
    }

    fn typed<T: DeserializeOwned>(&self, organization: Option<&RhombusUuid>, version: Version) -> Option<T> {
        let state = self.shared.state();
        let mut all = state.world.organizations.iter();
        let tenant = all.find(|tenant| organization.is_none_or(|id| tenant.seed.id == *id))?;
        // By way of text, for that is what the types read.
        let shown = version.show(&tenant.settings).to_string();
        serde_json::from_str::<Option<T>>(&shown).ok().flatten()
    }

    // ---- What arrived ------------------------------------------------------------------------------------------------

    /// Returns the requests that arrived, in order, whatever became of them.
    ///
    /// ```
    /// use rhombus_kisi::{Client, types::UpdateKisiIntegrationRequest};
    /// use rhombus_kisi_fake::{Fake, Operation};
    ///
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = Fake::start().await?;
    /// let client = Client::builder().api_key("any-key").endpoint(fake.url()).build()?;
    /// let update = client.update_kisi_integration().kisi_api_key("a-key-of-kisi");
    /// assert!(update.send().await?.is_clean());
    ///
    /// let requests = fake.requests();
    /// assert_eq!(requests[0].operation(), Some(Operation::UpdateKisiIntegration));
    /// assert_eq!(requests[0].headers()["x-auth-apikey"], "***");
    /// let body: UpdateKisiIntegrationRequest = requests[0].body()?;
    /// let key = body.kisi_settings.get().and_then(|settings| settings.api_secret_key.get());
    /// assert_eq!(key.map(|key| key.expose()), Some("a-key-of-kisi"));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.values().cloned().collect()
    }

    /// Returns the requests of an operation, in order.
    pub fn requests_of(&self, operation: Operation) -> Vec<Request> {
        let state = self.shared.state();
        let of = |request: &&Request| request.operation == Some(operation);
        state.requests.values().filter(of).cloned().collect()
    }

    /// Returns how many requests of an operation arrived, whatever became of them.
    pub fn count(&self, operation: Operation) -> usize {
        let state = self.shared.state();
        let requests = state.requests.values();
        requests.filter(|request| request.operation == Some(operation)).count()
    }

    /// Returns the doors that were unlocked, in order.
    pub fn unlocks(&self) -> Vec<Unlock> {
        self.shared.state().unlocks.clone()
    }

    /// Returns how often a door was unlocked.
    pub fn unlock_count(&self, door: i32) -> usize {
        let state = self.shared.state();
        state.unlocks.iter().filter(|unlock| unlock.door == door).count()
    }

    /// Forgets the requests and the unlocks so far. The settings, the faults and the second writers stay.
    pub fn forget(&self) {
        let mut state = self.shared.state();
        state.requests.clear();
        state.unlocks.clear();
    }
}
