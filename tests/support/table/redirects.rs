//! Redirects, none of which is followed: the key would go along.

use super::FINAL;
use crate::{Fault, Outcome, Response, Script, Serve};

pub(super) fn faults() -> Vec<Fault> {
    let redirect = |name, status, location: Option<&str>, host| {
        let response = Response::new(status, "moved");
        let response = match location {
            Some(location) => response.header("Location", location),
            None => response,
        };
        Fault::new(
            name,
            Serve::always(Script::respond(response)),
            Outcome::Redirect(status, host),
            FINAL,
        )
    };
    let elsewhere = Some("https://elsewhere.example/collect?key=value#there");
    let host = Some("elsewhere.example");
    vec![
        redirect("301 to another host", 301, elsewhere, host).says("elsewhere.example"),
        redirect("302 to another host", 302, elsewhere, host),
        redirect("303 to another host", 303, elsewhere, host),
        redirect("307 to another host", 307, elsewhere, host),
        redirect("308 to another host", 308, elsewhere, host),
        redirect("307 to plain HTTP", 307, Some("http://elsewhere.example/"), host),
        redirect("307 to itself", 307, Some("/api/fault/elsewhere"), Some("127.0.0.1")),
        redirect(
            "307 to a user's address",
            307,
            Some("https://name:password@elsewhere.example/"),
            host,
        ),
        redirect("307 to no address", 307, Some("https://[not an address"), None),
        redirect("307 to nowhere", 307, None, None),
        redirect("300", 300, None, None),
        redirect("304", 304, None, None),
    ]
}
