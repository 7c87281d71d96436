//! One piece of work for many client organisations.

mod progress;
mod results;

use std::collections::HashSet;
use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use futures_util::stream::{FuturesUnordered, StreamExt};
use rhombus_kisi_runtime::{Error, RhombusUuid};

use crate::Client;
pub use progress::Progress;
pub use results::{OrganizationResult, OrganizationResults};

/// How many organisations are worked on at a time, unless told otherwise.
const CONCURRENCY: usize = 4;

/// Work for many client organisations. [`Client::for_each_organization`] creates one, [`run`](Self::run) starts it.
#[must_use = "nothing is done until `run` is called"]
pub struct ForEachOrganization<'a> {
    client: Client,
    ids: Vec<RhombusUuid>,
    concurrency: usize,
    on_progress: Box<dyn FnMut(Progress<'_>) + Send + 'a>,
    stop: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
}

impl Client {
    /// Does the same work for many of a partner's client organisations, some at a time.
    ///
    /// Each organisation is worked on once, however often it is among the ids. Connections are shared. An organisation whose
    /// quota is used up waits by itself, holding one of the places that
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
    /// for organization in &results {
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
            stop: Box::pin(pending()),
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

    /// Begins no further organisation once `stop` is done: a signal, a time limit, a cancellation token. Work that has begun is
    /// finished, and [`OrganizationResults::not_begun`] lists the rest.
    ///
    /// ```no_run
    /// use rhombus_kisi::{Client, RhombusUuid};
    ///
    /// # async fn example(partner: Client, ids: Vec<RhombusUuid>, stop: tokio::sync::oneshot::Receiver<()>) {
    /// let results = partner
    ///     .for_each_organization(ids)
    ///     .stop_when(async { drop(stop.await) })
    ///     .run(async |client, _id| client.kisi_integration().await)
    ///     .await;
    /// println!("{} done, {} not begun", results.len(), results.not_begun().len());
    /// # }
    /// ```
    ///
    /// One token stops any number of runs and clones of it:
    ///
    /// ```no_run
    /// use rhombus_kisi::{Client, RhombusUuid};
    /// use tokio_util::sync::CancellationToken;
    ///
    /// # async fn example(partner: Client, ids: Vec<RhombusUuid>, stop: CancellationToken) {
    /// let results = partner
    ///     .for_each_organization(ids)
    ///     .stop_when(stop.cancelled())
    ///     .run(async |client, _id| client.kisi_integration().await)
    ///     .await;
    /// println!("to be done by the next run: {:?}", results.not_begun());
    /// # }
    /// ```
    pub fn stop_when(mut self, stop: impl Future<Output = ()> + Send + 'a) -> Self {
        self.stop = Box::pin(stop);
        self
    }

    /// Does the work: `work` gets a client that acts for the organisation, and the organisation's id.
    ///
    /// A failure does not stop the others. The results are in the order of the ids. All of the work is done
    /// by the task that awaits it; dropping the future drops it.
    ///
    /// # Errors
    /// None of its own: if the client cannot act for an organisation, that error is the organisation's result.
    pub async fn run<T, E, F>(self, work: impl Fn(Client, RhombusUuid) -> F) -> OrganizationResults<T, E>
    where
        F: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        let Self {
            client,
            ids,
            concurrency,
            mut on_progress,
            mut stop,
        } = self;
        let (ids, duplicates) = once_each(ids);
        let total = ids.len();
        let (client, work) = (&client, &work);
        let mut waiting = ids.into_iter().enumerate();
        let begin = |(at, id): (usize, RhombusUuid)| async move {
            let result = match client.for_organization(&id) {
                Ok(client) => work(client, id.clone()).await,
                Err(error) => Err(E::from(error)),
            };
            (at, OrganizationResult { id, result })
        };
        let mut running = FuturesUnordered::new();
        let mut results = Vec::with_capacity(total);
        let (mut failed, mut stopped) = (0, false);
        loop {
            // What is done by now begins nothing.
            stopped = stopped || poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await;
            while !stopped && running.len() < concurrency {
                let Some(next) = waiting.next() else { break };
                running.push(begin(next));
            }
            let Some((at, organization)) = running.next().await else {
                break;
            };
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
        OrganizationResults {
            results: results.into_iter().map(|(_, organization)| organization).collect(),
            not_begun: waiting.map(|(_, id)| id).collect(),
            duplicates,
        }
    }
}

/// Each id once, in the order in which they come first, and those that came again.
fn once_each(ids: Vec<RhombusUuid>) -> (Vec<RhombusUuid>, Vec<RhombusUuid>) {
    let mut seen = HashSet::new();
    ids.into_iter().partition(|id| seen.insert(id.clone()))
}

impl fmt::Debug for ForEachOrganization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForEachOrganization")
            .field("organizations", &self.ids.len())
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use rhombus_kisi_runtime::{Error, RhombusUuid};

    use crate::Client;

    fn partner() -> Client {
        let builder = Client::builder().partner_key("key").endpoint("http://127.0.0.1:9");
        builder.build().unwrap()
    }

    fn id(number: u8) -> RhombusUuid {
        RhombusUuid::from_bytes([number; 16])
    }

    #[tokio::test]
    async fn each_organisation_is_worked_on_once() {
        let begun = RefCell::new(Vec::new());
        let results = partner()
            .for_each_organization([1, 2, 1, 3, 2, 1].map(id))
            .run(async |_, id| {
                begun.borrow_mut().push(id);
                Ok::<_, Error>(())
            })
            .await;
        assert_eq!(begun.into_inner(), [1, 2, 3].map(id));
        assert_eq!(
            results.iter().map(|result| result.id.clone()).collect::<Vec<_>>(),
            [1, 2, 3].map(id)
        );
        assert_eq!(results.duplicates(), [1, 2, 1].map(id));
        assert!(results.not_begun().is_empty());
    }

    #[tokio::test]
    async fn what_has_begun_is_finished_and_the_rest_is_listed() {
        let (sender, stop) = tokio::sync::oneshot::channel::<()>();
        let sender = Rc::new(Cell::new(Some(sender)));
        let results = partner()
            .for_each_organization([1, 2, 3, 4, 5].map(id))
            .concurrency(2)
            .stop_when(async { drop(stop.await) })
            .run(async |_, number| {
                if number == id(2) {
                    sender.set(None);
                }
                // The first goes on for longer than the second.
                for _ in 0..if number == id(1) { 20 } else { 1 } {
                    tokio::task::yield_now().await;
                }
                Ok::<_, Error>(())
            })
            .await;
        assert_eq!(
            results.iter().map(|result| result.id.clone()).collect::<Vec<_>>(),
            [1, 2].map(id)
        );
        assert!(results.iter().all(|result| result.result.is_ok()));
        assert_eq!(results.not_begun(), [3, 4, 5].map(id));
    }

    #[tokio::test]
    async fn what_is_stopped_from_the_start_begins_nothing() {
        let results = partner()
            .for_each_organization([1, 2].map(id))
            .stop_when(async {})
            .run(async |_, _| -> Result<(), Error> { panic!("it has begun") })
            .await;
        assert!(results.is_empty());
        assert_eq!(results.into_iter().count(), 0);
    }
}
