use rhombus_kisi::file::SettingsFile;

use super::plan::{plans, show};
use super::write::write;
use crate::arguments::Write;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::status::Status;

/// Brings the organisations in line with the file.
pub(super) async fn run(
    session: &Session,
    file: &SettingsFile,
    how: &Write,
    output: &mut Output,
) -> Result<Status, Failure> {
    let plans = plans(session, file).await;
    show(session.targets(), &plans, output);
    write(session, plans, how, output).await
}
