//! What is done for each organisation.

use std::collections::HashMap;

use indicatif::{ProgressBar, ProgressStyle};
use rhombus_kisi::file::SettingsFile;
use rhombus_kisi::types::KisiSettings;
use rhombus_kisi::{Applied, Client, Error, Plan, RhombusUuid};

/// One organisation, and how far it has come.
pub(crate) struct Row {
    id: Option<RhombusUuid>,
    pub(crate) name: String,
    pub(crate) plan: Result<Plan, Error>,
    pub(crate) applied: Option<Result<Applied, Error>>,
}

impl Row {
    pub(crate) fn is_ok(&self) -> bool {
        self.plan.is_ok() && !matches!(self.applied, Some(Err(_)))
    }
}

pub(crate) struct Work<'a> {
    client: Client,
    file: &'a SettingsFile,
    concurrency: usize,
}

impl<'a> Work<'a> {
    pub(crate) fn new(client: Client, file: &'a SettingsFile, concurrency: usize) -> Self {
        Self {
            client,
            file,
            concurrency,
        }
    }

    /// Reads each organisation's settings and plans the way from them to the file's.
    pub(crate) async fn plan(&self) -> Vec<Row> {
        let organizations = &self.file.organizations;
        let desired: HashMap<_, _> = organizations.iter().map(|entry| (&entry.id, &entry.settings)).collect();
        let results = self
            .for_each("planning", |client, id| {
                let desired = id
                    .and_then(|id| desired.get(&id).copied())
                    .unwrap_or(&self.file.settings);
                async move { plan(&client, desired).await }
            })
            .await;
        let names = organizations.iter().map(|entry| match &entry.name {
            Some(name) => name.clone(),
            None => entry.id.to_string(),
        });
        let names = names.chain(organizations.is_empty().then(|| "this organisation".to_owned()));
        results
            .into_iter()
            .zip(names)
            .map(|((id, plan), name)| Row {
                id,
                name,
                plan,
                applied: None,
            })
            .collect()
    }

    /// Applies the plans.
    pub(crate) async fn apply(&self, rows: &mut [Row]) {
        let plans: HashMap<_, _> = rows
            .iter()
            .filter_map(|row| Some((row.id.clone(), row.plan.as_ref().ok()?.clone())))
            .collect();
        let results = self
            .for_each("applying", |client, id| {
                let plan = plans.get(&id).cloned();
                async move {
                    match plan {
                        Some(plan) => Ok(client.apply(plan).verify().await.map(Some)?),
                        None => Ok(None),
                    }
                }
            })
            .await;
        for (row, (_, applied)) in rows.iter_mut().zip(results) {
            row.applied = applied.transpose();
        }
    }

    /// Does something for each organisation of the file, or for the key's own where it names none.
    async fn for_each<T, F>(
        &self,
        what: &'static str,
        work: impl Fn(Client, Option<RhombusUuid>) -> F,
    ) -> Vec<(Option<RhombusUuid>, Result<T, Error>)>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let organizations = &self.file.organizations;
        if organizations.is_empty() {
            return vec![(None, work(self.client.clone(), None).await)];
        }
        let bar = ProgressBar::new(organizations.len() as u64).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        let results = self
            .client
            .for_each_organization(organizations.iter().map(|organization| &organization.id))
            .concurrency(self.concurrency)
            .on_progress(|progress| bar.set_position(progress.done as u64))
            .run(|client, id| work(client, Some(id)))
            .await;
        bar.finish_and_clear();
        results
            .into_iter()
            .map(|organization| (Some(organization.id), organization.result))
            .collect()
    }
}

async fn plan(client: &Client, desired: &KisiSettings) -> Result<Plan, Error> {
    let current = client.kisi_integration().await?;
    Ok(current.plan(&current.merge(desired)))
}
