/// What the server does that is right and makes life hard. By default it does none of it.
///
/// ```
/// use rhombus_kisi_fake::{Fake, Habits};
///
/// # async fn run() -> Result<(), rhombus_kisi_fake::StartError> {
/// let fake = Fake::builder().habits(Habits::all()).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Habits {
    pub(crate) unknown_properties: bool,
    pub(crate) nulls: bool,
    pub(crate) sorted_ids: bool,
    pub(crate) facet_ids: bool,
    pub(crate) plain_camera_ids: bool,
    pub(crate) changing_timestamps: bool,
    pub(crate) shuffled_keys: bool,
    pub(crate) partner_clients: bool,
    pub(crate) warning: Option<String>,
}

impl Habits {
    /// Returns no habits.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns unknown properties, nulls, sorted ids, facets in ids, changing time stamps and shuffled keys.
    pub fn all() -> Self {
        Self::none()
            .unknown_properties()
            .nulls()
            .sorted_ids()
            .facet_ids()
            .changing_timestamps()
            .shuffled_keys()
    }

    /// Has properties that no release knows (`futureProperty`): in every response, and in every object of the settings, where
    /// they are stored once, so that a client that drops them is found out.
    #[must_use]
    pub fn unknown_properties(mut self) -> Self {
        self.unknown_properties = true;
        self
    }

    /// Returns `null` for about half of the known properties that are absent, in responses and in the settings, and at times
    /// for an entry of a map or an element of a list of objects.
    #[must_use]
    pub fn nulls(mut self) -> Self {
        self.nulls = true;
        self
    }

    /// Stores each list of ids sorted and without duplicates.
    #[must_use]
    pub fn sorted_ids(mut self) -> Self {
        self.sorted_ids = true;
        self
    }

    /// Reads the cameras of the settings with their facet (`….v0`) too, as the list of cameras always does.
    #[must_use]
    pub fn facet_ids(mut self) -> Self {
        self.facet_ids = true;
        self
    }

    /// Lists the cameras without their facet.
    #[must_use]
    pub fn plain_camera_ids(mut self) -> Self {
        self.plain_camera_ids = true;
        self
    }

    /// Returns other time stamps at each read of the settings.
    #[must_use]
    pub fn changing_timestamps(mut self) -> Self {
        self.changing_timestamps = true;
        self
    }

    /// Writes the properties of each object in some order.
    #[must_use]
    pub fn shuffled_keys(mut self) -> Self {
        self.shuffled_keys = true;
        self
    }

    /// Lists a partner's clients by the names that the vendor's own client reads: `partnerClients` with `orgUuid` and `name`.
    #[must_use]
    pub fn partner_clients(mut self) -> Self {
        self.partner_clients = true;
        self
    }

    /// Has this caveat (`warningMsg`) in the response to each write that is carried out.
    #[must_use]
    pub fn warning(mut self, message: impl Into<String>) -> Self {
        self.warning = Some(message.into());
        self
    }
}
