use std::fmt;
use std::net::IpAddr;

use reqwest::Url;
use rhombus_kisi_runtime::Error;

/// The region that an organisation's data is in. A key works in its own region only.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Region {
    /// `https://api2.rhombussystems.com`
    #[default]
    Us,
    /// `https://api2.eu.rhombussystems.com`
    Eu,
}

impl Region {
    /// The server's URL.
    pub const fn url(self) -> &'static str {
        match self {
            Self::Us => "https://api2.rhombussystems.com",
            Self::Eu => "https://api2.eu.rhombussystems.com",
        }
    }
}

/// A server that a key may be sent to.
#[derive(Clone)]
pub(crate) struct Endpoint {
    base: Url,
    /// The base's path without the slash at its end; empty for most.
    path: Box<str>,
    /// Host, and the port where it is not the scheme's own.
    server: Box<str>,
}

impl Endpoint {
    /// Reads a URL: `https`, or `http` on this machine; without user, query or fragment.
    ///
    /// The error does not quote the text, which may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        Self::parse_as("the endpoint", text)
    }

    /// Reads a URL that errors call `what`.
    pub(crate) fn parse_as(what: &str, text: &str) -> Result<Self, Error> {
        let refuse = |reason: &str| Error::config(format!("{what} cannot be used: {reason}"));
        // A URL parser takes a backslash for a slash and leaves out line breaks: the host would not be the one that was read.
        if text.contains(|character: char| character == '\\' || character.is_whitespace() || character.is_control()) {
            return Err(refuse(
                "it must not hold a backslash, white space or control characters",
            ));
        }
        let base = Url::parse(text).map_err(|error| refuse(&error.to_string()))?;
        let host = base.host_str().unwrap_or_default();
        match base.scheme() {
            "https" if !host.is_empty() => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(refuse("http would show the key to the network; use https")),
            _ => return Err(refuse("it has to begin with https://")),
        }
        if !is_host(host) {
            return Err(refuse("its host has characters that no host's name has"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(refuse("it must not hold a user name or a password"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(refuse("it must not hold a query or a fragment"));
        }
        let server = match base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let path = base.path().trim_end_matches('/').into();
        Ok(Self {
            base,
            path,
            server: server.into(),
        })
    }

    /// The URL of an operation.
    pub(crate) fn join(&self, path: &str, query: &str) -> Url {
        let mut url = self.base.clone();
        if self.path.is_empty() {
            url.set_path(path);
        } else {
            url.set_path(&format!("{}{path}", self.path));
        }
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        url
    }

    /// Host, and the port where it is not the scheme's own.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    #[cfg_attr(
        not(feature = "tracing"),
        allow(dead_code, reason = "only spans tell host and port apart")
    )]
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let port = self.base.port_or_known_default().unwrap_or_default();
        (self.host(), port)
    }

    pub(crate) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }
}

/// Whether a URL's host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str().trim_end_matches('/'))
    }
}

/// Whether this is a name that can be looked up, or an address. A URL parser takes more.
fn is_host(host: &str) -> bool {
    let of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    host.starts_with('[') || host.bytes().all(of_a_name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Endpoint, Region};

    #[test]
    fn what_is_accepted() {
        for (text, joined, server) in [
            (
                Region::Us.url(),
                "https://api2.rhombussystems.com/api/x",
                "api2.rhombussystems.com",
            ),
            (
                Region::Eu.url(),
                "https://api2.eu.rhombussystems.com/api/x",
                "api2.eu.rhombussystems.com",
            ),
            (
                "https://proxy.example:8443/rhombus/",
                "https://proxy.example:8443/rhombus/api/x",
                "proxy.example:8443",
            ),
            ("http://127.0.0.1:80", "http://127.0.0.1/api/x", "127.0.0.1"),
            (
                "http://localhost:3000/",
                "http://localhost:3000/api/x",
                "localhost:3000",
            ),
            ("http://[::1]:3000", "http://[::1]:3000/api/x", "[::1]:3000"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!(endpoint.join("/api/x", "").as_str(), joined);
            assert_eq!(endpoint.server(), server);
        }
        let endpoint = Endpoint::parse(Region::Us.url()).unwrap();
        assert_eq!(
            endpoint.join("/a%2Fb", "q=%20").as_str(),
            "https://api2.rhombussystems.com/a%2Fb?q=%20"
        );
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "",
            "api2.rhombussystems.com",
            "ftp://example.com",
            "http://example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "https://user@example.com",
            "https://:hunter2@example.com",
            "https://example.com/?a",
            "https://example.com/#a",
            "file:///etc/passwd",
            "https://example.com\\@elsewhere.example",
            "https://exam\nple.com",
            " https://example.com",
            "https://,",
            "https://exam,ple.com",
            "https://a!b.example",
        ] {
            let error = Endpoint::parse(text).err().unwrap_or_else(|| panic!("{text}"));
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_endpoint_or_an_error(text in ".*|https?://[ -~]*") {
            if let Ok(endpoint) = Endpoint::parse(&text) {
                let url = endpoint.join("/api/x", "");
                prop_assert!(url.scheme() == "https" || super::is_loopback(url.host_str().unwrap()));
                prop_assert!(url.path().ends_with("/api/x"));
            }
        }
    }
}
