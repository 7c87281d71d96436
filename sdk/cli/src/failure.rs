use std::error::Error;
use std::io;
use std::path::PathBuf;

use rhombus_kisi::file::FileError;
use rhombus_kisi_fake::StartError;
use serde_json::{Value, json};

/// Why a command, or its work for one organisation, failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A call failed, or the client could not be built.
    #[error(transparent)]
    Call(#[from] rhombus_kisi::Error),
    /// The settings file is wrong.
    #[error(transparent)]
    File(#[from] FileError),
    /// The fake server does not start.
    #[error("the fake server does not start")]
    Demo(#[from] StartError),
    /// The fake server's settings cannot be read or written.
    #[error("the fake server's settings in {path} cannot be used; remove the file, or name another with --demo-state")]
    State {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The machine lacks something.
    #[error("the program cannot run")]
    Io(#[from] io::Error),
    /// The file has the form of the first version of the API.
    #[error(
        "a file with ids is of the first version of the API; for --v2 write one with names (`places`, `doors`, `cameras`)"
    )]
    OtherVersion,
    /// There is nobody to ask.
    #[error("there is no terminal to ask on; give --yes to write without a question. Nothing was written")]
    NoTerminal,
    /// The user stopped the program before this began.
    #[error("interrupted before it was begun; nothing was written")]
    Interrupted,
}

impl Failure {
    /// The message, and those of its causes. A cause that repeats what was said is left out.
    pub(crate) fn chain(&self) -> Vec<String> {
        let mut chain = vec![self.to_string()];
        let mut at: Option<&dyn Error> = self.source();
        while let Some(cause) = at {
            let text = cause.to_string();
            if chain.last().is_some_and(|last| *last != text) {
                chain.push(text);
            }
            at = cause.source();
        }
        chain
    }

    pub(crate) fn json(&self) -> Value {
        let chain = self.chain();
        let (message, causes) = chain.split_first().map_or(("", &[][..]), |(first, rest)| (first, rest));
        json!({ "message": message, "causes": causes })
    }
}
