//! Decodes 8 MiB of the worst JSON that we know of, and says what cpu time and memory that takes. Run it optimised.

use std::hint::black_box;

use cpu_time::ThreadTime;
use rhombus_kisi::types::{GetKisiIntegrationResponse, GetOrgIntegrationsV2Response};
use rhombus_kisi_runtime::{Masker, secrets_of};
use serde::Serialize;
use serde::de::DeserializeOwned;

const LENGTH: usize = 8 * 1024 * 1024;

fn main() {
    println!("| response | cpu, read | peak ÷ length | cpu, secrets and masking |\n| --- | ---: | ---: | ---: |");
    worst::<GetKisiIntegrationResponse>("V1", r#"{"kisiSettings":{"#, "}}");
    worst::<GetOrgIntegrationsV2Response>("V2", r#"{"orgIntegrationV2":{"integration":"KISI","#, "}}");
    worst::<GetOrgIntegrationsV2Response>("V2, unknown type", r#"{"orgIntegrationV2":{"integration":"NEW","#, "}}");
    let typed = |what, open: &str, close: &str, member: fn(usize) -> String| {
        measure::<GetKisiIntegrationResponse>(what, &filled(open, close, member));
    };
    typed(
        "typed: empty doors",
        r#"{"kisiSettings":{"doorInfoMap":{"#,
        "}}}",
        |n| format!(r#""{n}":{{}}"#),
    );
    typed(
        "typed: doors of null",
        r#"{"kisiSettings":{"doorInfoMap":{"#,
        "}}}",
        |n| format!(r#""{n}":null"#),
    );
    typed(
        "typed: empty places",
        r#"{"kisiSettings":{"placeToSettingsMap":{"#,
        "}}}",
        |n| format!(r#""{n}":{{}}"#),
    );
    typed("typed: a list of null", r#"{"failedGuids":["#, "]}", |_| {
        "null".to_owned()
    });
    typed(
        "typed: empty ids",
        r#"{"kisiSettings":{"doorToCameraMap":{"1":["#,
        "]}}}",
        |_| r#""""#.to_owned(),
    );
}

/// Unknown JSON, inside of an object that begins and ends so.
fn worst<T: DeserializeOwned + Serialize>(version: &str, open: &str, close: &str) {
    let (list, end) = (format!(r#"{open}"futureTokens":["#), format!("]{close}"));
    let members = |what: &str, member: fn(usize) -> String| {
        measure::<T>(&format!("{version}: {what}"), &filled(open, close, member));
    };
    members("tiny properties", |n| format!(r#""{}":1"#, name(n)));
    members("one property again and again", |_| r#""a":1"#.to_owned());
    members("tiny objects by name", |n| format!(r#""{}":{{"b":1}}"#, name(n)));
    let elements = |what: &str, member: fn(usize) -> String| {
        measure::<T>(&format!("{version}: {what}"), &filled(&list, &end, member));
    };
    elements("tiny objects", |_| "{}".to_owned());
    elements("tokens", |n| format!(r#""tok-{n}""#));
    elements("nesting of 100", |_| "[".repeat(100) + &"]".repeat(100));
    let (huge, half) = ("9".repeat(LENGTH), LENGTH / 2);
    measure::<T>(&format!("{version}: a huge number"), &format!("{list}{huge}{end}"));
    let deep = "[".repeat(half) + &"]".repeat(half);
    measure::<T>(
        &format!("{version}: nesting without end"),
        &format!("{list}{deep}{end}"),
    );
}

fn filled(open: &str, close: &str, member: impl Fn(usize) -> String) -> String {
    let mut text = open.to_owned();
    for number in 0.. {
        if text.len() >= LENGTH {
            break;
        }
        if number > 0 {
            text.push(',');
        }
        text += &member(number);
    }
    text + close
}

fn name(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return name;
        }
    }
}

fn measure<T: DeserializeOwned + Serialize>(what: &str, text: &str) {
    let mut read = None;
    let cpu = ThreadTime::now();
    let counted = allocation_counter::measure(|| read = serde_json::from_slice::<T>(black_box(text.as_bytes())).ok());
    let reading = cpu.elapsed();
    let cpu = ThreadTime::now();
    if let Some(read) = &read {
        let secrets = secrets_of(read);
        let refused = text.chars().take(20_000).collect();
        black_box(Masker::new(secrets.iter()).mask(refused));
    }
    let masking = cpu.elapsed();
    println!(
        "| {what}{} | {:.0} ms | {:.2} | {:.0} ms |",
        if read.is_some() { "" } else { " (refused)" },
        reading.as_secs_f64() * 1e3,
        counted.bytes_max as f64 / text.len() as f64,
        masking.as_secs_f64() * 1e3,
    );
}
