//! The work that is measured, prepared so that measuring sees nothing else.

use std::hint::black_box;
use std::rc::Rc;

use clap::ValueEnum;

use crate::contestants::{Contestant, Floor, Generated, Kisi};
use crate::{Failure, document};

/// Who.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Name {
    Floor,
    Generated,
    Kisi,
}

/// What.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Work {
    /// An update with all doors. It takes the settings by value, and frees them.
    Update,
    /// The same against a server that adds a warning.
    Warned,
    /// A read of all doors.
    Read,
    /// Read, plan, apply: two reads and an update, one door of all changes.
    Change,
    /// From JSON to the settings and back, without any HTTP.
    Codec,
}

/// Arguments that the measuring programs share.
#[derive(Clone, Debug, clap::Args)]
pub struct Task {
    pub name: Name,
    pub work: Work,
    /// How many doors the settings have
    #[arg(long)]
    pub doors: usize,
    /// How often it is done while it is measured
    #[arg(long, default_value_t = 1)]
    pub repeat: usize,
    /// How often it is done before
    #[arg(long, default_value_t = 3)]
    pub warm_up: usize,
    /// Puts an unknown property into every door
    #[arg(long)]
    pub unknown: bool,
    /// The server's URL
    #[arg(long, default_value = "")]
    pub server: String,
}

/// The measured part: everything else is done.
pub type Measured = Box<dyn FnMut() -> Result<(), Failure>>;

/// Connects, warms up and makes the inputs.
pub fn prepare(task: &Task) -> Result<Measured, Failure> {
    match task.name {
        Name::Floor => prepare_for::<Floor>(task),
        Name::Generated => prepare_for::<Generated>(task),
        Name::Kisi => prepare_for::<Kisi>(task),
    }
}

fn prepare_for<C: Contestant>(task: &Task) -> Result<Measured, Failure> {
    let repeat = task.repeat;
    let text = document::settings(task.doors, task.unknown);
    if task.work == Work::Codec {
        let measured = move |times: usize| -> Result<(), Failure> {
            for _ in 0..times {
                let settings: C::Settings = serde_json::from_slice(black_box(text.as_bytes()))?;
                black_box(serde_json::to_vec(&settings)?);
            }
            Ok(())
        };
        measured(task.warm_up)?;
        return Ok(Box::new(move || measured(repeat)));
    }
    // One thread, so that every run does the same.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = Rc::new(C::connect(&task.server)?);
    let inputs = |times: usize| -> Result<Vec<C::Settings>, Failure> {
        match task.work {
            Work::Update | Work::Warned => Ok(vec![serde_json::from_str(&text)?; times]),
            _ => Ok(Vec::new()),
        }
    };
    let work = task.work;
    let measured = move |times: usize, inputs: Vec<C::Settings>| -> Result<(), Failure> {
        let client = Rc::clone(&client);
        runtime.block_on(async move {
            match work {
                Work::Update | Work::Warned => {
                    for settings in inputs {
                        if client.update(settings).await? != (work == Work::Update) {
                            return Err("the server warned, or did not, against what was asked of it".into());
                        }
                    }
                }
                Work::Read => {
                    for _ in 0..times {
                        black_box(client.read().await?);
                    }
                }
                _ => {
                    for _ in 0..times {
                        if client.change().await? != 1 {
                            return Err("one door was changed, and another number was found".into());
                        }
                    }
                }
            }
            Ok(())
        })
    };
    measured(task.warm_up, inputs(task.warm_up)?)?;
    let mut prepared = inputs(repeat)?;
    Ok(Box::new(move || measured(repeat, std::mem::take(&mut prepared))))
}
