//! JSON pointers (RFC 6901), as errors name places and as a `$ref` finds them.

use std::borrow::Cow;

use serde_json::Value;

/// A token as it is written in a pointer: `~` is `~0`, `/` is `~1`.
pub fn escape(token: &str) -> Cow<'_, str> {
    if token.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// A token as it is meant: the reverse of [`escape`].
pub fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The pointer made of these tokens: `["paths", "/a"]` is `/paths/~1a`.
pub fn join<T: AsRef<str>>(tokens: impl IntoIterator<Item = T>) -> String {
    let mut pointer = String::new();
    for token in tokens {
        push(&mut pointer, token.as_ref());
    }
    pointer
}

/// The pointer to a child of the place that `pointer` points to.
pub fn child(pointer: &str, token: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + token.len() + 1);
    longer.push_str(pointer);
    push(&mut longer, token);
    longer
}

/// Lengthens a pointer by a token.
pub fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&escape(token));
}

/// The tokens of a pointer, unescaped.
pub fn tokens(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// The value that a pointer points to.
pub fn resolve<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    root.pointer(pointer)
}

/// The pointer in a `$ref` to the same document (`#/components/…`), its percent-encoding undone; `None` for a `$ref`
/// to another document, to an anchor, or for one that is no URI fragment.
pub fn of_reference(reference: &str) -> Option<Cow<'_, str>> {
    let fragment = reference.strip_prefix('#')?;
    if !(fragment.is_empty() || fragment.starts_with('/')) {
        return None;
    }
    if !fragment.contains('%') {
        return Some(Cow::Borrowed(fragment));
    }
    let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8().ok()?;
    Some(Cow::Owned(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_stands_in_a_pointer_as_one_token() {
        assert_eq!(join(["paths", "/a~b", "post"]), "/paths/~1a~0b/post");
        assert_eq!(child("/paths", "/a"), "/paths/~1a");
        let root = json!({"paths": {"/a": [7]}});
        assert_eq!(resolve(&root, "/paths/~1a/0"), Some(&json!(7)));
        assert_eq!(resolve(&root, ""), Some(&root));
        assert_eq!(resolve(&root, "/paths/a"), None);
    }

    #[test]
    fn a_reference_is_a_percent_encoded_pointer_or_none() {
        assert_eq!(
            of_reference("#/components/schemas/A%20B").as_deref(),
            Some("/components/schemas/A B")
        );
        assert_eq!(of_reference("#").as_deref(), Some(""));
        assert_eq!(of_reference("other.yaml#/A"), None);
        assert_eq!(of_reference("#anchor"), None);
        assert_eq!(of_reference("#/%ff"), None);
    }

    proptest! {
        #[test]
        fn tokens_undoes_join(texts in proptest::collection::vec(any::<String>(), 0..5)) {
            let joined = join(&texts);
            let split: Vec<_> = tokens(&joined).map(Cow::into_owned).collect();
            prop_assert_eq!(split, texts);
        }
    }
}
