use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use rhombus_kisi::RhombusUuid;

/// The Kisi settings of Rhombus organisations: what a file would change, and changing it; what is wrong; what is there.
///
/// Without `--live` the server is a fake one in this process, and nothing leaves the machine.
///
/// Where the server masks Kisi's key, KISI_API_KEY gives it to `diagnose`, `directory` and `migrate`.
///
/// Exit status: 0 nothing to do, or done; 1 something failed, or a diagnosis found an error; 2 changes are pending; 3 there are
/// warnings. The first of 1, 3 and 2 that applies is returned.
#[derive(Debug, Parser)]
#[command(name = "rhombus-kisi", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
pub(crate) struct Common {
    /// Talk to the real server, with the credentials of RHOMBUS_API_KEY (or RHOMBUS_PROFILE and ~/.rhombus)
    #[arg(long, global = true)]
    pub(crate) live: bool,

    /// Talk to a fake server in this process (the default)
    #[arg(long, global = true, conflicts_with = "live")]
    pub(crate) demo: bool,

    /// Where the fake server keeps its settings from run to run; without it each run begins anew
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "live")]
    pub(crate) demo_state: Option<PathBuf>,

    /// A client organisation of the partner, by id; may be repeated. Without it: those of the file, or the key's own
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) organization: Vec<RhombusUuid>,

    /// How many organisations are worked on at a time
    #[arg(long, global = true, value_name = "N", default_value_t = 4)]
    pub(crate) concurrency: usize,

    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what a settings file would change
    Plan(Desired),
    /// Bring organisations in line with a settings file
    Apply {
        #[command(flatten)]
        desired: Desired,
        #[command(flatten)]
        write: Write,
    },
    /// Look for the reasons why the integration does not work
    Diagnose(Existing),
    /// Show the settings that there are, without their secrets
    Show {
        #[command(flatten)]
        existing: Existing,
        /// By the second version of the API
        #[arg(long)]
        v2: bool,
    },
    /// Show the names and ids of cameras, locations, Kisi's places and doors
    Directory {
        #[command(flatten)]
        existing: Existing,
        /// A partner's client organisations instead
        #[arg(long)]
        clients: bool,
    },
    /// Plan the way from the first version of the settings to the second; with --apply, go it
    Migrate {
        #[command(flatten)]
        existing: Existing,
        /// The place of a door, by Kisi's ids; may be repeated. Without it: as the settings or Kisi have it
        #[arg(long, value_name = "DOOR=PLACE", value_parser = pair)]
        place: Vec<(i32, i32)>,
        /// Write the settings of the second version
        #[arg(long)]
        apply: bool,
        #[command(flatten)]
        write: Write,
    },
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Settings that are desired.
#[derive(Args, Debug)]
pub(crate) struct Desired {
    /// The desired settings, as TOML, JSON or YAML: with ids as in examples/kisi.toml, or with names as in examples/names.toml
    pub(crate) file: PathBuf,

    /// By the second version of the API; the file has to be one with names
    #[arg(long)]
    pub(crate) v2: bool,
}

/// Settings that there are.
#[derive(Args, Debug)]
pub(crate) struct Existing {
    /// A settings file that names the organisations
    pub(crate) file: Option<PathBuf>,
}

/// How settings are written.
#[derive(Args, Debug)]
pub(crate) struct Write {
    /// Write without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Two numbers with `=` between them.
fn pair(text: &str) -> Result<(i32, i32), String> {
    let pair = text
        .split_once('=')
        .and_then(|(door, place)| Some((door.parse().ok()?, place.parse().ok()?)));
    pair.ok_or_else(|| "two numbers are needed, such as 42=7".to_owned())
}
