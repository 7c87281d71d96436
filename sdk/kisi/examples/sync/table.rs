//! How it went, a line an organisation.

use comfy_table::{Table, presets};

use crate::work::Row;

pub(crate) fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_header(["organisation", "changes", "warnings", "result"]);
    for row in rows {
        let (changes, warnings) = match &row.plan {
            Ok(plan) => (plan.changes().len().to_string(), plan.warnings().len().to_string()),
            Err(_) => (String::new(), String::new()),
        };
        table.add_row([row.name.clone(), changes, warnings, result(row)]);
    }
    table
}

fn result(row: &Row) -> String {
    match (&row.plan, &row.applied) {
        (Err(error), _) | (_, Some(Err(error))) => error.to_string(),
        (Ok(plan), _) if plan.is_empty() => "up to date".to_owned(),
        (_, None) => "not applied".to_owned(),
        (_, Some(Ok(applied))) => match &applied.outcome {
            Some(outcome) => outcome.to_string(),
            None => "up to date".to_owned(),
        },
    }
}
