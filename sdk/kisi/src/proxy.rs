//! The proxy between here and the server, if there is one.

use reqwest::{NoProxy, Url};
use rhombus_kisi_runtime::{Error, Secret};

use crate::endpoint::{Endpoint, is_loopback};

/// Which proxy is wanted.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// The environment's `HTTPS_PROXY` and so on.
    #[default]
    System,
    None,
    /// A URL, which may hold a password.
    Url(Secret),
}

/// A proxy that can be used.
#[derive(Clone)]
pub(crate) struct Route {
    proxy: reqwest::Proxy,
    /// Host and port, without credentials.
    pub(crate) host: Box<str>,
    /// Whether the way to the proxy is TLS too.
    #[cfg_attr(
        not(any(feature = "rustls", feature = "native-tls")),
        allow(dead_code, reason = "it never is without TLS")
    )]
    pub(crate) tls: bool,
}

impl Route {
    pub(crate) fn proxy(&self) -> reqwest::Proxy {
        self.proxy.clone()
    }
}

impl Proxy {
    /// The proxy for this endpoint; `None` for the direct way. `env` gives the environment's variables.
    ///
    /// Errors if there is one that cannot be used: the calls would go out directly. No error quotes a URL.
    pub(crate) fn route(
        &self,
        endpoint: &Endpoint,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Route>, Error> {
        match self {
            Self::None => Ok(None),
            // Without TLS a proxy would see the key; and what is on this machine needs none.
            Self::System if !endpoint.is_https() => Ok(None),
            Self::System => from_env(endpoint, env),
            Self::Url(url) => {
                let refuse = |reason: String| Error::config(format!("the proxy's URL cannot be used: {reason}"));
                let url = parse(url.expose()).map_err(refuse)?;
                if !endpoint.is_https() && !url.host_str().is_some_and(is_loopback) {
                    return Err(Error::config(
                        "an `http` endpoint does not go through a proxy on another machine, which would get the key in clear: use https, or leave the proxy out",
                    ));
                }
                route(&url, None).map(Some).map_err(refuse)
            }
        }
    }
}

/// The proxy that the environment names for `https`, as the HTTP library reads it.
fn from_env(endpoint: &Endpoint, env: impl Fn(&str) -> Option<String>) -> Result<Option<Route>, Error> {
    // A web server's CGI takes such variables from a request's headers.
    if env("REQUEST_METHOD").is_some() {
        return Ok(None);
    }
    let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, env(name)?)));
    let Some((name, value)) = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]]
        .into_iter()
        .filter_map(first)
        .find(|(_, value)| !value.is_empty())
    else {
        return Ok(None);
    };
    let exceptions = first(["NO_PROXY", "no_proxy"]).map(|(_, value)| value);
    if exceptions
        .as_deref()
        .is_some_and(|exceptions| excepts(exceptions, endpoint.host()))
    {
        return Ok(None);
    }
    // Without a scheme, `http` is meant.
    let url = if value.contains("://") {
        value
    } else {
        format!("http://{value}")
    };
    parse(&url)
        .and_then(|url| route(&url, exceptions.as_deref()))
        .map(Some)
        .map_err(|reason| {
            Error::config(format!(
                "the proxy of the environment variable `{name}` cannot be used: {reason}; correct it, or say `no_proxy` for the direct way"
            ))
        })
}

/// Whether `NO_PROXY` names this host: `*`, the host, or a domain above it. Networks are left to the HTTP library.
fn excepts(exceptions: &str, host: &str) -> bool {
    exceptions.split(',').map(str::trim).any(|name| {
        let name = name.trim_start_matches('.').to_ascii_lowercase();
        name == "*"
            || (!name.is_empty()
                && host
                    .strip_suffix(name.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('.')))
    })
}

fn parse(text: &str) -> Result<Url, String> {
    if text.contains(|character: char| character == '\\' || character.is_whitespace() || character.is_control()) {
        return Err("it must not hold a backslash, white space or control characters".to_owned());
    }
    if !text.contains("://") {
        return Err("it has to begin with http:// or https://".to_owned());
    }
    let mut url = Url::parse(text).map_err(|error| error.to_string())?;
    let refusal = match url.scheme() {
        "http" => None,
        "https" if cfg!(any(feature = "rustls", feature = "native-tls")) => None,
        "https" => Some("a proxy with TLS needs the feature `rustls` or `native-tls`"),
        "socks4" | "socks4a" | "socks5" | "socks5h" if cfg!(feature = "socks") => None,
        "socks4" | "socks4a" | "socks5" | "socks5h" => Some("a SOCKS proxy needs the feature `socks`"),
        "socks" => Some("`socks://` does not say which version; write socks5:// or socks5h:// (feature `socks`)"),
        _ => Some("it has to begin with http:// or https://"),
    };
    if let Some(reason) = refusal {
        return Err(reason.to_owned());
    }
    if url.host_str().unwrap_or_default().is_empty() {
        return Err("it names no host".to_owned());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err("it holds more than a host and a port".to_owned());
    }
    if url.port().is_none() && url.scheme().starts_with("socks") {
        let _ = url.set_port(Some(1080));
    }
    Ok(url)
}

fn route(url: &Url, exceptions: Option<&str>) -> Result<Route, String> {
    let unusable = || "it is no URL of a proxy".to_owned();
    // What the HTTP library reads it with later, when it leaves out without a word what it cannot read.
    let uri = url.as_str().parse::<http::Uri>().map_err(|_| unusable())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(unusable)?;
    // The library's error would quote the URL.
    let proxy = reqwest::Proxy::all(url.as_str()).map_err(|_| unusable())?;
    Ok(Route {
        proxy: proxy.no_proxy(exceptions.and_then(NoProxy::from_string)),
        host: match url.port_or_known_default() {
            Some(port) => format!("{host}:{port}").into(),
            None => host.into(),
        },
        tls: url.scheme() == "https",
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Proxy;
    use crate::endpoint::Endpoint;

    /// The host of the proxy that is taken, or the error.
    fn route(proxy: &Proxy, endpoint: &str, env: &[(&str, &str)]) -> Result<Option<String>, String> {
        let env = |name: &str| Some(env.iter().find(|(found, _)| *found == name)?.1.to_owned());
        let route = proxy.route(&Endpoint::parse(endpoint).unwrap(), env);
        route
            .map(|route| route.map(|route| route.host.into()))
            .map_err(|error| error.to_string())
    }

    fn given(url: &str) -> Proxy {
        Proxy::Url(url.into())
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused() {
        for (url, reason) in [
            ("", "begin with http://"),
            ("proxy.example", "begin with http://"),
            ("localhost:3128", "begin with http://"),
            ("ftp://u:hunter2@proxy.example", "begin with http://"),
            ("file:///hunter2", "begin with http://"),
            ("socks://proxy.example", "which version"),
            ("http://", "empty host"),
            ("http://user:hunter2@", "empty host"),
            ("http://user:hunter2@[/", "invalid"),
            ("http://proxy.example:hunter2", "invalid port"),
            ("http://proxy.example/hunter2", "more than a host"),
            ("http://proxy.example?hunter2", "more than a host"),
            ("http://proxy.example#hunter2", "more than a host"),
            ("http://pro xy.example", "white space"),
            ("http://proxy.example\\@hunter2", "backslash"),
        ] {
            let error = route(&given(url), "https://api.example", &[]).unwrap_err();
            assert!(error.contains(reason), "{url}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
            let result = route(&given(&format!("{scheme}://proxy.example")), "https://api.example", &[]);
            if cfg!(feature = "socks") {
                assert_eq!(result, Ok(Some("proxy.example:1080".to_owned())));
            } else {
                assert!(result.unwrap_err().contains("feature `socks`"));
            }
        }
        let host = Ok(Some("proxy.example:3128".to_owned()));
        assert_eq!(
            route(&given("http://u:p%40@proxy.example:3128/"), "https://api.example", &[]),
            host
        );
    }

    #[test]
    fn a_proxy_elsewhere_does_not_get_the_key_in_clear() {
        for url in [
            "http://proxy.example:3128",
            "https://proxy.example",
            "http://10.0.0.1:3128",
        ] {
            let error = route(&given(url), "http://127.0.0.1:9", &[]).unwrap_err();
            assert!(error.contains("in clear"), "{error}");
        }
        for url in ["http://localhost:3128", "http://127.0.0.2:3128", "http://[::1]:3128"] {
            assert!(
                route(&given(url), "http://localhost:9", &[]).unwrap().is_some(),
                "{url}"
            );
        }
    }

    #[test]
    fn the_environment_is_read_as_the_http_library_does() {
        let taken = |env: &[(&str, &str)]| route(&Proxy::System, "https://api2.rhombussystems.com", env);
        let host = |host: &str| Ok(Some(host.to_owned()));
        let upper = ("HTTPS_PROXY", "http://upper.example:1");
        let lower = ("https_proxy", "lower.example:2");
        let all = ("ALL_PROXY", "http://all.example:3");
        assert_eq!(taken(&[]), Ok(None));
        assert_eq!(taken(&[all, lower, upper]), host("upper.example:1"));
        assert_eq!(taken(&[all, lower]), host("lower.example:2"));
        assert_eq!(taken(&[all]), host("all.example:3"));
        assert_eq!(taken(&[("HTTPS_PROXY", ""), all]), host("all.example:3"));
        assert_eq!(taken(&[upper, ("REQUEST_METHOD", "GET")]), Ok(None));
        assert_eq!(taken(&[("HTTP_PROXY", "http://plain.example")]), Ok(None));
        assert_eq!(route(&Proxy::None, "https://api.example", &[upper]), Ok(None));
        assert_eq!(route(&Proxy::System, "http://localhost:1", &[upper]), Ok(None));
    }

    #[test]
    fn a_proxy_of_the_environment_is_not_passed_by_in_silence() {
        for value in [
            "ftp://hunter2",
            "socks://hunter2",
            "http://",
            "http://hunter2/path",
            "http://u:hunter2@[",
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
                let endpoint = "https://api2.rhombussystems.com";
                let error = route(&Proxy::System, endpoint, &[(name, value)]).unwrap_err();
                assert!(error.contains(name) && error.contains("no_proxy"), "{error}");
                assert!(!error.contains("hunter2"), "{error}");
                // Where it would not be used, it does not matter.
                for except in [
                    "*",
                    "rhombussystems.com",
                    ".rhombussystems.com",
                    "a, API2.rhombussystems.com",
                ] {
                    let env = [(name, value), ("NO_PROXY", except)];
                    assert_eq!(route(&Proxy::System, endpoint, &env), Ok(None), "{except}");
                }
                for except in ["", "systems.com", "example.com"] {
                    assert!(route(&Proxy::System, endpoint, &[(name, value), ("no_proxy", except)]).is_err());
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_proxy_that_is_used_or_an_error(text in ".*|(https?|socks5|ftp)://[ -~]*") {
            if let Ok(route) = route(&given(&text), "https://api.example", &[]) {
                prop_assert!(route.is_some_and(|host| !host.is_empty()));
            }
        }
    }
}
