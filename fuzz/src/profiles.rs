//! The files of the vendor's command-line client.

use rhombus_kisi::fuzzing::profile;

use super::{SECRET, no_secret};

/// Three pieces, apart by a byte 255: `config`, `credentials`, and the profile's name, if there is one.
pub fn profiles(data: &[u8]) {
    let mut pieces = data.splitn(3, |byte| *byte == 255);
    let config = pieces.next().unwrap_or_default();
    let credentials = pieces.next().unwrap_or_default();
    let name = pieces.next().and_then(|name| std::str::from_utf8(name).ok());
    let section = name.unwrap_or("default");
    let mut secret = format!("[{section}]\napi_key = {SECRET}\n").into_bytes();
    secret.extend_from_slice(credentials);
    for credentials in [credentials, &secret] {
        for environment_key in [None, Some(SECRET)] {
            no_secret(&profile(config, credentials, name, environment_key));
        }
    }
}
