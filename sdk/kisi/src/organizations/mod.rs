//! One piece of work for many client organisations.

mod progress;

use std::fmt;

use futures_util::stream::{FuturesUnordered, StreamExt};
use rhombus_kisi_runtime::{Error, RhombusUuid};

use crate::Client;
pub use progress::Progress;

/// How many organisations are worked on at a time, unless told otherwise.
const CONCURRENCY: usize = 4;

/// Work for many client organisations. [`Client::for_each_organization`] creates one, [`run`](Self::run) starts it.
#[must_use = "nothing is done until `run` is called"]
pub struct ForEachOrganization<'a> {
    client: Client,
    ids: Vec<RhombusUuid>,
    concurrency: usize,
    on_progress: Box<dyn FnMut(Progress<'_>) + Send + 'a>,
}

/// The result of the work for one organisation.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct OrganizationResult<T, E = Error> {
    /// The organisation.
    pub id: RhombusUuid,
    /// What the work returned.
    pub result: Result<T, E>,
}

impl Client {
    /// Does the same work for many of a partner's client organisations, some at a time.
    ///
    /// Connections are shared. An organisation whose quota is used up waits by itself, holding one of the places that
    /// [`concurrency`](ForEachOrganization::concurrency) gives; the others go on.
    ///
    /// ```no_run
    /// use rhombus_kisi::{Client, Error, RhombusUuid};
    ///
    /// # async fn example(ids: Vec<RhombusUuid>) -> Result<(), Error> {
    /// let partner = Client::builder().partner_key("partner-key").build()?;
    /// let results = partner
    ///     .for_each_organization(ids)
    ///     .concurrency(8)
    ///     .on_progress(|progress| eprintln!("{} of {}", progress.done, progress.total))
    ///     .run(async |client, _id| {
    ///         let current = client.kisi_integration().await?;
    ///         Ok::<_, Error>(current.settings().enabled.get().copied())
    ///     })
    ///     .await;
    /// for organization in results {
    ///     println!("{}: {:?}", organization.id, organization.result);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_each_organization<'a>(
        &self,
        ids: impl IntoIterator<Item = impl Into<RhombusUuid>>,
    ) -> ForEachOrganization<'a> {
        ForEachOrganization {
            client: self.clone(),
            ids: ids.into_iter().map(Into::into).collect(),
            concurrency: CONCURRENCY,
            on_progress: Box::new(|_| {}),
        }
    }
}

impl<'a> ForEachOrganization<'a> {
    /// Sets how many organisations are worked on at a time: 4 by default, at least 1.
    pub fn concurrency(mut self, organizations: usize) -> Self {
        self.concurrency = organizations.max(1);
        self
    }

    /// Calls `report` once for each organisation, when its work is done.
    pub fn on_progress(mut self, report: impl FnMut(Progress<'_>) + Send + 'a) -> Self {
        self.on_progress = Box::new(report);
        self
    }

    /// Does the work: `work` gets a client that acts for the organisation, and the organisation's id.
    ///
    /// A failure does not stop the others. The results are in the order of the ids. All of the work is done
    /// by the task that awaits it; dropping the future drops it.
    ///
    /// # Errors
    /// None of its own: if the client cannot act for an organisation, that error is the organisation's result.
    pub async fn run<T, E, F>(self, work: impl Fn(Client, RhombusUuid) -> F) -> Vec<OrganizationResult<T, E>>
    where
        F: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        let Self {
            client,
            ids,
            concurrency,
            mut on_progress,
        } = self;
        let total = ids.len();
        let (client, work) = (&client, &work);
        let mut waiting = ids.into_iter().enumerate().map(|(at, id)| async move {
            let result = match client.for_organization(&id) {
                Ok(client) => work(client, id.clone()).await,
                Err(error) => Err(E::from(error)),
            };
            (at, OrganizationResult { id, result })
        });
        let mut running: FuturesUnordered<_> = waiting.by_ref().take(concurrency).collect();
        let mut results = Vec::with_capacity(total);
        let mut failed = 0;
        while let Some((at, organization)) = running.next().await {
            running.extend(waiting.next());
            failed += usize::from(organization.result.is_err());
            on_progress(Progress {
                id: &organization.id,
                is_ok: organization.result.is_ok(),
                done: results.len() + 1,
                failed,
                total,
            });
            results.push((at, organization));
        }
        results.sort_unstable_by_key(|(at, _)| *at);
        results.into_iter().map(|(_, organization)| organization).collect()
    }
}

impl fmt::Debug for ForEachOrganization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForEachOrganization")
            .field("organizations", &self.ids.len())
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
