use rhombus_kisi::{Plan, Settings};

use super::plan::show;
use super::write::write;
use crate::arguments::Write;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::status::Status;

/// Brings the organisations in line with the file.
pub(super) async fn run<S: Settings>(
    session: &Session,
    plans: Vec<Result<Plan<S>, Failure>>,
    how: &Write,
    output: &mut Output,
) -> Result<Status, Failure> {
    show(session.targets(), &plans, output);
    write(session, plans, how, output).await
}
