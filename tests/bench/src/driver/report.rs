//! The table.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};

use super::goals::{Against, Goal};
use super::machine::Machine;

/// What was measured of the three contestants.
#[derive(Clone, Debug)]
pub struct Row {
    what: String,
    unit: &'static str,
    values: [Option<f64>; 3],
    goal: Option<Goal>,
}

impl Row {
    /// The floor's value, the generated client's and the SDK's.
    pub fn new(what: impl Into<String>, unit: &'static str, values: [f64; 3]) -> Self {
        Self {
            what: what.into(),
            unit,
            values: values.map(Some),
            goal: None,
        }
    }

    /// A value that the generated client alone has not.
    pub fn of_two(what: impl Into<String>, unit: &'static str, floor: f64, sdk: f64) -> Self {
        Self {
            what: what.into(),
            unit,
            values: [Some(floor), None, Some(sdk)],
            goal: None,
        }
    }

    /// A value that only the SDK has.
    pub fn of_sdk(what: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self {
            what: what.into(),
            unit,
            values: [None, None, Some(value)],
            goal: None,
        }
    }

    /// A row that is held against a goal.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self
    }

    fn ratio(&self) -> Option<f64> {
        let [Some(floor), _, Some(sdk)] = self.values else {
            return None;
        };
        Some(sdk / floor)
    }

    /// The goal's text, and whether it is met.
    fn verdict(&self) -> Option<(String, bool)> {
        let (against, limit) = self.goal?.limit();
        let sdk = self.values[2]?;
        Some(match against {
            Against::Ratio => (format!("≤ {limit:.2} ×"), self.ratio()? <= limit),
            Against::Difference => (format!("≤ {limit} more"), sdk - self.values[0]? <= limit),
            Against::Value => (format!("≤ {limit}"), sdk <= limit),
        })
    }
}

/// All that was measured.
pub struct Report {
    machine: Machine,
    sections: Vec<(String, String, Vec<Row>)>,
}

impl Report {
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            sections: Vec::new(),
        }
    }

    /// Adds a section: its title, how it was measured, its rows.
    pub fn add(&mut self, title: &str, how: &str, rows: Vec<Row>) {
        self.sections.push((title.to_owned(), how.to_owned(), rows));
    }

    /// The report as Markdown that also reads well on a screen.
    pub fn finish(self) -> String {
        let mut text = String::from("# What the SDK costs\n\n");
        text.push_str("Written by `cargo xtask bench`. Every ratio is of two values of this one run.\n\n");
        text.push_str(&self.machine.describe());
        let rows = || self.sections.iter().flat_map(|(_, _, rows)| rows);
        let verdicts: Vec<_> = rows().filter_map(|row| Some((row, row.verdict()?.1))).collect();
        let met = verdicts.iter().filter(|(_, met)| *met).count();
        let _ = writeln!(text, "\n{met} of {} goals are met.", verdicts.len());
        for (row, _) in verdicts.iter().filter(|(_, met)| !met) {
            let _ = writeln!(text, "- Not met: {}.", row.what);
        }
        text.push('\n');
        text.push_str(include_str!("contestants.md"));
        for (title, how, rows) in &self.sections {
            let _ = write!(text, "\n## {title}\n\n{how}\n\n{}\n", table(rows));
        }
        text.push('\n');
        text.push_str(include_str!("../../NOTES.md"));
        text
    }
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header([
        "what",
        "unit",
        "floor",
        "generated",
        "rhombus-kisi",
        "÷ floor",
        "goal",
        "met",
    ]);
    for row in rows {
        let [floor, generated, sdk] = row.values.map(|value| value.map(number).unwrap_or_default());
        let ratio = row.ratio().map(|ratio| format!("{ratio:.3}")).unwrap_or_default();
        let (goal, met) = row
            .verdict()
            .map(|(goal, met)| (goal, if met { "yes" } else { "**no**" }))
            .unwrap_or_default();
        table.add_row([&row.what, row.unit, &floor, &generated, &sdk, &ratio, &goal, met]);
    }
    for column in 2..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Four digits, and the thousands apart.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 1000.0 || size.fract() == 0.0 => 0,
        size if size >= 10.0 => 1,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.find('.').map_or((text.as_str(), ""), |dot| text.split_at(dot));
    let mut grouped = String::new();
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::{Goal, Row, number};

    #[test]
    fn numbers_are_grouped() {
        for (value, text) in [
            (1_234_567.8, "1,234,568"),
            (999.9, "999.9"),
            (12.34, "12.3"),
            (0.5, "0.500"),
            (7.0, "7"),
            (-1234.0, "-1,234"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_goal_is_met_up_to_its_limit() {
        let met = |sdk: f64, goal| {
            Row::new("", "", [100.0, 0.0, sdk])
                .goal(goal)
                .verdict()
                .map(|verdict| verdict.1)
        };
        assert_eq!(met(102.0, Goal::Call), Some(true));
        assert_eq!(met(102.1, Goal::Call), Some(false));
        assert_eq!(met(112.0, Goal::Crates), Some(true));
        assert_eq!(met(113.0, Goal::Crates), Some(false));
        assert_eq!(met(f64::NAN, Goal::Call), Some(false));
    }
}
