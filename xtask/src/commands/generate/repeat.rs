//! `--repeat`: which operations may be sent again.

use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;

use crate::api::{Api, Operation, Repeat, matches};
use crate::document::{Document, operations};
use crate::normalise::nearest;
use crate::{Error, Result};

/// One rule of `--repeat`: operations, and whether they may be sent again.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RepeatRule {
    /// An operation id, or method and path, in which `*` is any text.
    pub pattern: String,
    /// What is known of those operations.
    pub operation: Operation,
}

impl FromStr for RepeatRule {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (pattern, class) = text.rsplit_once('=').unwrap_or((text, "read"));
        let operation = match class.trim() {
            "read" => Operation::reading(),
            "safe" => Operation::repeated(Repeat::Safe),
            "if-not-carried-out" => Operation::repeated(Repeat::IfNotCarriedOut),
            "never" => Operation::repeated(Repeat::Never),
            other => {
                return Err(format!(
                    "`{other}` is none of `read`, `safe`, `if-not-carried-out` and `never`"
                ));
            }
        };
        match pattern.trim() {
            "" => Err("an operation id is expected".to_owned()),
            pattern => Ok(Self {
                pattern: pattern.to_owned(),
                operation,
            }),
        }
    }
}

/// Adds the rules to those of a document's API, in place of what these say of the same operations.
///
/// # Errors
/// [`Error::Document`] for a rule that no operation of the document fits.
pub(super) fn add(rules: &[RepeatRule], document: &Document, api: &mut Api) -> Result<()> {
    let names = names(document);
    for rule in rules {
        let fitting: Vec<&String> = names.iter().filter(|name| matches(&rule.pattern, name)).collect();
        if fitting.is_empty() {
            let message = format!(
                "no operation fits --repeat `{}`{}",
                rule.pattern,
                nearest(&rule.pattern, &names)
            );
            return Err(document.error("/paths", message));
        }
        let fitting = fitting.into_iter().map(|name| (name.clone(), rule.operation.clone()));
        api.operations.extend(fitting);
    }
    Ok(())
}

/// Returns a line for each operation of the rules that the document does not have.
pub(super) fn unknown(api: &Api, file: &Path, document: &Document) -> Vec<String> {
    let names = names(document);
    let unknown = api
        .operations
        .keys()
        .filter(|pattern| !names.iter().any(|name| matches(pattern, name)));
    let line = |pattern: &String| {
        let message = format!("the document has no operation `{pattern}`{}", nearest(pattern, &names));
        Error::document(file, format!("/operations/{pattern}"), message).to_string()
    };
    unknown.map(line).collect()
}

/// The ids of a document's operations; method and path of one without an id.
fn names(document: &Document) -> BTreeSet<String> {
    let located = operations(&document.root).into_iter();
    located
        .map(|located| located.id.map_or_else(|| located.route(), str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{RepeatRule, add, unknown};
    use crate::api::{Api, Operation, Repeat};
    use crate::document::Document;

    fn document() -> Document {
        let text =
            "openapi: 3.0.3\npaths: { /a: { get: { operationId: getA }, post: { operationId: openA }, put: {} } }";
        Document::parse("a.yaml", text).unwrap()
    }

    fn rule(text: &str) -> RepeatRule {
        text.parse().unwrap()
    }

    #[test]
    fn a_rule_is_an_operation_and_its_class() {
        for (text, pattern, operation) in [
            ("getA", "getA", Operation::reading()),
            ("get*=read", "get*", Operation::reading()),
            ("openA=safe", "openA", Operation::repeated(Repeat::Safe)),
            ("openA = never", "openA", Operation::repeated(Repeat::Never)),
            (
                "PUT /a=if-not-carried-out",
                "PUT /a",
                Operation::repeated(Repeat::IfNotCarriedOut),
            ),
        ] {
            assert_eq!(
                rule(text),
                RepeatRule {
                    pattern: pattern.to_owned(),
                    operation
                },
                "{text}"
            );
        }
        for text in ["", "=safe", "getA=often", "getA="] {
            assert!(text.parse::<RepeatRule>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_rule_of_an_operation_counts() {
        let mut api = Api::parse(
            "api.toml".as_ref(),
            "[operations]\ngetA = { repeat = 'never' }\nopenB = {}",
        )
        .unwrap();
        let rules = ["*=if-not-carried-out", "get*", "PUT /a=safe"].map(rule);
        add(&rules, &document(), &mut api).unwrap();
        let repeat = |id: &str, route: &str| api.operation(id, route).repeat();
        assert!(api.operation("getA", "GET /a").read);
        assert_eq!(repeat("openA", "POST /a"), Repeat::IfNotCarriedOut);
        assert_eq!(repeat("put_a", "PUT /a"), Repeat::Safe);
        let unknown = unknown(&api, "api.toml".as_ref(), &document());
        assert_eq!(
            unknown,
            ["api.toml#/operations/openB: the document has no operation `openB`; near it are \"openA\""]
        );
        let error = add(&[rule("getB")], &document(), &mut api).unwrap_err().to_string();
        assert!(
            error.starts_with("a.yaml#/paths: no operation fits --repeat `getB`; near it are \"getA\""),
            "{error}"
        );
    }
}
