//! TLS handshake records by hand: what a server says that speaks only what nobody should speak any more.

const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;
const SERVER_HELLO: u8 = 2;

/// A `ServerHello` that picks a version: `[3, 1]` is TLS 1.0, `[3, 2]` 1.1, `[3, 0]` SSL 3.
pub(crate) fn server_hello(version: [u8; 2], cipher_suite: u16, random: [u8; 32]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend(random);
    body.push(0); // No session id.
    body.extend(cipher_suite.to_be_bytes());
    body.push(0); // No compression.
    body.extend([0, 0]); // No extensions.
    let mut handshake = vec![SERVER_HELLO];
    handshake.extend(&u32::try_from(body.len()).unwrap().to_be_bytes()[1..]);
    handshake.extend(body);
    record(HANDSHAKE, version, &handshake)
}

/// A fatal alert.
pub(crate) fn alert(description: u8) -> Vec<u8> {
    record(ALERT, [3, 3], &[2, description])
}

/// The random value by which a TLS 1.3 server shows that somebody talked it down to 1.2 (RFC 8446, 4.1.3).
pub(crate) fn downgraded_random() -> [u8; 32] {
    let mut random = [0x5a; 32];
    random[24..].copy_from_slice(b"DOWNGRD\x01");
    random
}

fn record(kind: u8, version: [u8; 2], payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(version);
    bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend(payload);
    bytes
}
