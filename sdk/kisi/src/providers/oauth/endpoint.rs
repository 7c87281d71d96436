//! The token endpoint: one request, and what its response means.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::AUTHORIZATION;
use rhombus_kisi_runtime::{Operation, Repeat, Request, Response, Secret, Transport as _, secrets_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use super::OAuthError;
use crate::RetryPolicy;
use crate::credentials::wiped_header;
use crate::endpoint::Endpoint;
use crate::events::Events;
use crate::options::CallOptions;
use crate::transport::{Auth, HttpClients, HttpTransport, Shared};

/// The largest response, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Sent once: a refresh token may be spent by the first attempt.
static REFRESH: Operation = Operation::new("refreshAccessToken", Method::POST, "/oauth/token", Repeat::Never);

/// Where tokens are refreshed, and for which client.
pub(super) struct TokenEndpoint {
    transport: HttpTransport,
    client_id: String,
    client_secret: Option<Secret>,
}

/// How the client authenticates itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ClientAuth {
    Basic,
    Body,
}

/// What the endpoint returned.
pub(super) struct Tokens {
    pub(super) access: Secret,
    /// The refresh token for the next time, if it is another one.
    pub(super) refresh: Option<Secret>,
    pub(super) lifetime: Option<Duration>,
}

#[derive(Serialize)]
struct Form<'a> {
    grant_type: &'a str,
    refresh_token: &'a Secret,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a Secret>,
}

impl TokenEndpoint {
    pub(super) fn new(
        http: HttpClients,
        endpoint: Endpoint,
        timeout: Duration,
        client_id: String,
        client_secret: Option<Secret>,
    ) -> Self {
        let options = CallOptions::default()
            .attempt_timeout(timeout)
            .unlock_timeout(timeout)
            .timeout(timeout)
            .retry(RetryPolicy::none());
        let shared = Shared::new(http, endpoint, LARGEST, Events::default(), None, Vec::new());
        Self {
            transport: HttpTransport::new(shared, Auth::None, options),
            client_id,
            client_secret,
        }
    }

    /// How the client authenticates itself first.
    pub(super) fn first_auth(&self) -> ClientAuth {
        match self.client_secret {
            Some(_) => ClientAuth::Basic,
            None => ClientAuth::Body,
        }
    }

    /// Gets new tokens by a refresh token.
    pub(super) async fn refresh(&self, refresh_token: &Secret, auth: ClientAuth) -> Result<Tokens, OAuthError> {
        let request = self.request(refresh_token, auth)?;
        let response = self.transport.send(request).await.map_err(OAuthError::of)?;
        tokens(&response, refresh_token)
    }

    fn request(&self, refresh_token: &Secret, auth: ClientAuth) -> Result<Request, OAuthError> {
        let in_body = auth == ClientAuth::Body;
        let form = Form {
            grant_type: "refresh_token",
            refresh_token,
            client_id: in_body.then_some(&*self.client_id),
            client_secret: self.client_secret.as_ref().filter(|_| in_body),
        };
        let request = Request::new(&REFRESH).form(&form, &[]);
        let mut request = request.map_err(|error| OAuthError::Endpoint(Box::new(error)))?;
        // The endpoint's URL has the path.
        request.path = Cow::Borrowed("");
        if let (ClientAuth::Basic, Some(secret)) = (auth, &self.client_secret) {
            let header = wiped_header(basic(&self.client_id, secret)).map_err(|error| OAuthError::Malformed {
                reason: error.to_string().into(),
            })?;
            request.headers.insert(AUTHORIZATION, header);
            request.secrets = secrets_of(&(refresh_token, secret));
        }
        Ok(request)
    }
}

/// What a response holds. Nothing of it is quoted.
fn tokens(response: &Response, spent: &Secret) -> Result<Tokens, OAuthError> {
    #[derive(Deserialize)]
    struct Body {
        access_token: Secret,
        refresh_token: Option<Secret>,
        expires_in: Option<Value>,
    }

    let malformed = |reason: Cow<'static, str>| OAuthError::Malformed { reason };
    let body: Body = serde_json::from_slice(&response.body).map_err(|error| {
        let what = match error.is_data() {
            true => "it has no access token",
            false => "it is not JSON",
        };
        malformed(format!("{what} (line {}, column {})", error.line(), error.column()).into())
    })?;
    if body.access_token.is_empty() {
        return Err(malformed("its access token is empty".into()));
    }
    let lifetime = match body.expires_in {
        None | Some(Value::Null) => None,
        // Some servers write it as text.
        Some(value) => match value.as_u64().or_else(|| value.as_str()?.parse().ok()) {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => return Err(malformed("its `expires_in` is not a number of seconds".into())),
        },
    };
    Ok(Tokens {
        access: body.access_token,
        refresh: body.refresh_token.filter(|token| !token.is_empty() && token != spent),
        lifetime,
    })
}

/// The value of the header `authorization`, by RFC 6749, section 2.3.1.
fn basic(id: &str, secret: &Secret) -> Secret {
    let mut pair = Zeroizing::new(String::with_capacity(3 * (id.len() + secret.expose().len()) + 1));
    escape(id, &mut pair);
    pair.push(':');
    escape(secret.expose(), &mut pair);
    let encoded = Zeroizing::new(STANDARD.encode(&*pair));
    Secret::new(["Basic ", &encoded].concat())
}

/// Appends a text as forms have it.
fn escape(text: &str, to: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => to.push(char::from(byte)),
            b' ' => to.push('+'),
            other => {
                let digit = |value: u8| {
                    char::from_digit(value.into(), 16)
                        .unwrap_or_default()
                        .to_ascii_uppercase()
                };
                to.extend(['%', digit(other >> 4), digit(other & 15)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use rhombus_kisi_runtime::{Response, Secret};

    use super::{basic, tokens};

    #[test]
    fn the_pair_is_escaped_before_it_is_encoded() {
        // "a+b:p%3Aw%2F%C3%A9"
        let header = basic("a b", &Secret::from("p:w/é"));
        assert_eq!(header.expose(), "Basic YStiOnAlM0F3JTJGJUMzJUE5");
    }

    #[test]
    fn responses_are_read_leniently_and_never_quoted() {
        let read = |body: &str| {
            let response = Response::new(StatusCode::OK, HeaderMap::new(), body.to_owned());
            tokens(&response, &Secret::from("spent-token"))
        };
        let good: [(&str, Option<u64>, Option<&str>); 5] = [
            (
                r#"{"access_token":"secret-a","expires_in":3600,"refresh_token":"next"}"#,
                Some(3600),
                Some("next"),
            ),
            (
                r#"{"access_token":"secret-a","expires_in":"60","token_type":"x"}"#,
                Some(60),
                None,
            ),
            (
                r#"{"access_token":"secret-a","expires_in":null,"refresh_token":null}"#,
                None,
                None,
            ),
            (
                r#"{"access_token":"secret-a","refresh_token":"spent-token"}"#,
                None,
                None,
            ),
            (r#"{"access_token":"secret-a","refresh_token":""}"#, None, None),
        ];
        for (body, lifetime, refresh) in good {
            let tokens = read(body).unwrap();
            assert_eq!(tokens.access.expose(), "secret-a");
            assert_eq!(tokens.lifetime.map(|lifetime| lifetime.as_secs()), lifetime, "{body}");
            assert_eq!(tokens.refresh.as_ref().map(Secret::expose), refresh, "{body}");
        }
        for (body, expected) in [
            ("", "not JSON"),
            ("<html>secret-a", "not JSON"),
            (r#"{"access_token":"secret-a""#, "not JSON"),
            ("[]", "no access token"),
            (r#"{"token":"secret-a"}"#, "no access token"),
            (r#"{"access_token":7}"#, "no access token"),
            (r#"{"access_token":""}"#, "is empty"),
            (r#"{"access_token":"secret-a","expires_in":-1}"#, "number of seconds"),
            (
                r#"{"access_token":"secret-a","expires_in":"soon"}"#,
                "number of seconds",
            ),
        ] {
            let error = read(body).err().unwrap().to_string();
            assert!(
                error.contains(expected) && !error.contains("secret-a"),
                "{body}: {error}"
            );
        }
    }
}
