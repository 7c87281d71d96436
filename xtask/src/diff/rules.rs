//! The one table of what counts as what.
//!
//! It is about this SDK: every generated struct is `#[non_exhaustive]` and keeps the properties that it does not
//! know, every property may be absent or null in the types, and every enum and union takes values that it does not
//! know. So what a response gains, breaks nobody; what it loses, or calls otherwise, is gone from the types. In a
//! request it counts, too, whether the server still takes what was right to send before.

use std::fmt;

use serde::Serialize;

/// What a change means for those who use the SDK.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// Nothing but words.
    Documentation,
    /// More can be done; what was done can still be done.
    Additive,
    /// Code, or a call, that was right need no longer be.
    Breaking,
}

impl Class {
    /// As reports show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

macro_rules! rules {
    ($($rule:ident $name:literal: $request:ident $response:ident, $why:literal;)*) => {
        /// A kind of change.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        #[expect(missing_docs, reason = "`Row::why` says what each is")]
        pub enum Rule { $($rule,)* }

        /// The table, a row for each rule.
        pub const RULES: &[Row] = &[$(Row {
            rule: Rule::$rule,
            name: $name,
            request: Class::$request,
            response: Class::$response,
            why: $why,
        },)*];

        impl Rule {
            /// Its row in the table.
            pub const fn row(self) -> &'static Row {
                &RULES[self as usize]
            }
        }
    };
}

rules! {
    OperationAdded "operation-added": Additive Additive, "a new method";
    OperationRemoved "operation-removed": Breaking Breaking, "a method is gone";
    OperationRenamed "operation-renamed": Breaking Breaking, "same path and method, another operation id: the method's name changes";
    OperationMoved "operation-moved": Breaking Breaking, "same operation id, another path or method: released clients call what is gone";
    OperationDeprecated "operation-deprecated": Additive Additive, "using it becomes a compiler warning";
    OperationUndeprecated "operation-undeprecated": Additive Additive, "the compiler warning goes";
    NameChanged "name-changed": Breaking Breaking, "a sibling takes the Rust name, or gives it back: code that uses it means something else";
    SignatureChanged "signature-changed": Breaking Breaking, "the method has other arguments, or another return type";
    SecurityChanged "security-changed": Breaking Breaking, "another credential, or another place for it";
    ServersChanged "servers-changed": Additive Additive, "another list of hosts; the SDK has its own regions";
    RequiredParameterAdded "required-parameter-added": Breaking Breaking, "calls without it are rejected";
    ParameterAdded "parameter-added": Additive Additive, "calls without it are taken as before; the method's new argument is `signature-changed`";
    ParameterRemoved "parameter-removed": Breaking Breaking, "an argument is gone";
    ParameterChanged "parameter-style-changed": Breaking Breaking, "written another way on the wire";
    TransportParameterChanged "transport-parameter-changed": Documentation Documentation, "the SDK sends the x-auth-… headers itself, whatever the document says of them";
    BodyAdded "body-added": Additive Additive, "calls without it are taken as before; the method's new argument is `signature-changed`";
    RequiredBodyAdded "required-body-added": Breaking Breaking, "calls without a body are rejected";
    BodyRemoved "body-removed": Breaking Breaking, "an argument is gone";
    BecameRequired "became-required": Breaking Additive, "a request without it is rejected; in a response it may still be absent in the types";
    BecameOptional "became-optional": Additive Additive, "it may be left out; the types allow for its absence in any case";
    ContentTypeAdded "content-type-added": Additive Additive, "one more form of a body";
    ContentTypeRemoved "content-type-removed": Breaking Breaking, "a form of a body is gone";
    SuccessAdded "success-status-added": Breaking Breaking, "the method's return type changes";
    SuccessRemoved "success-status-removed": Breaking Breaking, "the method's return type changes";
    FailureAdded "failure-status-added": Additive Additive, "a failure is an `Error`, declared or not; one with a type is one more variant";
    FailureRemoved "failure-status-removed": Additive Additive, "a failure is an `Error`, declared or not; its type is `error-type-removed`";
    ErrorTypeRemoved "error-type-removed": Breaking Breaking, "a variant of the operation's errors is gone, or all of them are";
    HeaderAdded "header-added": Additive Additive, "one more response header";
    HeaderRemoved "header-removed": Breaking Breaking, "a response header is gone";
    PropertyAdded "property-added": Additive Additive, "a new optional field of a non-exhaustive struct";
    RequiredPropertyAdded "required-property-added": Breaking Additive, "requests without it are rejected; in a response it is one more field";
    PropertyRemoved "property-removed": Breaking Breaking, "a field is gone";
    BecameNullable "became-nullable": Additive Additive, "the types allow null in any case";
    BecameNonNullable "became-non-nullable": Breaking Additive, "a request with null is rejected; in a response null just does not come";
    TypeChanged "type-changed": Breaking Breaking, "another Rust type";
    FormatChanged "format-changed": Breaking Breaking, "another Rust type, or another form of a text";
    TypeRenamed "type-renamed": Breaking Breaking, "a schema has another name, and so has its Rust type";
    EnumAdded "enum-added": Breaking Breaking, "a text becomes an enum: another Rust type";
    EnumRemoved "enum-removed": Breaking Breaking, "an enum becomes a text: another Rust type";
    EnumValueAdded "enum-value-added": Additive Additive, "a new variant of a non-exhaustive enum, which has kept unknown values all along";
    EnumValueRemoved "enum-value-removed": Breaking Breaking, "a variant is gone";
    VariantAdded "union-variant-added": Additive Additive, "a new variant of a non-exhaustive union, which has kept unknown ones all along";
    VariantRemoved "union-variant-removed": Breaking Breaking, "a variant is gone";
    DiscriminatorChanged "discriminator-changed": Breaking Breaking, "another property, or other values, tell the variants apart";
    FurtherPropertiesChanged "additional-properties-changed": Breaking Breaking, "an object becomes a map, or a map an object";
    ConstraintTightened "constraint-tightened": Breaking Additive, "what was right to send may be rejected; the types do not check it";
    ConstraintLoosened "constraint-loosened": Additive Additive, "more may be sent; the types do not check it";
    DefaultChanged "default-changed": Additive Additive, "leaving it out means something else";
    AccessChanged "access-changed": Additive Additive, "`readOnly` or `writeOnly`, which the types do not tell apart";
    PropertyDeprecated "schema-deprecated": Additive Additive, "deprecated, or no longer";
    ProseChanged "prose-changed": Documentation Documentation, "description, summary, title, example or tags";
    VersionChanged "version-changed": Documentation Documentation, "the number that the document gives itself";
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row {
    /// The rule.
    pub rule: Rule,
    /// Its name in reports.
    pub name: &'static str,
    /// What it counts as in a request, and where there is no direction.
    pub request: Class,
    /// What it counts as in a response.
    pub response: Class,
    /// What the change is, or does.
    pub why: &'static str,
}

/// The table as Markdown, for the documentation.
pub fn table() -> String {
    let header = ["change", "in a request", "in a response", "because"].map(str::to_owned);
    let rows = RULES.iter().map(|row| {
        let name = format!("`{}`", row.name);
        [
            name,
            row.request.to_string(),
            row.response.to_string(),
            row.why.to_owned(),
        ]
    });
    let mut text = String::new();
    for (number, row) in std::iter::once(header).chain(rows).enumerate() {
        text += &format!("| {} |\n", row.join(" | "));
        if number == 0 {
            text += "| --- | --- | --- | --- |\n";
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_in_its_own_row_and_names_are_unique() {
        for row in RULES {
            assert_eq!(row.rule.row().name, row.name);
        }
        let mut names: Vec<_> = RULES.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
    }

    #[test]
    fn nothing_that_is_breaking_in_a_response_is_less_in_a_request() {
        for row in RULES {
            assert!(row.request >= row.response, "{}", row.name);
        }
    }
}
