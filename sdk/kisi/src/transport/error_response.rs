use std::time::SystemTime;

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use reqwest::Url;
use rhombus_kisi_runtime::{CallInfo, Error, ErrorBody, Masker, excerpt, said};
use serde_json::Value;

use crate::retry::{Failure, retry_after};

/// How much of the body of an error is read.
pub(crate) const BODY_LIMIT: usize = 16 * 1024;
/// How many characters of a redirect's host an error shows: more than a name in the DNS has.
pub(super) const HOST_LENGTH: usize = 260;

/// A response with another status than 2xx.
pub(crate) struct ErrorResponse<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) url: &'a Url,
    /// The beginning of its body.
    pub(crate) body: &'a [u8],
    /// Whether there was more.
    pub(crate) cut: bool,
    /// The host of the proxy that it may be from.
    pub(crate) proxy: Option<&'a str>,
}

/// Returns the failure of a response with another status than 2xx; `masker` knows the request's secrets.
pub(crate) fn failure(call: CallInfo, response: &ErrorResponse<'_>, masker: &Masker) -> Failure {
    let ErrorResponse {
        status, headers, url, ..
    } = *response;
    let asked = retry_after(headers, SystemTime::now());
    let excerpt = || message(response.body, response.cut, masker);
    let body = || kept(response.body, response.cut, masker);
    let error = match status {
        StatusCode::UNAUTHORIZED => Error::Unauthorized {
            call,
            excerpt: excerpt(),
            body: body(),
        },
        StatusCode::FORBIDDEN => Error::Forbidden {
            call,
            excerpt: excerpt(),
            body: body(),
        },
        StatusCode::TOO_MANY_REQUESTS => Error::RateLimited {
            call,
            retry_after: asked,
            body: body(),
        },
        _ if status.is_redirection() => Error::Redirect {
            call,
            status,
            host: target(headers, url).map(|host| said(&host, masker, HOST_LENGTH)),
        },
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Error::Status {
            call,
            status,
            excerpt: format!(
                "the proxy {} wants a user and a password, or other ones",
                response.proxy.unwrap_or("in between")
            ),
            body: ErrorBody::default(),
        },
        _ => Error::Status {
            call,
            status,
            excerpt: excerpt(),
            body: body(),
        },
    };
    Failure {
        retry_after: asked.filter(|_| asks_to_wait(status)),
        ..error.into()
    }
}

/// What is kept of a body to be decoded: the whole of it without secrets, where it may be JSON.
fn kept(body: &[u8], cut: bool, masker: &Masker) -> ErrorBody {
    let begins_like_json = |text: &&str| text.trim_start().starts_with(['{', '[', '"']);
    let text = std::str::from_utf8(body).ok().filter(begins_like_json);
    match text {
        Some(text) if !cut => ErrorBody::new(masker.mask(text.to_owned())),
        _ => ErrorBody::default(),
    }
}

/// Whether `Retry-After` means the same request (with a redirect it means its target).
fn asks_to_wait(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// The host that a redirect points to.
fn target(headers: &HeaderMap, url: &Url) -> Option<String> {
    let location = std::str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok()?;
    url.join(location).ok()?.host_str().map(str::to_owned)
}

/// What the body says, in one line and without secrets.
///
/// Secrets go before the text is shortened: a half of one would not be found any more.
fn message(body: &[u8], cut: bool, masker: &Masker) -> String {
    let said = match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => ["msg", "errorMsg", "message", "error"].iter().find_map(|name| {
            map.get(*name)?
                .as_str()
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        }),
        _ => None,
    };
    let text = said.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    let text = if cut { masker.mask_cut(text) } else { masker.mask(text) };
    match excerpt(text.as_bytes()) {
        text if text.is_empty() => "(an empty body)".to_owned(),
        text => text,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue, StatusCode};
    use proptest::prelude::*;
    use reqwest::Url;
    use rhombus_kisi_runtime::{CallInfo, Error, Masker};

    use super::{BODY_LIMIT, ErrorResponse, failure, message};

    fn masker() -> Masker {
        Masker::new(["topsecret-key"])
    }

    #[test]
    fn the_vendors_message_is_shown() {
        let table: [(&[u8], &str); 8] = [
            (
                br#"{"status":403,"error":"Forbidden","msg":"Access Denied"}"#,
                "Access Denied",
            ),
            (br#"{"error":"Bad Request","msg":null}"#, "Bad Request"),
            (br#"{"error":true,"errorMsg":"no\nplace"}"#, "no place"),
            (
                br#"{"authenticationFailed": true}"#,
                r#"{"authenticationFailed": true}"#,
            ),
            (b"<html>\n<b>502</b>", "<html> <b>502</b>"),
            (b"", "(an empty body)"),
            (br#"{"msg":"the key topsecret-key"}"#, "the key ***"),
            (b"\xff topsecret-key", "\u{fffd} ***"),
        ];
        for (body, expected) in table {
            assert_eq!(message(body, false, &masker()), expected);
        }
    }

    #[test]
    fn a_key_at_the_cut_does_not_show() {
        let mut body = "topsecret-key".repeat(BODY_LIMIT / 13 + 1).into_bytes();
        body.truncate(BODY_LIMIT);
        assert!(!message(&body, true, &masker()).contains("top"));
        let long = format!("{}topsecret-key", "x".repeat(195));
        assert!(!message(long.as_bytes(), false, &masker()).contains("top"));
    }

    #[test]
    fn a_body_is_kept_without_secrets_where_it_can_be_decoded() {
        let decoded = |body: &[u8], cut| {
            let headers = HeaderMap::new();
            let url = Url::parse("https://api.example/x").unwrap();
            let response = ErrorResponse {
                status: StatusCode::NOT_FOUND,
                headers: &headers,
                url: &url,
                body,
                cut,
                proxy: None,
            };
            let failure = failure(CallInfo::new("read", 1), &response, &masker());
            failure.error.decode::<serde_json::Value>()
        };
        let body = br#" {"code":7,"why":"not topsecret\u002dkey"}"#;
        assert_eq!(
            decoded(body, false),
            Some(serde_json::json!({ "code": 7, "why": "not ***" }))
        );
        assert_eq!(decoded(body, true), None);
        for other in [&b"<html>"[..], b"", b"\xff", b"{\"a\":"] {
            assert_eq!(decoded(other, false), None);
        }
    }

    fn fail(status: u16, headers: &[(&'static str, &'static str)]) -> (Error, Option<Duration>) {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        let url = Url::parse("https://api.example/x").unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        let response = ErrorResponse {
            status,
            headers: &headers,
            url: &url,
            body: b"",
            cut: false,
            proxy: Some("proxy.example:3128"),
        };
        let failure = failure(CallInfo::new("read", 1), &response, &masker());
        (failure.error, failure.retry_after)
    }

    #[test]
    fn each_status_has_its_error() {
        let seven = Some(Duration::from_secs(7));
        let asks = [("retry-after", "7")];
        assert!(matches!(fail(401, &[]), (Error::Unauthorized { .. }, None)));
        assert!(matches!(fail(403, &asks), (Error::Forbidden { .. }, None)));
        assert!(
            matches!(fail(429, &asks), (Error::RateLimited { retry_after, .. }, wait) if retry_after == seven && wait == seven)
        );
        assert!(matches!(
            fail(429, &[]),
            (Error::RateLimited { retry_after: None, .. }, None)
        ));
        assert!(matches!(fail(503, &asks), (Error::Status { .. }, wait) if wait == seven));
        assert!(matches!(fail(500, &asks), (Error::Status { .. }, None)));
        assert!(
            fail(407, &[])
                .0
                .to_string()
                .contains("the proxy proxy.example:3128 wants")
        );
    }

    #[test]
    fn a_redirect_shows_the_host_only() {
        for (location, expected) in [
            ("https://evil.example/?k=1", Some("evil.example")),
            ("http://user:pw@evil.example:1/", Some("evil.example")),
            ("/elsewhere", Some("api.example")),
            ("//TOPSECRET-KEY.evil.example", Some("***.evil.example")),
            ("https://[", None),
            ("mailto:a@b", None),
        ] {
            match fail(307, &[("location", location)]).0 {
                Error::Redirect { host, .. } => assert_eq!(host.as_deref(), expected),
                other => panic!("{other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_body_is_shown_without_panic(body: Vec<u8>, cut: bool) {
            prop_assert!(message(&body, cut, &masker()).chars().count() <= 201);
        }
    }
}
