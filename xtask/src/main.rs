//! `cargo xtask`: the build tasks of this workspace. `cargo xtask --help` lists them.

use std::process::ExitCode;

use clap::Parser;

/// Most of the time of a generation went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Not clap's own 2, which `diff` gives for breaking changes.
const WRONG_ARGUMENTS: u8 = 3;

fn main() -> ExitCode {
    match xtask::commands::Command::try_parse() {
        Ok(command) => command.run(),
        Err(message) => {
            // Where not even that can be printed, the status has to do.
            let _ = message.print();
            if message.use_stderr() {
                ExitCode::from(WRONG_ARGUMENTS)
            } else {
                ExitCode::SUCCESS
            }
        }
    }
}
