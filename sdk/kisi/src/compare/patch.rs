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
}
