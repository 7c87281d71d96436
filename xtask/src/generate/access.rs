//! Where a document says that its API is, and how its requests are authenticated: the transport's part, which no generated
//! method does.

use serde_json::Value;

use super::docs::code;

/// How many servers are named.
const NAMED: usize = 3;

/// Returns what whoever makes the client has to know of a document, a sentence each, as Markdown.
pub(super) fn notes(root: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    let servers = servers(root);
    if !servers.is_empty() {
        let named: Vec<String> = servers.iter().take(NAMED).map(|url| code(url)).collect();
        let more = if servers.len() > NAMED { ", …" } else { "" };
        notes.push(format!("The document's server is {}{more}.", named.join(" or ")));
    }
    let base = servers.first().map(|url| base_path(url)).unwrap_or_default();
    if !base.is_empty() {
        notes.push(format!(
            "The paths of its operations begin behind {base}: the URL of the client's server has to end with it.",
            base = code(base)
        ));
    }
    let schemes = schemes(root);
    if !schemes.is_empty() {
        notes.push(format!(
            "Its requests are authenticated by {}. The transport sends that; no method has an argument for it.",
            schemes.join(", or ")
        ));
    }
    notes
}

/// The URLs of the document's servers, with the defaults of their variables.
fn servers(root: &Value) -> Vec<String> {
    let servers = root.get("servers").and_then(Value::as_array).into_iter().flatten();
    let urls = servers.filter_map(|server| {
        let mut url = server.get("url")?.as_str()?.trim().to_owned();
        for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
            let default = match variable.get("default") {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                _ => continue,
            };
            url = url.replace(&format!("{{{name}}}"), &default);
        }
        // The server that a document is read from says nothing.
        (!url.is_empty() && url != "/").then_some(url)
    });
    urls.collect()
}

/// The path of a URL, without the slash at its end; of a relative one too.
fn base_path(url: &str) -> &str {
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url,
    };
    rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/')
}

/// What authenticates a request, for each of the document's schemes.
fn schemes(root: &Value) -> Vec<String> {
    let schemes = root.pointer("/components/securitySchemes").and_then(Value::as_object);
    let described = schemes.into_iter().flatten().filter_map(|(name, scheme)| {
        let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
        Some(match (text("type"), text("scheme").to_ascii_lowercase().as_str()) {
            ("apiKey", _) => match text("in") {
                place @ ("header" | "cookie") => format!("the {place} {}", code(text("name"))),
                "query" => format!("the query parameter {}", code(text("name"))),
                _ => return None,
            },
            ("http", "basic") => "a user name and a password (HTTP Basic)".to_owned(),
            ("http", "bearer") => "a bearer token in the header `Authorization`".to_owned(),
            ("http", other) if !other.is_empty() => format!("the header `Authorization` of the scheme {}", code(other)),
            ("oauth2", _) => "an OAuth 2.0 token".to_owned(),
            ("openIdConnect", _) => "an OpenID Connect token".to_owned(),
            ("mutualTLS", _) => "a client certificate".to_owned(),
            _ => format!("the scheme {}", code(name)),
        })
    });
    let mut described: Vec<String> = described.collect();
    described.dedup();
    described
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::notes;

    #[test]
    fn base_path_and_key_are_said() {
        let root = json!({
            "servers": [
                { "url": "https://{host}:{port}/v2/", "variables": { "host": { "default": "a.example" }, "port": { "default": 8443 } } },
                { "url": "https://b.example/v2" },
            ],
            "components": { "securitySchemes": {
                "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
                "old": { "type": "apiKey", "in": "query", "name": "a`key" },
                "login": { "type": "http", "scheme": "Basic" },
                "token": { "type": "http", "scheme": "bearer" },
                "odd": 7,
            } },
        });
        insta::assert_snapshot!(notes(&root).join("\n"), @r"
        The document's server is `https://a.example:8443/v2/` or `https://b.example/v2`.
        The paths of its operations begin behind `/v2`: the URL of the client's server has to end with it.
        Its requests are authenticated by the header `X-Key`, or a user name and a password (HTTP Basic), or the scheme `odd`, or the query parameter `a'key`, or a bearer token in the header `Authorization`. The transport sends that; no method has an argument for it.
        ");
    }

    #[test]
    fn what_says_nothing_is_not_spoken_of() {
        for root in [
            json!({}),
            json!({ "servers": null, "components": null }),
            json!({ "servers": [{ "url": "/" }, { "url": 7 }, "x"], "components": { "securitySchemes": [] } }),
        ] {
            assert_eq!(notes(&root), Vec::<String>::new(), "{root}");
        }
        assert_eq!(notes(&json!({ "servers": [{ "url": "https://a.example" }] })).len(), 1);
        assert_eq!(notes(&json!({ "servers": [{ "url": "/api/v1" }] })).len(), 2);
    }
}
