//! Colours, where the terminal has them.

use std::io::IsTerminal as _;

/// A colour of the terminal's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Colour {
    Red,
    Green,
    Yellow,
}

/// Whether to paint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(bool);

impl Paint {
    /// Paints what goes to a terminal, unless `NO_COLOR` is set or the terminal is a dumb one.
    pub(crate) fn of_stdout() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Self(std::io::stdout().is_terminal() && !is_set("NO_COLOR") && !is_dumb)
    }

    pub(crate) fn paint(self, colour: Colour, text: &str) -> String {
        let code = match colour {
            Colour::Red => 31,
            Colour::Green => 32,
            Colour::Yellow => 33,
        };
        match self.0 {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    /// Paints each line of a plan by its sign.
    pub(crate) fn plan(self, text: &str) -> String {
        let lines = text.lines().map(|line| match line.trim_start().chars().next() {
            Some('+') => self.paint(Colour::Green, line),
            Some('-') => self.paint(Colour::Red, line),
            Some('~' | '!') => self.paint(Colour::Yellow, line),
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
