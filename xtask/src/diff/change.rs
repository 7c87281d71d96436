use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::rules::{Class, Rule};

/// Which way a part of the API travels.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Direction {
    /// From the client to the server.
    Request,
    /// From the server to the client.
    Response,
}

impl Direction {
    /// As reports show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// One change between two documents.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What it means for those who use the SDK.
    pub class: Class,
    /// The rule's name in the table.
    pub rule: &'static str,
    /// Which way it travels; none for what concerns the operation or the document as a whole.
    pub direction: Option<Direction>,
    /// The JSON pointer (RFC 6901) in the new document, or in the old one of what is gone.
    pub pointer: String,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What changed, in words.
    pub message: String,
}

impl Change {
    pub(super) fn new(rule: Rule, direction: Option<Direction>, pointer: &str, message: impl Into<String>) -> Self {
        let row = rule.row();
        Self {
            class: if direction == Some(Direction::Response) {
                row.response
            } else {
                row.request
            },
            rule: row.name,
            direction,
            pointer: pointer.to_owned(),
            before: None,
            after: None,
            message: message.into(),
        }
    }

    /// With the values before and after, which the message names too.
    pub(super) fn with(mut self, before: Option<Value>, after: Option<Value>) -> Self {
        self.before = before;
        self.after = after;
        self
    }
}

/// `class  direction  rule: message, at #/pointer`, the first three in columns.
impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            class,
            rule,
            pointer,
            message,
            ..
        } = self;
        let direction = self.direction.map_or("-", Direction::name);
        write!(
            formatter,
            "{class:<13}  {direction:<8}  {rule}: {message}\n  #{pointer}"
        )
    }
}
