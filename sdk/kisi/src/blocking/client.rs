// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use std::fmt;
use std::sync::Arc;

use rhombus_kisi_runtime::{Error, RhombusUuid, Secret};

use super::runtime::Driver;
use super::{Call, NotSent};
use crate::drift::DriftReport;
use crate::edit::Edit;
use crate::settings::Settings;
use crate::types::{KisiIntegrationInput, KisiSettings, Place};
use crate::update::Edited;
use crate::warning::EnvWarning;
use crate::{
    Acknowledgement, Apply, CallOptions, ClientBuilder, ForEachOrganization, KisiDoors, Plan, SettingsEditor,
    SettingsEditorV2, Snapshot, UpdateSettings,
};

/// A [`rhombus_kisi::Client`](crate::Client) whose methods wait for their results: for scripts and programs without Tokio.
///
/// It has the same methods, and [`call`](Self::call) for everything else. Clones share everything; the client can be used by
/// several threads at once. One thread of its own drives connections and timers, until the last clone is dropped.
///
/// **Not within Tokio.** On a thread of a Tokio runtime, also in `spawn_blocking`, each method returns [`Error::Invalid`] and
/// sends nothing: use the async client there.
///
/// ```no_run
/// use rhombus_kisi::blocking::Client;
///
/// let client = Client::from_env()?;
/// for (place, id, door) in client.kisi_integration_v2()?.doors() {
///     println!("door {id} at {place:?}: {:?}", door.door_name.get());
/// }
/// # Ok::<(), rhombus_kisi::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    client: crate::Client,
    driver: Arc<Driver>,
}

/// Methods that make one call and wait for its result.
macro_rules! calls {
    ($($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        /// Calls without options.
        impl Client {
            $(
                #[doc = concat!("Makes the call of [`Client::", stringify!($name), "`](crate::Client::", stringify!($name), ") and waits for its result.")]
                ///
                /// # Errors
                /// Those of the async method. Errors with [`Error::Invalid`] on a thread of a Tokio runtime; nothing is sent then.
                $(#[$attribute])*
                pub fn $name(&self, $($argument: $type),*) -> Result<$result, Error> {
                    self.call(|client| async move { client.$name($($argument),*).await })
                }
            )*
        }
    };
}

calls! {
    fn kisi_integration() -> Snapshot<KisiSettings>;
    fn kisi_integration_v2() -> Snapshot<KisiIntegrationInput>;
    fn delete_kisi_integration() -> Acknowledgement;
    fn delete_kisi_integration_v2() -> Acknowledgement;
    fn kisi_doors(kisi_api_key: impl Into<Secret>) -> KisiDoors;
    fn kisi_places(kisi_api_key: impl Into<Secret>) -> Vec<Place>;
    fn unlock_door(place: i32, door: i32) -> Acknowledgement;
    fn unlock_door_seen_by(place: i32, door: i32, camera: impl TryInto<RhombusUuid, Error: fmt::Display>) -> Acknowledgement;
    #[cfg(feature = "directory")]
    fn organizations() -> crate::directory::Organizations;
}

/// Methods that begin a call with options.
macro_rules! requests {
    ($($(#[$attribute:meta])* fn $name:ident() -> $request:ty;)*) => {
        /// Calls with options.
        impl Client {
            $(
                #[doc = concat!("Begins the call of [`Client::", stringify!($name), "`](crate::Client::", stringify!($name), "): [`Call::send`] makes it.")]
                $(#[$attribute])*
                pub fn $name(&self) -> Call<$request> {
                    Call::new(self, self.client.$name())
                }
            )*
        }
    };
}

requests! {
    #[cfg(feature = "diagnose")]
    fn diagnose() -> crate::diagnose::Diagnose;
    #[cfg(feature = "directory")]
    fn directory() -> crate::directory::ReadDirectory;
    #[cfg(feature = "migrate")]
    fn migrate_kisi_to_v2() -> crate::migrate::MigrateKisiToV2;
}

impl Client {
    /// Returns a builder of a client, which [`build`](Self::build) finishes.
    pub fn builder() -> ClientBuilder {
        crate::Client::builder()
    }

    /// Creates the client.
    ///
    /// ```
    /// use rhombus_kisi::blocking::Client;
    ///
    /// let client = Client::build(Client::builder().api_key("organisation-key"))?;
    /// # Ok::<(), rhombus_kisi::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`ClientBuilder::build`]. Errors with [`Error::Invalid`] on a thread of a Tokio runtime, and with [`Error::Config`] if
    /// no thread can be started.
    pub fn build(builder: ClientBuilder) -> Result<Self, Error> {
        Ok(Self {
            driver: Arc::new(Driver::new()?),
            client: builder.build()?,
        })
    }

    /// Creates a client with the credentials and the endpoint of the environment: see [`Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// Those of [`Client::from_env`](crate::Client::from_env) and of [`build`](Self::build).
    pub fn from_env() -> Result<Self, Error> {
        Self::build(ClientBuilder::from_env()?)
    }

    /// Calls whatever an async client can, and waits for the result: the generated client, a helper of the program.
    ///
    /// ```no_run
    /// # fn example(client: rhombus_kisi::blocking::Client) -> Result<(), rhombus_kisi::Error> {
    /// let response = client.call(async |client| client.api().get_kisi_integration_v2(&Default::default()).await)?;
    /// # let _ = response;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the call. Errors with [`Error::Invalid`] on a thread of a Tokio runtime; the call is not begun then.
    pub fn call<T, E, F>(&self, work: impl FnOnce(crate::Client) -> F) -> Result<T, E>
    where
        F: IntoFuture<Output = Result<T, E>>,
        E: NotSent,
    {
        let begin = || work(self.client.clone()).into_future();
        self.driver.wait(begin).unwrap_or_else(|error| Err(E::not_sent(error)))
    }

    /// Returns the async client underneath, which shares everything with this one.
    pub fn client(&self) -> &crate::Client {
        &self.client
    }

    /// Returns what [`from_env`](Self::from_env) found that should be changed.
    pub fn warnings(&self) -> &[EnvWarning] {
        self.client.warnings()
    }

    /// Returns what the responses had that the document of the API has not: see [`Client::drift`](crate::Client::drift).
    pub fn drift(&self) -> DriftReport {
        self.client.drift()
    }

    /// Returns the same client with other limits, for some calls: see [`Client::with`](crate::Client::with).
    pub fn with(&self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.on(self.client.with(change))
    }

    /// Returns the same client acting for another client organisation of the partner: see
    /// [`Client::for_organization`](crate::Client::for_organization).
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] if the client has no partner's key, or if the text is not an id.
    pub fn for_organization<I>(&self, id: I) -> Result<Self, Error>
    where
        I: TryInto<RhombusUuid, Error: fmt::Display>,
    {
        self.client.for_organization(id).map(|client| self.on(client))
    }

    /// Does the same work for many of a partner's client organisations, some at a time: [`Call::run`] does it.
    pub fn for_each_organization<'a>(
        &self,
        ids: impl IntoIterator<Item = impl Into<RhombusUuid>>,
    ) -> Call<ForEachOrganization<'a>> {
        Call::new(self, self.client.for_each_organization(ids))
    }

    /// Starts an update of the organisation's Kisi settings (first version of the API): see
    /// [`Client::update_kisi_integration`](crate::Client::update_kisi_integration).
    ///
    /// ```no_run
    /// # fn example(client: rhombus_kisi::blocking::Client) -> Result<(), rhombus_kisi::Error> {
    /// let outcome = client.update_kisi_integration().enabled(true).door(42, |door| door.name("Lobby")).send()?;
    /// # let _ = outcome;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_kisi_integration(&self) -> Edit<KisiSettings, Self> {
        Edit::on(self, self.client.update_kisi_integration())
    }

    /// Starts an update of the organisation's Kisi settings (second version of the API): see
    /// [`Client::update_kisi_integration_v2`](crate::Client::update_kisi_integration_v2).
    pub fn update_kisi_integration_v2(&self) -> Edit<KisiIntegrationInput, Self> {
        Edit::on(self, self.client.update_kisi_integration_v2())
    }

    /// Applies a plan: see [`Client::apply`](crate::Client::apply).
    pub fn apply<S: Settings>(&self, plan: Plan<S>) -> Call<Apply<S>> {
        Call::new(self, self.client.apply(plan))
    }

    /// Changes the settings in one call: see [`Client::update_kisi_settings`](crate::Client::update_kisi_settings).
    ///
    /// ```no_run
    /// # fn example(client: rhombus_kisi::blocking::Client) -> Result<(), rhombus_kisi::ApplyError> {
    /// let updated = client.update_kisi_settings(|s| s.enabled(false)).with(|update| update.attempts(3)).send()?;
    /// println!("{} changes", updated.changes().len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_kisi_settings<'a, E: Edited<KisiSettings>>(
        &self,
        edit: impl Fn(SettingsEditor) -> E + Send + 'a,
    ) -> Call<UpdateSettings<'a, KisiSettings>> {
        Call::new(self, self.client.update_kisi_settings(edit))
    }

    /// Changes the settings of the second version of the API in one call: see
    /// [`Client::update_kisi_settings_v2`](crate::Client::update_kisi_settings_v2).
    pub fn update_kisi_settings_v2<'a, E: Edited<KisiIntegrationInput>>(
        &self,
        edit: impl Fn(SettingsEditorV2) -> E + Send + 'a,
    ) -> Call<UpdateSettings<'a, KisiIntegrationInput>> {
        Call::new(self, self.client.update_kisi_settings_v2(edit))
    }

    fn on(&self, client: crate::Client) -> Self {
        Self {
            client,
            driver: self.driver.clone(),
        }
    }
}

/// Shows what the async client shows: the endpoint and the scheme, never the key.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.client).finish()
    }
}
