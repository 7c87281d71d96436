//! `cargo xtask`: the build tasks of this workspace. `cargo xtask --help` lists them.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    xtask::commands::Command::parse().run()
}
