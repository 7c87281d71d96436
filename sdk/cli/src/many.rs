//! The same work for each organisation.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rhombus_kisi::{Client, RhombusUuid};

use crate::failure::Failure;
use crate::stop::Stop;

/// An organisation that is worked on.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Its id; `None` for the key's own.
    pub(crate) id: Option<RhombusUuid>,
    pub(crate) name: String,
    /// Its position in the file, if the file names it.
    pub(crate) part: Option<usize>,
}

impl Target {
    /// Whether it is the organisation that the key belongs to.
    pub(crate) fn is_own(&self) -> bool {
        self.id.is_none() && self.part.is_none()
    }
}

/// How the work is done.
#[derive(Debug)]
pub(crate) struct Work<'a> {
    pub(crate) client: &'a Client,
    pub(crate) targets: &'a [Target],
    pub(crate) concurrency: usize,
    pub(crate) stop: Stop,
}

impl Work<'_> {
    /// Does the work for each organisation, which it gets by its position, and returns the results in the same order.
    pub(crate) async fn run<T, F>(
        &self,
        what: &'static str,
        work: impl Fn(Client, usize) -> F,
    ) -> Vec<Result<T, Failure>>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let (stop, work) = (&self.stop, &work);
        let unless_stopped = |client, at| async move {
            match stop.is_asked_for() {
                true => Err(Failure::Interrupted),
                false => work(client, at).await,
            }
        };
        let positions: BTreeMap<&RhombusUuid, usize> = self
            .targets
            .iter()
            .enumerate()
            .filter_map(|(at, target)| Some((target.id.as_ref()?, at)))
            .collect();
        if positions.is_empty() {
            return vec![unless_stopped(self.client.clone(), 0).await];
        }
        let bar = bar(what, self.targets.len());
        let results = self
            .client
            .for_each_organization(self.targets.iter().filter_map(|target| target.id.as_ref()))
            .concurrency(self.concurrency)
            .on_progress(|progress| bar.set_position(progress.done as u64))
            .run(|client, id| {
                let at = positions.get(&id).copied().unwrap_or_default();
                unless_stopped(client, at)
            })
            .await;
        bar.finish_and_clear();
        results.into_iter().map(|organization| organization.result).collect()
    }
}

/// A bar on the standard error, which is hidden unless that is a terminal.
fn bar(what: &'static str, count: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(count as u64), ProgressDrawTarget::stderr()).with_message(what);
    match ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
