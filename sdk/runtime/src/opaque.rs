//! Responses without a type of their own, of an API whose rules say which properties make a refusal.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{Error, Refusal, Request, Respond, Transport, call};

/// The names of the properties by which a 200 response says that it is a refusal. Generated crates implement it from the
/// rules of their API, where it has such rules.
pub trait Refusals {
    /// A boolean: the server rejected the request.
    const ERROR: Option<&'static str>;
    /// A text: why.
    const MESSAGE: Option<&'static str>;
    /// A boolean: the integrated system rejected its credential.
    const INTEGRATION_AUTH: Option<&'static str>;
}

/// A response without a type of its own, and the rules that tell whether it is a refusal.
struct Opaque<R> {
    value: Value,
    rules: PhantomData<R>,
}

impl<'de, R> Deserialize<'de> for Opaque<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            value: Value::deserialize(deserializer)?,
            rules: PhantomData,
        })
    }
}

impl<R: Refusals> Respond for Opaque<R> {
    fn refusal(&self) -> Option<Refusal<'_>> {
        let property = |name: Option<&str>| self.value.get(name?);
        let flag = |name| property(name).and_then(Value::as_bool).unwrap_or(false);
        let message = property(R::MESSAGE).and_then(Value::as_str);
        Refusal::from_fields(flag(R::ERROR), flag(R::INTEGRATION_AUTH), message)
    }
}

/// Sends a request and returns the JSON response, which has no type of its own. Generated methods call it where the rules
/// of their API say what makes a refusal; else they call [`call`].
///
/// # Errors
/// As [`call`].
pub async fn call_opaque<R: Refusals>(transport: &dyn Transport, request: Request) -> Result<Value, Error> {
    let response: Opaque<R> = call(transport, request).await?;
    Ok(response.value)
}

#[cfg(test)]
mod tests {
    use super::{Opaque, Refusals};
    use crate::Respond as _;

    enum Rules {}

    impl Refusals for Rules {
        const ERROR: Option<&'static str> = Some("failed");
        const MESSAGE: Option<&'static str> = Some("why");
        const INTEGRATION_AUTH: Option<&'static str> = None;
    }

    #[test]
    fn the_rules_say_what_a_refusal_is() {
        let parse = |json: &str| serde_json::from_str::<Opaque<Rules>>(json).unwrap();
        let refused = parse(r#"{"failed":true,"why":"no"}"#);
        assert_eq!(refused.refusal().and_then(|refusal| refusal.message), Some("no"));
        for other in [
            r#"{"failed":false}"#,
            r#"{"error":true,"authError":true}"#,
            "[true]",
            "null",
        ] {
            assert!(parse(other).refusal().is_none(), "{other}");
        }
        let value: serde_json::Value = serde_json::from_str(r#"{"error":true}"#).unwrap();
        assert!(value.refusal().is_none(), "without rules nothing is a refusal");
    }
}
