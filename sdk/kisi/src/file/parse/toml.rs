use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::super::fault::Faults;
use super::super::tree::{DEPTH, Form, Key, Tree};
use super::{TOO_DEEP, number};

pub(super) fn parse(text: &str) -> Result<Tree, Faults> {
    let document = DeTable::parse(text).map_err(|error| {
        // The parser's own words, which quote nothing of the text.
        let at = error.span().map_or(0, |span| span.start);
        Faults::one(at, format!("this is not TOML: {}", error.message()))
    })?;
    let at = document.span().start;
    Ok(Tree {
        at,
        form: table(document.into_inner(), 0)?,
    })
}

fn tree(value: Spanned<DeValue<'_>>, depth: usize) -> Result<Tree, Faults> {
    let at = value.span().start;
    if depth > DEPTH {
        return Err(Faults::one(at, TOO_DEEP));
    }
    let form = match value.into_inner() {
        DeValue::String(text) => Form::Text(text.into_owned()),
        DeValue::Integer(integer) => number::radix(integer.as_str(), integer.radix()),
        DeValue::Float(float) if float.as_str().ends_with("inf") || float.as_str().ends_with("nan") => {
            Form::Unusable(number::NOT_FINITE)
        }
        DeValue::Float(float) => number::decimal(float.as_str()),
        DeValue::Boolean(value) => Form::Bool(value),
        DeValue::Datetime(_) => Form::Date,
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| tree(item, depth + 1));
            Form::List(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(entries) => table(entries, depth)?,
    };
    Ok(Tree { at, form })
}

fn table(entries: DeTable<'_>, depth: usize) -> Result<Form, Faults> {
    let entries = entries.into_iter().map(|(key, value)| {
        let at = key.span().start;
        let name = key.into_inner().into_owned();
        Ok((Key { at, name }, tree(value, depth + 1)?))
    });
    Ok(Form::Table(entries.collect::<Result<_, Faults>>()?))
}
