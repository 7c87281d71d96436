//! Tables that fit the terminal.

use comfy_table::{ContentArrangement, Table, presets};
use console::Term;

/// The narrowest table: what is narrower is no help to anybody.
const NARROWEST: u16 = 40;

/// Returns a table as wide as the terminal at most; in a pipe, as wide as it needs to be.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_header(header);
    let term = Term::stdout();
    if let Some((_, columns)) = term.is_term().then(|| term.size_checked()).flatten() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(columns.max(NARROWEST));
    }
    table.add_rows(rows);
    table.to_string()
}

/// A count with its noun.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
