//! The parts of a path key: it is appended to the server's URL, so that it may hold a query, and a fragment that is never sent.

use percent_encoding::percent_decode_str;

/// A path key in its parts.
#[derive(Debug, Default, PartialEq)]
pub(super) struct PathKey<'a> {
    /// What is in front of a `?` or `#`.
    pub(super) path: &'a str,
    /// The query, without what is a parameter.
    pub(super) query: String,
    /// The parameters in the query: the names of the pair and of the parameter.
    pub(super) parameters: Vec<(String, &'a str)>,
    /// What is behind a `#`.
    pub(super) fragment: Option<&'a str>,
}

/// Splits a path key.
///
/// # Errors
/// Why it cannot be sent.
pub(super) fn split(key: &str) -> Result<PathKey<'_>, String> {
    let (rest, fragment) = match key.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (key, None),
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut split = PathKey {
        path,
        fragment,
        ..PathKey::default()
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let parameter = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
        match parameter {
            Some(parameter) if !parameter.contains(['{', '}']) && !name.contains(['{', '}']) => {
                let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
                split.parameters.push((name, parameter));
            }
            _ if pair.contains(['{', '}']) => {
                return Err(format!("`{pair}` in its path's query is more than one parameter"));
            }
            _ => {
                if !split.query.is_empty() {
                    split.query.push('&');
                }
                split.query.push_str(pair);
            }
        }
    }
    Ok(split)
}

/// The names in braces.
pub(super) fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::{PathKey, split};

    #[test]
    fn a_query_is_no_path_and_a_fragment_is_not_sent() {
        let all = split("/a/{id}?beta=true&flag&page={page}#b?c").unwrap();
        let expected = PathKey {
            path: "/a/{id}",
            query: "beta=true&flag".to_owned(),
            parameters: vec![("page".to_owned(), "page")],
            fragment: Some("b?c"),
        };
        assert_eq!(all, expected);
        assert_eq!(split("/a").unwrap().path, "/a");
        for odd in ["/a?b={c}{d}", "/a?b=x{c}", "/a?{b}=1", "/a?{b}"] {
            assert!(split(odd).is_err(), "{odd}");
        }
    }
}
