//! JSON as text: where its values begin and end. All of it is iterative, for a server can nest as deep as it likes.

use std::borrow::Cow;

/// The end of the string that begins here, behind its quote or at the end of the text.
pub(crate) fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len().max(start + 1)
}

/// The end of the value that begins here.
pub(crate) fn end_of_value(text: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => at = end_of_string(text, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
                continue;
            }
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            _ => {
                at += 1;
                while text.get(at).is_some_and(|byte| !b",:}] \t\r\n".contains(byte)) {
                    at += 1;
                }
            }
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// How deep lists and objects are nested, where that is more than `limit`.
pub(crate) fn is_deeper_than(limit: usize, text: &[u8]) -> bool {
    if text.len() <= limit {
        return false;
    }
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(text, at);
                continue;
            }
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    false
}

fn skip(text: &[u8], mut at: usize, what: &[u8]) -> usize {
    while text.get(at).is_some_and(|byte| what.contains(byte)) {
        at += 1;
    }
    at
}

/// The members of an object: names with their quotes, and values. Braces around them may be missing.
pub(crate) struct Members<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Members<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// How much of the text is behind what was given last.
    pub(crate) fn position(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let name = skip(bytes, self.at, b"{, \t\r\n");
        if bytes.get(name) != Some(&b'"') {
            return None;
        }
        let name_end = end_of_string(bytes, name);
        let value = skip(bytes, name_end, b": \t\r\n");
        self.at = end_of_value(bytes, value);
        Some((self.text.get(name..name_end)?, self.text.get(value..self.at)?))
    }
}

/// The elements of a list.
pub(crate) struct Elements<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Elements<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            at: skip(text.as_bytes(), 0, b" \t\r\n") + 1,
        }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        let start = skip(bytes, self.at, b", \t\r\n");
        let end = end_of_value(bytes, start);
        self.at = end;
        self.text.get(start..end).filter(|element| !element.is_empty())
    }
}

/// What a string says. One that is no Unicode (half a surrogate pair) is given as it is written.
pub(crate) fn unquote(string: &str) -> Cow<'_, str> {
    let inner = string
        .strip_prefix('"')
        .and_then(|string| string.strip_suffix('"'))
        .unwrap_or(string);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    serde_json::from_str(string).map_or(Cow::Borrowed(inner), Cow::Owned)
}

/// Writes a string as JSON. What is the same text is the same JSON.
pub(crate) fn push_quoted(into: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        into.push('"');
        into.push_str(text);
        into.push('"');
    } else {
        // A string can always be written.
        into.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}

/// Runs `see` on each string of a value that is no name.
pub(crate) fn strings(value: &str, see: &mut dyn FnMut(&str)) {
    let bytes = value.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'"' {
            at += 1;
            continue;
        }
        let end = end_of_string(bytes, at);
        let next = skip(bytes, end, b" \t\r\n");
        if bytes.get(next) != Some(&b':') {
            see(&unquote(value.get(at..end).unwrap_or_default()));
        }
        at = end;
    }
}

/// Writes a value in the one form that all its spellings have: no white space, names sorted, the last of several
/// members of one name, strings escaped as little as can be. Numbers stay as they are written.
pub(crate) fn push_canonical(into: &mut String, value: &str, depth: usize) {
    match value.as_bytes().first() {
        // Only a caller who inserts it can have it that deep.
        _ if depth == 0 => into.push_str(value),
        Some(b'"') => match serde_json::from_str::<String>(value) {
            Ok(text) => push_quoted(into, &text),
            Err(_) => into.push_str(value),
        },
        Some(b'[') => {
            into.push('[');
            for element in Elements::of(value) {
                push_canonical(into, element, depth - 1);
                into.push(',');
            }
            into.push(']');
        }
        Some(b'{') => {
            let members: std::collections::BTreeMap<_, _> =
                Members::of(value).map(|(name, value)| (unquote(name), value)).collect();
            into.push('{');
            for (name, value) in members {
                push_quoted(into, &name);
                into.push(':');
                push_canonical(into, value, depth - 1);
                into.push(',');
            }
            into.push('}');
        }
        _ => into.push_str(value),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{Elements, Members, end_of_value, is_deeper_than, push_canonical, strings, unquote};

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\[\\]{}:,\" \\\\]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map("[\\]},:\"a-c]{0,3}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn collect<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
        match value {
            Value::String(text) => into.push(text),
            Value::Array(values) => values.iter().for_each(|value| collect(value, into)),
            Value::Object(map) => map.values().for_each(|value| collect(value, into)),
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(crate::cases(128))]

        #[test]
        fn values_end_where_they_end(value in json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            prop_assert_eq!(end_of_value(text.as_bytes(), 0), text.len());
            prop_assert_eq!(end_of_value(format!("{text} ,1").as_bytes(), 0), text.len());
            match &value {
                Value::Array(values) => {
                    let found: Vec<Value> = Elements::of(&text).map(|text| serde_json::from_str(text).unwrap()).collect();
                    prop_assert_eq!(&found, values);
                }
                Value::Object(map) => {
                    let found: serde_json::Map<_, _> = Members::of(&text)
                        .map(|(name, value)| (unquote(name).into_owned(), serde_json::from_str(value).unwrap()))
                        .collect();
                    prop_assert_eq!(&found, map);
                }
                _ => {}
            }
            let (mut seen, mut there) = (Vec::new(), Vec::new());
            strings(&text, &mut |string| seen.push(string.to_owned()));
            collect(&value, &mut there);
            prop_assert_eq!(seen, there);
        }

        #[test]
        fn all_spellings_have_one_form(value in json()) {
            let (mut a, mut b) = (String::new(), String::new());
            push_canonical(&mut a, &serde_json::to_string(&value).unwrap(), 100);
            push_canonical(&mut b, &serde_json::to_string_pretty(&value).unwrap(), 100);
            prop_assert_eq!(a, b);
        }

        #[test]
        fn no_text_is_too_odd(text: String) {
            end_of_value(text.as_bytes(), 0);
            prop_assert!(Members::of(&text).count() <= text.len());
            prop_assert!(Elements::of(&text).count() <= text.len());
            strings(&text, &mut |_| ());
        }
    }

    #[test]
    fn depth_is_seen() {
        assert!(!is_deeper_than(2, br#"[["[[[[", {}]]"#.get(..0).unwrap()));
        assert!(!is_deeper_than(2, br#"[["[[[[\"["], []]"#));
        assert!(is_deeper_than(2, b"[[[]]]"));
        assert!(is_deeper_than(100, "[".repeat(1_000_000).as_bytes()));
    }
}
