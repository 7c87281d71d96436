//! `rhombus-kisi`: the Kisi settings of Rhombus organisations, from the command line.

mod arguments;
mod commands;
mod demo;
mod failure;
mod many;
mod output;
mod paint;
mod question;
mod session;
mod status;
mod stop;
mod table;
mod wanted;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::output::Output;
use crate::status::Status;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A pipe that is closed is no reason to say anything.
            let _ = error.print();
            let status = if error.use_stderr() {
                Status::Failed
            } else {
                Status::Done
            };
            return status.into();
        }
    };
    let mut output = Output::new(arguments.common.json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(&arguments, &mut output)),
        Err(error) => Err(error.into()),
    };
    let status = done.unwrap_or_else(|failure| {
        output.failure(&failure);
        Status::Failed
    });
    output.finish(status);
    status.into()
}
