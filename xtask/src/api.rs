//! `spec/api.toml`: the rules of one vendor's API, which its document does not state.
//!
//! No other module knows them. A document without such a file is taken as OpenAPI has it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::{Error, Result};

/// The rules of an API. By default there are none.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// What has to be known of operations, by operation id; those of the SDK are the operations that it has.
    ///
    /// For a crate of its own a key may be a pattern, in which `*` is any text, and method and path (`GET /doors`) name an
    /// operation without an id.
    pub operations: BTreeMap<String, Operation>,
    /// What the transport adds to every request.
    pub auth: Auth,
    /// What requests hold where the document describes none.
    pub body: Body,
    /// The properties of a response that say how the call went.
    pub response: Roles,
    /// Which strings are ids.
    pub ids: Ids,
    /// From a schema's name to a type's.
    pub names: Names,
    /// Unions that a property tells apart.
    pub unions: Unions,
    /// The settings.
    pub settings: Settings,
    /// Which numbers are durations.
    pub units: Units,
}

/// What has to be known of an operation.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Operation {
    /// Whether the request may be sent again, if it does not only read.
    repeat: Repeat,
    /// Whether it only reads; then it may always be sent again.
    pub read: bool,
    /// The wrapper's methods that need the operation.
    pub methods: Vec<String>,
    /// By a property of the response, `a/b` in another one: the properties that its objects have typed fields for. An import leaves
    /// out the others, which then are unknown properties like those of later releases. A crate of its own has all of them.
    pub keep: BTreeMap<String, Vec<String>>,
}

impl Operation {
    /// One that only reads.
    pub fn reading() -> Self {
        Self {
            read: true,
            ..Self::default()
        }
    }

    /// One whose request may be sent again by this rule.
    pub fn repeated(repeat: Repeat) -> Self {
        Self {
            repeat,
            ..Self::default()
        }
    }

    /// Whether the request may be sent again.
    pub fn repeat(&self) -> Repeat {
        if self.read { Repeat::Safe } else { self.repeat }
    }
}

/// Whether a request may be sent again; `rhombus_kisi_runtime::Repeat` says what each means.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Sending it twice is as good as once.
    Safe,
    /// Only if it certainly was not carried out.
    #[default]
    IfNotCarriedOut,
    /// Never: it is tried once, now.
    Never,
}

/// What the transport adds to every request.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// The names of the headers, in lower case; `*` is any text.
    pub headers: Vec<String>,
}

impl Auth {
    /// Whether the transport sends the header, so that no method takes it.
    pub fn sends(&self, header: &str) -> bool {
        let header = header.to_ascii_lowercase();
        self.headers
            .iter()
            .any(|pattern| matches(&pattern.to_ascii_lowercase(), &header))
    }
}

/// What requests hold where the document describes none.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Body {
    /// What a POST without a described body sends.
    pub empty: Empty,
}

/// What a POST without a described body sends.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Empty {
    /// Nothing; and a body that the document does not require can be left out.
    #[default]
    None,
    /// The JSON object `{}`; and no body can be left out.
    Json,
}

/// The properties of a response that say how the call went, by their names on the wire.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Roles {
    /// A boolean: the server rejected the request.
    pub error: Option<String>,
    /// A text: why.
    pub message: Option<String>,
    /// A boolean: the integrated system rejected its credential.
    pub integration_auth: Option<String>,
    /// A text: a caveat of a request that was carried out.
    pub warning: Option<String>,
    /// A list of texts: what was not carried out.
    pub failed_ids: Option<String>,
    /// A list of texts: what is there more than once.
    pub misconfigured: Option<String>,
}

/// Which strings are ids.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Ids {
    /// The format that says so.
    pub format: Option<String>,
    /// Names of properties that say so where no format does; `*` is any text.
    pub names: Vec<String>,
}

impl Ids {
    /// Whether a property of this name holds ids.
    pub fn named(&self, property: &str) -> bool {
        self.names.iter().any(|pattern| matches(pattern, property))
    }
}

/// From a schema's name to a type's.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// What separates a module's name from the schema's.
    pub module: Option<String>,
    /// The first word of an interface's name.
    pub interface: Option<String>,
    /// Endings, and what each becomes.
    pub endings: Vec<(String, String)>,
}

/// Unions that a property tells apart.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Unions {
    /// Words that do not count where a type's name is matched with a value.
    pub words: Vec<String>,
    /// By the property: the values that have types. Where a property is not listed, all have.
    pub keep: BTreeMap<String, Vec<String>>,
}

/// The settings.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The schemas that users edit, the one of the settings file first.
    pub roots: Vec<String>,
    /// The title of the JSON Schema of a file of settings.
    pub title: String,
    /// The title of the JSON Schema of a file that names organisations.
    pub file_title: String,
    /// The title of the JSON Schema of a file with names in the place of ids.
    pub named_title: String,
    /// Names in the place of ids.
    pub by_name: ByName,
}

/// What goes by names in a file that has them in the place of ids.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ByName {
    /// What a property is called there, whose ids become names: the keys of a map, the items of a list, or the value.
    pub called: BTreeMap<String, String>,
    /// The properties that have no form with names.
    pub without: Vec<String>,
}

/// Which numbers are durations, by the names of their properties; `*` is any text. `x-unit` in an overlay goes before.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Units {
    /// In s.
    pub s: Vec<String>,
    /// In ms.
    pub ms: Vec<String>,
    /// None of them: points in time.
    pub instants: Vec<String>,
}

/// The unit of a duration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// s
    Seconds,
    /// ms
    Milliseconds,
}

impl Units {
    /// The unit of a property of this name, where it is a duration.
    pub fn of(&self, property: &str) -> Option<Unit> {
        let named = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, property));
        match () {
            () if named(&self.instants) => None,
            () if named(&self.s) => Some(Unit::Seconds),
            () if named(&self.ms) => Some(Unit::Milliseconds),
            () => None,
        }
    }
}

impl Api {
    /// What there is to know of an operation, by its id, or by method and path: the entry of this name, else that of the longest
    /// pattern.
    pub fn operation(&self, id: &str, route: &str) -> Operation {
        let exact = self.operations.get(id).or_else(|| self.operations.get(route));
        let fits = |pattern: &String| matches(pattern, id) || matches(pattern, route);
        let by_pattern = || {
            let fitting = self
                .operations
                .iter()
                .filter(|(pattern, _)| pattern.contains('*') && fits(pattern));
            fitting
                .max_by_key(|(pattern, _)| pattern.len())
                .map(|(_, operation)| operation)
        };
        exact.or_else(by_pattern).cloned().unwrap_or_default()
    }

    /// Reads the text of the file `file`.
    ///
    /// # Errors
    /// [`Error::Syntax`] with line and column for what is not TOML, an unknown key or an unknown value.
    pub fn parse(file: &Path, text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| Error::Syntax {
            file: file.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, else as [`Api::parse`].
    pub fn load(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).map_err(|source| Error::Io {
            file: file.to_owned(),
            action: "read it",
            source,
        })?;
        Self::parse(file, &text)
    }
}

/// Whether a name fits a pattern, in which `*` matches any text.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let Some((front, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(front) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let back = parts.pop().unwrap_or_default();
    for part in parts {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(back)
}

#[cfg(test)]
mod tests {
    use super::{Api, Operation, Repeat, matches};

    #[test]
    fn a_star_is_any_text() {
        for (pattern, name) in [
            ("*Uuid", "orgUuid"),
            ("x-*", "x-"),
            ("a*b*c", "a1b2b3c"),
            ("*", ""),
            ("a", "a"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*Uuid", "uuid"), ("a*a", "a"), ("a*b*c", "acb"), ("a", "ab")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn an_operation_goes_by_its_name_or_the_longest_pattern() {
        let text = "[operations]\n'get*' = { read = true }\n'getAnd*' = { repeat = 'safe' }\n'getAndPop' = {}\n'GET /a' = { repeat = 'never' }";
        let api = Api::parse("api.toml".as_ref(), text).unwrap();
        for (id, route, operation) in [
            ("getDoor", "POST /b", Operation::reading()),
            ("getAndSet", "POST /b", Operation::repeated(Repeat::Safe)),
            ("getAndPop", "POST /b", Operation::default()),
            ("open", "GET /a", Operation::repeated(Repeat::Never)),
            ("open", "POST /b", Operation::default()),
        ] {
            assert_eq!(api.operation(id, route), operation, "{id}");
        }
    }

    #[test]
    fn without_rules_there_are_none() {
        let api = Api::parse("api.toml".as_ref(), "").unwrap();
        assert_eq!(api, Api::default());
        assert!(!api.auth.sends("x-auth-apikey") && !api.ids.named("orgUuid"));
        let error = Api::parse("api.toml".as_ref(), "[response]\nerro = \"error\"").unwrap_err();
        assert!(error.to_string().contains("unknown field `erro`"), "{error}");
    }
}
