//! TLS that must not be trusted.
//!
//! What the two sides do not agree on stays so: a connection that did not open for that is not tried again.

use rhombus_kisi_runtime::TimeoutPhase;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use super::{CERTAIN, FINAL, UNCERTAIN};
use crate::tls_records::{alert, downgraded_random, server_hello};
use crate::{Fault, Identity, Outcome, Script, Serve, Step, Tls, json};

const RSA_AES_128: u16 = 0x002f;
const ECDHE_RSA_AES_128_GCM: u16 = 0xc02f;
const PROTOCOL_VERSION: u8 = 70;

fn good() -> Script {
    Script::respond(json(200, "{}"))
}

pub(super) fn faults() -> Vec<Fault> {
    let shows = |name, identity, reason| {
        Fault::new(
            name,
            Serve::Tls(Tls::new(identity), vec![good()]),
            Outcome::Connect,
            FINAL,
        )
        .nothing_arrives()
        .says(reason)
    };
    let says = |name, bytes: Vec<u8>| {
        let script = Script::default().then(Step::ReadSome).send(bytes).then(Step::Hold);
        Fault::new(name, Serve::RawTls(vec![script]), Outcome::Connect, FINAL).nothing_arrives()
    };
    let speaks = |name, versions: Vec<_>| {
        let tls = Tls {
            versions,
            ..Tls::new(Identity::Good)
        };
        Fault::new(name, Serve::Tls(tls, vec![good()]), Outcome::Ok, FINAL)
    };
    let breaks = |name, script| {
        Fault::new(
            name,
            Serve::Tls(Tls::new(Identity::Good), vec![script]),
            Outcome::BrokenOff,
            UNCERTAIN,
        )
    };
    vec![
        shows("an expired certificate", Identity::Expired, "has expired"),
        shows("a certificate of the future", Identity::NotYetValid, "not valid yet"),
        shows("a self-signed certificate", Identity::SelfSigned, "unknown authority"),
        shows("another host's certificate", Identity::WrongHost, "for another host"),
        shows(
            "a certificate of an unknown authority",
            Identity::Untrusted,
            "unknown authority",
        ),
        shows("a client's certificate", Identity::ClientOnly, "not for servers"),
        says("SSL 3", server_hello([3, 0], RSA_AES_128, [1; 32])),
        says("TLS 1.0", server_hello([3, 1], RSA_AES_128, [1; 32])),
        says("TLS 1.1", server_hello([3, 2], RSA_AES_128, [1; 32])),
        says(
            "TLS 1.2 with a cipher of old",
            server_hello([3, 3], RSA_AES_128, [1; 32]),
        ),
        says(
            "TLS 1.3 talked down to 1.2",
            server_hello([3, 3], ECDHE_RSA_AES_128_GCM, downgraded_random()),
        ),
        says("an alert: no common version", alert(PROTOCOL_VERSION)),
        says("plain HTTP where TLS should be", json(400, "{}").bytes()),
        Fault::new(
            "closed in the handshake",
            Serve::RawTls(vec![Script::default().then(Step::ReadSome)]),
            Outcome::Connect,
            CERTAIN,
        )
        .nothing_arrives(),
        Fault::new(
            "reset in the handshake",
            Serve::RawTls(vec![Script::default().then(Step::ReadSome).then(Step::Reset)]),
            Outcome::Connect,
            CERTAIN,
        )
        .nothing_arrives(),
        Fault::new(
            "a handshake without a response",
            Serve::RawTls(vec![Script::default().then(Step::Hold)]),
            Outcome::Timeout(TimeoutPhase::Connect),
            CERTAIN,
        )
        .nothing_arrives()
        .says("no connection was opened"),
        Fault::new(
            "a server that wants a client certificate",
            Serve::Tls(
                Tls {
                    client_certificate: true,
                    ..Tls::new(Identity::Good)
                },
                vec![good()],
            ),
            Outcome::BrokenOff,
            UNCERTAIN,
        )
        .nothing_arrives(),
        speaks("TLS 1.2 alone", vec![&TLS12]),
        speaks("TLS 1.3 alone", vec![&TLS13]),
        breaks("TLS, reset after the request", Script::read().then(Step::Reset)),
        breaks("TLS, closed after the request", Script::read()),
        // Without TLS's good-bye the end may be an attacker's: what came so far is not the response.
        breaks(
            "TLS, cut where the body might end",
            Script::respond(json(200, "{}").raw()).then(Step::Cut),
        ),
    ]
}
