//! Secrets are gone from the memory once what held them is dropped.
//!
//! One test alone in its process: another's copies would be found too.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom};

use rhombus_kisi::providers::OAuth;
use rhombus_kisi::types::UpdateKisiIntegrationRequest;
use rhombus_kisi::{Client, Credentials};
use rhombus_kisi_runtime::{Masker, Repeat, Request, Secret, secrets_of};
use rhombus_kisi_tests::operation;

/// The secret's bytes, each with its bits turned: the needle itself must not be found. In lower case, as maskers keep it.
const HIDDEN: [u8; 40] = {
    let text = b"wiped-secret-0f8e2c7a51b94d63-zq3vx9klmt";
    let mut hidden = [0; 40];
    let mut at = 0;
    while at < 40 {
        hidden[at] = !text[at];
        at += 1;
    }
    hidden
};

/// The secret, in memory that is overwritten.
fn secret() -> Secret {
    let bytes: Vec<u8> = black_box(HIDDEN).iter().map(|byte| !byte).collect();
    Secret::new(String::from_utf8(bytes).unwrap())
}

/// What is looked for. An allocator writes over the beginning of what was given back to it.
fn needle() -> &'static [u8] {
    &HIDDEN[16..]
}

/// How often the secret is in what this process may write to.
fn copies() -> usize {
    let mut found = 0;
    let mut memory = File::open("/proc/self/mem").unwrap();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    // Its own copy of the memory is part of the memory, so it is turned too, as it is read.
    let mut piece = vec![0; 1 << 16];
    for line in maps
        .lines()
        .filter(|line| line.split(' ').nth(1).is_some_and(|access| access.starts_with("rw")))
    {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (mut at, to) = (
            u64::from_str_radix(from, 16).unwrap(),
            u64::from_str_radix(to, 16).unwrap(),
        );
        let mut matched = 0;
        memory.seek(SeekFrom::Start(at)).unwrap();
        while at < to {
            let length = piece.len().min((to - at) as usize);
            let Ok(read @ 1..) = memory.read(&mut piece[..length]) else {
                break;
            };
            for byte in &mut piece[..read] {
                let hidden = !*byte;
                *byte = 0;
                matched = match matched {
                    matched if needle()[matched] == hidden => matched + 1,
                    _ => usize::from(needle()[0] == hidden),
                };
                if matched == needle().len() {
                    (found, matched) = (found + 1, 0);
                }
            }
            at += read as u64;
        }
    }
    found
}

/// Runs `make`, sees that the secret is there while what it makes is, and that it is not when that is dropped.
fn goes<T>(what: &str, make: impl FnOnce() -> T) {
    assert_eq!(copies(), 0, "before: {what}");
    let made = make();
    assert!(copies() > 0, "{what} does not hold the secret");
    drop(black_box(made));
    assert_eq!(copies(), 0, "{what} is left in memory");
}

fn body(padding: usize) -> UpdateKisiIntegrationRequest {
    let mut request = UpdateKisiIntegrationRequest::default();
    let settings = request.kisi_settings.get_or_default();
    settings.api_secret_key = secret().into();
    // Written behind the secret, so that what it was written to has to grow.
    settings.enabling_user = "x".repeat(padding).into();
    request
}

#[test]
fn nothing_is_left() {
    goes("a secret", secret);
    goes("its clone", || secret().clone());
    goes("a typed request", || body(0));
    goes("the secrets of a request", || secrets_of(&body(0)));
    goes("credentials", || Credentials::access_token(secret()));
    let client = || Client::builder().credentials(Credentials::access_token(secret()));
    goes("a client's builder", client);
    goes("a client", || client().build().unwrap());
    let oauth = || OAuth::builder("client", secret()).client_secret(secret());
    goes("an OAuth provider's builder", oauth);
    goes("an OAuth provider", || oauth().build().unwrap());
    goes("a masker", || Masker::new([secret().expose()]));
    goes("a masker of a secret that looks escaped", || {
        let escaped = Secret::new(secret().expose().replacen('w', "%77", 1));
        Masker::new([escaped.expose()])
    });
    goes("a masker of many", || {
        let others: Vec<String> = (0..1000).map(|number| format!("other-secret-{number}")).collect();
        Masker::new([secret().expose()].into_iter().chain(others.iter().map(String::as_str)))
    });
    for padding in [0, 1_000, 1_000_000] {
        goes("a request's body", || {
            Request::new(operation(Repeat::Safe)).json(&body(padding)).unwrap()
        });
        goes("a body that is shared", || {
            let request = Request::new(operation(Repeat::Safe)).json(&body(padding)).unwrap();
            (request.body.as_bytes().unwrap().slice(1..), request.clone())
        });
    }
}
