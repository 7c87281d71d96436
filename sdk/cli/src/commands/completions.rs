use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::output::Output;
use crate::status::Status;

/// Prints a completion script.
pub(super) fn run(shell: Shell, output: &Output) -> Status {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "rhombus-kisi", &mut script);
    output.raw(String::from_utf8_lossy(&script).trim_end());
    Status::Done
}
