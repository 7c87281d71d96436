use super::Json;

/// The document with `patch` laid over it: objects property by property, all else whole, `null` as `null`.
pub(crate) fn lay_over(document: &mut Json, patch: Json) {
    match (document, patch) {
        (Json::Object(document), Json::Object(patch)) => {
            for (name, value) in patch {
                lay_over(document.entry(name).or_insert(Json::Null), value);
            }
        }
        (document, patch) => *document = patch,
    }
}

/// Puts `null` where the path says.
#[cfg(feature = "file")]
pub(crate) fn clear<'a>(document: &mut Json, path: impl IntoIterator<Item = &'a str>) {
    let mut at = document;
    for name in path {
        if !matches!(at, Json::Object(_)) {
            *at = Json::empty();
        }
        let Json::Object(properties) = at else { return };
        at = properties.entry(name.into()).or_insert(Json::Null);
    }
    *at = Json::Null;
}

#[cfg(test)]
mod tests {
    use super::lay_over;
    use crate::compare::Json;

    #[test]
    fn what_a_patch_leaves_out_stays() {
        let mut document = Json::parse(r#"{"a":{"b":1.0,"c":[1,2]},"d":4}"#).unwrap();
        lay_over(
            &mut document,
            Json::parse(r#"{"a":{"c":[3]},"d":null,"e":{}}"#).unwrap(),
        );
        let expected = Json::parse(r#"{"a":{"b":1.0,"c":[3]},"d":null,"e":{}}"#).unwrap();
        assert!(document == expected);
    }

    #[test]
    #[cfg(feature = "file")]
    fn what_is_cleared_is_null_and_all_else_stays() {
        let mut document = Json::of_text(r#"{"a":{"b":1,"c":2},"d":null}"#);
        super::clear(&mut document, ["a", "b"]);
        super::clear(&mut document, ["d", "e"]);
        assert!(document == Json::of_text(r#"{"a":{"b":null,"c":2},"d":{"e":null}}"#));
    }
}
