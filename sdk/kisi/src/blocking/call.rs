use std::fmt;

use rhombus_kisi_runtime::RhombusUuid;

use super::{Client, NotSent};
use crate::{ForEachOrganization, OrganizationResults};

/// A call that has options: [`with`](Self::with) sets them, [`send`](Self::send) makes the call and waits for its result.
///
/// ```no_run
/// # fn example(client: rhombus_kisi::blocking::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let current = client.kisi_integration()?;
/// let plan = current.plan(&current.edit(|settings| settings.save_clips(true)));
/// client.apply(plan).with(|apply| apply.verify()).send()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until `send` is called"]
pub struct Call<B> {
    client: Client,
    request: B,
}

impl<B> Call<B> {
    pub(super) fn new(client: &Client, request: B) -> Self {
        Self {
            client: client.clone(),
            request,
        }
    }

    /// Sets options of the call: the methods of `B`.
    pub fn with(mut self, set: impl FnOnce(B) -> B) -> Self {
        self.request = set(self.request);
        self
    }
}

impl<B: IntoFuture<Output = Result<T, E>>, T, E: NotSent> Call<B> {
    /// Makes the call and waits for its result.
    ///
    /// # Errors
    /// Those of the call. Errors with [`Error::Invalid`](crate::Error::Invalid) on a thread of a Tokio runtime; nothing is sent
    /// then.
    pub fn send(self) -> Result<T, E> {
        self.client.call(|_| self.request)
    }
}

impl Call<ForEachOrganization<'_>> {
    /// Does the work for each organisation, several at a time, and waits for all of it. `work` is as that of
    /// [`ForEachOrganization::run`].
    ///
    /// ```no_run
    /// use rhombus_kisi::{Error, RhombusUuid};
    ///
    /// # fn example(partner: rhombus_kisi::blocking::Client, ids: Vec<RhombusUuid>) -> Result<(), Error> {
    /// let results = partner
    ///     .for_each_organization(ids)
    ///     .with(|each| each.concurrency(8))
    ///     .run(async |client, _id| client.kisi_integration().await)?;
    /// println!("{} organisations", results.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`](crate::Error::Invalid) on a thread of a Tokio runtime; nothing is sent then.
    pub fn run<T, E, F>(
        self,
        work: impl Fn(crate::Client, RhombusUuid) -> F,
    ) -> Result<OrganizationResults<T, E>, crate::Error>
    where
        F: Future<Output = Result<T, E>>,
        E: From<crate::Error>,
    {
        self.client.call(|_| async { Ok(self.request.run(work).await) })
    }
}

impl<B: fmt::Debug> fmt::Debug for Call<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}
