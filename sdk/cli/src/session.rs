//! Whom the program talks to, and about which organisations.

use std::path::PathBuf;

use rhombus_kisi::Client;
use rhombus_kisi::file::SettingsFile;
use rhombus_kisi_fake::Fake;

use crate::arguments::Common;
use crate::demo;
use crate::failure::Failure;
use crate::many::{Target, Work};
use crate::output::note;
use crate::stop::Stop;

#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    targets: Vec<Target>,
    concurrency: usize,
    /// The fake server, which stops with it, and where its settings are kept.
    demo: Option<(Fake, Option<PathBuf>)>,
}

impl Session {
    /// Opens a session about the organisations that the command line names, or those of the file, or the key's own.
    pub(crate) async fn open(common: &Common, file: Option<&SettingsFile>) -> Result<Self, Failure> {
        let targets = targets(common, file);
        let mut demo = None;
        let client = if common.live {
            Client::from_env()?
        } else {
            note("demo: a fake server in this process; nothing leaves this machine (--live talks to the real one)");
            let state = common.demo_state.clone();
            let (fake, _) = demo.insert((demo::start(&targets, state.as_deref()).await?, state));
            let builder = Client::builder().endpoint(fake.url());
            match targets.iter().all(|target| target.id.is_none()) {
                true => builder.api_key("demo").build()?,
                false => builder.partner_key("demo").build()?,
            }
        };
        for warning in client.warnings() {
            note(&format!("warning: {warning}"));
        }
        Ok(Self {
            client,
            targets,
            concurrency: common.concurrency,
            demo,
        })
    }

    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    pub(crate) fn work(&self, stop: Stop) -> Work<'_> {
        Work {
            client: &self.client,
            targets: &self.targets,
            concurrency: self.concurrency,
            stop,
        }
    }

    /// Ends the session.
    pub(crate) fn close(self) -> Result<(), Failure> {
        match self.demo {
            Some((fake, Some(state))) => demo::keep(&fake, &state),
            _ => Ok(()),
        }
    }
}

fn targets(common: &Common, file: Option<&SettingsFile>) -> Vec<Target> {
    let entries = file.map(|file| file.organizations.as_slice()).unwrap_or_default();
    let of_file = entries.iter().map(|entry| Target {
        id: Some(entry.id.clone()),
        name: entry.name.clone().unwrap_or_else(|| entry.id.to_string()),
    });
    let wanted = |target: &Target| {
        let id = target.id.as_ref();
        common.organization.is_empty() || id.is_some_and(|id| common.organization.contains(id))
    };
    let mut targets: Vec<Target> = of_file.filter(wanted).collect();
    // Those that the file does not name have no name but their id.
    for id in &common.organization {
        if !targets.iter().any(|target| target.id.as_ref() == Some(id)) {
            targets.push(Target {
                id: Some(id.clone()),
                name: id.to_string(),
            });
        }
    }
    if targets.is_empty() {
        targets.push(Target {
            id: None,
            name: "this organisation".to_owned(),
        });
    }
    targets
}
