//! Whom the program talks to, and about which organisations.

use std::path::PathBuf;

use rhombus_kisi::{Client, Secret};
use rhombus_kisi_fake::{Fake, id};

use crate::arguments::Common;
use crate::demo;
use crate::failure::Failure;
use crate::many::{Target, Work};
use crate::output::note;
use crate::stop::Stop;
use crate::wanted::Wanted;

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
    pub(crate) async fn open(common: &Common, wanted: Option<&Wanted>) -> Result<Self, Failure> {
        let mut targets = targets(common, wanted);
        let mut demo = None;
        let client = if common.live {
            Client::from_env()?
        } else {
            note("demo: a fake server in this process; nothing leaves this machine (--live talks to the real one)");
            let state = common.demo_state.clone();
            let (fake, _) = demo.insert((demo::start(&with_ids(&targets), state.as_deref()).await?, state));
            let builder = Client::builder().endpoint(fake.url());
            match targets.iter().all(Target::is_own) {
                true => builder.api_key("demo").build()?,
                false => builder.partner_key("demo").build()?,
            }
        };
        for warning in client.warnings() {
            note(&format!("warning: {warning}"));
        }
        if let Some(wanted) = wanted {
            let ids = wanted.ids(&client).await?;
            for target in &mut targets {
                let id = target.part.and_then(|part| ids.get(part));
                target.id = id.cloned().or(target.id.take());
            }
        }
        Ok(Self {
            client,
            targets,
            concurrency: common.concurrency,
            demo,
        })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
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

/// Kisi's key in the environment, for servers that mask the one in the settings.
pub(crate) fn kisi_api_key() -> Option<Secret> {
    let key = std::env::var("KISI_API_KEY").ok()?;
    (!key.is_empty()).then(|| key.into())
}

fn targets(common: &Common, wanted: Option<&Wanted>) -> Vec<Target> {
    let of_file = wanted.map(Wanted::organizations).unwrap_or_default();
    let of_file = of_file.into_iter().enumerate().map(|(part, (id, name))| Target {
        id,
        name,
        part: Some(part),
    });
    let is_wanted = |target: &Target| {
        let id = target.id.as_ref();
        common.organization.is_empty() || id.is_some_and(|id| common.organization.contains(id))
    };
    let mut targets: Vec<Target> = of_file.filter(is_wanted).collect();
    // Those that the file does not name have no name but their id.
    for id in &common.organization {
        if !targets.iter().any(|target| target.id.as_ref() == Some(id)) {
            targets.push(Target {
                id: Some(id.clone()),
                name: id.to_string(),
                part: None,
            });
        }
    }
    if targets.is_empty() {
        targets.push(Target {
            id: None,
            name: "this organisation".to_owned(),
            part: None,
        });
    }
    targets
}

/// The organisations of the fake server: those of which only the name is known get ids.
fn with_ids(targets: &[Target]) -> Vec<Target> {
    let numbered = (100..).zip(targets).map(|(number, target)| Target {
        id: Some(target.id.clone().unwrap_or_else(|| id(number))),
        ..target.clone()
    });
    numbered.collect()
}
