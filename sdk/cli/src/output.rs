//! What the program prints. A pipe that was closed takes no more, and nobody is told.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::paint::{Colour, Paint};
use crate::status::Status;

#[derive(Debug)]
pub(crate) struct Output {
    is_json: bool,
    /// What a machine gets, at the end and in one piece.
    document: serde_json::Map<String, Value>,
    pub(crate) paint: Paint,
}

impl Output {
    pub(crate) fn new(is_json: bool) -> Self {
        Self {
            is_json,
            document: serde_json::Map::new(),
            paint: Paint::of_stdout(),
        }
    }

    /// Prints lines that are read, not parsed.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        if !self.is_json {
            self.raw(text);
        }
    }

    /// Prints lines, whoever reads them.
    pub(crate) fn raw(&self, text: impl AsRef<str>) {
        // Where the reader has gone there is nothing to do about it.
        let _ = writeln!(io::stdout().lock(), "{}", text.as_ref());
    }

    /// Prints the last line: what it comes to.
    pub(crate) fn summary(&self, status: Status, text: &str) {
        let colour = match status {
            Status::Done => Colour::Green,
            Status::Pending | Status::Warnings => Colour::Yellow,
            Status::Failed => Colour::Red,
        };
        self.line(self.paint.paint(colour, text));
    }

    /// Adds to what a machine gets.
    pub(crate) fn json(&mut self, name: &str, value: Value) {
        self.document.insert(name.to_owned(), value);
    }

    /// Tells of a failure, with its causes.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        if self.is_json {
            self.json("error", failure.json());
        } else {
            note(&format!("error: {}", failure.chain().join("\n  caused by: ")));
        }
    }

    /// Prints what a machine gets.
    pub(crate) fn finish(&mut self, status: Status) {
        if self.is_json {
            self.json("status", json!(status.code()));
            let document = Value::Object(std::mem::take(&mut self.document));
            self.raw(format!("{document:#}"));
        }
    }
}

/// Says something that is no result, on the standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// How many characters of a server's text are shown.
const LENGTH: usize = 200;

/// A server's text, on one line and not at length: it may hold commands to a terminal.
pub(crate) fn shown(text: &str) -> String {
    let escaped = text.chars().take(LENGTH).flat_map(|one| match one {
        '"' | '\'' | '\\' => vec![one],
        one => one.escape_debug().collect(),
    });
    let cut = if text.chars().nth(LENGTH).is_some() { "…" } else { "" };
    escaped.collect::<String>() + cut
}
