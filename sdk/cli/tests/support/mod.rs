//! Running the program: in a terminal, in a pipe, and in one that nobody reads.

mod home;
mod terminal;

use std::process::{Command, Output, Stdio};

pub(crate) use home::Home;
pub(crate) use terminal::{COLUMNS, Terminal};

/// How a run ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: u32,
    /// The standard output; in a terminal, both.
    pub(crate) text: String,
    pub(crate) errors: String,
}

impl Run {
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.text, self.errors)
    }

    /// What was printed, without the commands to the terminal.
    pub(crate) fn plain(&self) -> String {
        let mut plain = String::new();
        let mut characters = self.text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\u{1b}' => drop(characters.by_ref().skip(1).find(char::is_ascii_alphabetic)),
                '\r' => {}
                character => plain.push(character),
            }
        }
        plain
    }

    /// The lines of tables: between the first line that is drawn and the last of the same length.
    pub(crate) fn tables(&self) -> impl Iterator<Item = String> {
        let plain = self.plain();
        let is_rule = |line: &str| line.chars().count() > 1 && line.chars().all(|one| matches!(one, '─' | '═'));
        let lines: Vec<String> = plain.lines().map(str::to_owned).collect();
        let is_in_table = |at: usize| {
            let near = |lines: &[String]| lines.iter().any(|line| is_rule(line));
            lines.get(at).is_some_and(|line| is_rule(line) || line.starts_with(' '))
                && lines.get(..=at).is_some_and(near)
                && lines.get(at..).is_some_and(near)
        };
        let all: Vec<String> = (0..lines.len())
            .filter(|at| is_in_table(*at))
            .map(|at| lines[at].clone())
            .collect();
        let has_rules = all.iter().any(|line| is_rule(line));
        all.into_iter()
            .filter(move |line| has_rules && (is_rule(line) || line.ends_with(' ')))
    }
}

/// The file that the README names, in a copy whose path does not depend on where the tests run.
pub(crate) fn file() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/kisi.toml").to_owned()
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_rhombus-kisi");

fn command(arguments: &[&str], home: &Home) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env_clear()
        .envs(home.variables())
        .current_dir(home.folder());
    command.stdin(Stdio::null());
    command
}

/// Runs the program in a pipe.
pub(crate) fn pipe(arguments: &[&str], home: &Home) -> Run {
    run(command(arguments, home).output().unwrap())
}

/// Runs the program in a pipe whose other end is closed.
pub(crate) fn closed_pipe(arguments: &[&str], home: &Home) -> Run {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = command(arguments, home)
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    run(child.wait_with_output().unwrap())
}

fn run(output: Output) -> Run {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run {
        status: output
            .status
            .code()
            .and_then(|code| u32::try_from(code).ok())
            .unwrap_or(u32::MAX),
        text: text(output.stdout),
        errors: text(output.stderr),
    }
}
