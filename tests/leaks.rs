//! No secret in anything that is logged or printed, whatever the server does.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.
#![allow(deprecated)] // Both versions of the API are searched.

use std::fmt::{Debug, Write};
use std::time::Duration;

use rhombus_kisi::providers::{Fixed, KeyFile, OAuth};
use rhombus_kisi::{Client, ClientBuilder, Credentials, Expiring};
use rhombus_kisi_tests::{
    API_KEY, Authority, CLASSES, KISI_KEY, Log, RHOMBUS_TOKEN, Script, Server, Sighting, Step, Watch, builder,
    debugged, forms, json, page, printed, request, run_all,
};

/// Crates whose logs must be among what is searched, or nothing was proved.
const LOGGED: [&str; 5] = ["reqwest::", "hyper_util::", "h2::", "rustls::", "rhombus_kisi::"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fault_brings_a_secret_to_light() {
    let log_lines = Log::record();
    let watch = Watch::all();
    let mut leaks = Vec::new();
    for ran in run_all().await {
        let mut text = debugged(&ran.client);
        for result in ran.earlier.iter().chain([&ran.result]) {
            text += &ended(result);
        }
        for Sighting { what, around } in watch.search(text.as_bytes()) {
            leaks.push(format!("{} [{:?}]: {what}: …{around}…", ran.fault.name, ran.class));
        }
    }
    for (name, text) in [("an echo", echoed().await), ("stored settings", stored().await)] {
        for Sighting { what, around } in watch.search(text.as_bytes()) {
            leaks.push(format!("the wrapper, {name}: {what}: …{around}…"));
        }
    }
    leaks.sort();
    let log = log_lines.take();
    let text = String::from_utf8_lossy(&log);
    for name in LOGGED {
        assert!(text.contains(name), "{name} logged nothing");
    }
    for Sighting { what, around } in watch.search(&log) {
        leaks.push(format!("the log: {what}: …{around}…"));
    }
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));

    // The same search finds what is there to be found, on the way that every line took.
    tracing::trace!(key = API_KEY, "a careless span");
    log::debug!("a careless line: {KISI_KEY:?}");
    let found = names(&watch, &log_lines.take());
    assert!(found.iter().any(|what| what.starts_with("API key")), "{found:?}");
    assert!(found.iter().any(|what| what.starts_with("Kisi key")), "{found:?}");
}

/// What each operation of the wrapper prints where the server sends back what it got.
async fn echoed() -> String {
    let script = Script::read().then(Step::Echo(|request| page(500, &request.text()).bytes()));
    let server = Server::plain(vec![script]).await;
    let client = client(&server);
    let update = client
        .update_kisi_integration()
        .kisi_api_key(KISI_KEY)
        .rhombus_token(RHOMBUS_TOKEN)
        .place(7, |place| place.rhombus_token(RHOMBUS_TOKEN));
    let update_v2 = client.update_kisi_integration_v2().kisi_api_key(KISI_KEY);
    let mut text = debugged(&update) + &debugged(&update_v2);
    text += &(debugged(&update.clone().request()) + &debugged(&update_v2.clone().request()));
    text += &ended(&update.send().await);
    text += &ended(&update_v2.send().await);
    text += &ended(&client.kisi_places(KISI_KEY).await);
    text += &ended(&client.kisi_doors(KISI_KEY).await);
    text += &ended(&client.kisi_integration().await);
    text += &ended(&client.kisi_integration_v2().await);
    text += &ended(&client.unlock_door(1, 2).await);
    text += &ended(&client.delete_kisi_integration().await);
    text += &ended(&client.delete_kisi_integration_v2().await);
    assert_eq!(server.count(), 9);
    assert!(server.requests()[0].text().contains(RHOMBUS_TOKEN));
    text
}

/// What reading, planning and applying print where secrets are stored and changed.
async fn stored() -> String {
    let settings = serde_json::json!({
        "enabled": true,
        "apiSecretKey": KISI_KEY,
        "rhombusToken": RHOMBUS_TOKEN,
        "placeToSettingsMap": { "7": { "rhombusToken": RHOMBUS_TOKEN } },
        "futureSecret": API_KEY,
    });
    let response = serde_json::json!({ "error": false, "kisiSettings": settings });
    let server = Server::plain(vec![Script::respond(json(200, &response.to_string()))]).await;
    let client = client(&server);
    let snapshot = client.kisi_integration().await.unwrap();
    assert_eq!(snapshot.settings().rhombus_token.get().unwrap().expose(), RHOMBUS_TOKEN);
    let mut text = debugged(&snapshot);
    let to_others = snapshot.edit(|settings| settings.kisi_api_key("another").rhombus_token("another"));
    let from_others = snapshot.edit(|settings| settings.clear_kisi_api_key().clear_rhombus_token());
    for desired in [to_others, from_others] {
        let plan = snapshot.plan(&desired);
        assert!(!plan.is_empty());
        write!(text, "{plan}\n{plan:#}\n{}{}", debugged(&plan), debugged(&desired)).unwrap();
        text += &ended(&client.apply(plan).verify().await);
    }
    text
}

fn client(server: &Server) -> Client {
    let endpoint = format!("http://{}", server.address());
    builder(&endpoint, &Authority::new()).build().unwrap()
}

/// A call's end in each of the ways in which Rust prints it.
fn ended<T: Debug, E: std::error::Error + 'static>(result: &Result<T, E>) -> String {
    debugged(result) + &result.as_ref().err().map(|error| printed(error)).unwrap_or_default()
}

fn names(watch: &Watch, text: &[u8]) -> Vec<String> {
    watch.search(text).into_iter().map(|sighting| sighting.what).collect()
}

#[test]
fn a_secret_is_found_in_every_form_whole_or_cut() {
    let watch = Watch::all();
    for (name, secret) in [
        ("API key", API_KEY),
        ("Kisi key", KISI_KEY),
        ("rhombusToken", RHOMBUS_TOKEN),
    ] {
        for (form, text) in forms(secret) {
            let cut: String = text.chars().take(text.chars().count() * 3 / 4).collect();
            for text in [&text, &cut] {
                let found = names(&watch, format!("before {text} after").as_bytes());
                assert!(
                    found.iter().any(|what| what.starts_with(name)),
                    "{name}, {form}: {text}"
                );
            }
        }
    }
    assert_eq!(watch.search(b"nothing of the kind"), []);
}

#[test]
fn what_holds_a_token_does_not_print_it() {
    let oauth = OAuth::builder("client", API_KEY)
        .client_secret(KISI_KEY)
        .access_token(RHOMBUS_TOKEN, Duration::from_secs(60))
        .proxy(format!("http://user:{RHOMBUS_TOKEN}@127.0.0.1:1"));
    let token = Credentials::partner_access_token(RHOMBUS_TOKEN);
    let mut text = debugged(&oauth) + &debugged(&token);
    text += &debugged(&Expiring::after(token.clone(), Duration::from_secs(60)));
    let fixed = Fixed::new(token);
    text += &debugged(&fixed);
    let builder = Client::builder().credentials_provider(fixed);
    text += &debugged(&builder);
    text += &debugged(&builder.build().unwrap());
    for url in [
        format!("http://{RHOMBUS_TOKEN}.example/"),
        format!("https://{RHOMBUS_TOKEN}@example.com/"),
        RHOMBUS_TOKEN.to_owned(),
    ] {
        let builder = oauth.clone().token_url(url);
        text += &debugged(&builder);
        text += &printed(&builder.build().unwrap_err());
    }
    text += &debugged(
        &OAuth::builder("client", API_KEY)
            .client_secret(KISI_KEY)
            .build()
            .unwrap(),
    );
    assert_eq!(Watch::all().search(text.as_bytes()), []);
}

#[tokio::test]
async fn what_a_file_holds_is_not_quoted() {
    let server = Server::plain(vec![Script::respond(json(200, "{}"))]).await;
    let folder = std::env::temp_dir().join(format!("rhombus-kisi-leaks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("key");
    for contents in [
        format!("{API_KEY} {KISI_KEY}"),
        format!("{API_KEY}\n{KISI_KEY}"),
        format!("{API_KEY}é"),
    ] {
        std::fs::write(&path, contents).unwrap();
        let builder = Client::builder().endpoint(format!("http://{}", server.address()));
        let client = builder.credentials_provider(KeyFile::new(&path)).build().unwrap();
        let text = ended(&client.kisi_integration().await) + &debugged(&client);
        assert!(text.contains("not visible ASCII"), "{text}");
        assert_eq!(Watch::all().search(text.as_bytes()), []);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(server.count(), 0);
}

#[test]
fn what_holds_a_secret_does_not_print_it() {
    let credentials = Credentials::api_key(API_KEY).client_certificate(KISI_KEY, KISI_KEY);
    let builder = Client::builder()
        .credentials(credentials.clone())
        .proxy(format!("http://user:{RHOMBUS_TOKEN}@127.0.0.1:1"))
        .endpoint(format!("https://user:{RHOMBUS_TOKEN}@127.0.0.1:1"));
    let mut text = debugged(&credentials) + &debugged(&builder);
    for class in CLASSES {
        text.push_str(&debugged(&request(class).unwrap()));
    }
    let client = Client::builder().api_key(API_KEY).build().unwrap();
    text.push_str(&(debugged(&client) + &debugged(&client.transport())));
    assert_eq!(Watch::all().search(text.as_bytes()), []);
}

#[test]
fn what_is_refused_is_not_quoted() {
    let local = || Client::builder().api_key(API_KEY).endpoint("http://127.0.0.1:1");
    let secret = format!("{API_KEY}{KISI_KEY}{RHOMBUS_TOKEN}");
    let refused: Vec<(&str, ClientBuilder)> = vec![
        ("a key with a line break", local().api_key(format!("{secret}\n"))),
        ("a key that is not ASCII", local().partner_key(format!("{secret}é"))),
        ("an endpoint", local().endpoint(&secret)),
        (
            "a user's endpoint",
            local().endpoint(format!("https://{RHOMBUS_TOKEN}:{RHOMBUS_TOKEN}@example.com")),
        ),
        (
            "an endpoint's query",
            local().endpoint(format!("https://example.com/?key={RHOMBUS_TOKEN}")),
        ),
        (
            "an endpoint without TLS",
            local().endpoint(format!("http://{RHOMBUS_TOKEN}.example/")),
        ),
        (
            "a proxy",
            local().proxy(format!("http://{RHOMBUS_TOKEN}:{RHOMBUS_TOKEN}@[/")),
        ),
        ("a root certificate", local().add_root_certificate(secret.clone())),
        (
            "a broken root certificate",
            local().add_root_certificate(pem("CERTIFICATE")),
        ),
        (
            "a client certificate",
            local().client_certificate(secret.clone(), secret.clone()),
        ),
        (
            "a broken client certificate",
            local().client_certificate(pem("CERTIFICATE"), pem("PRIVATE KEY")),
        ),
        ("a user agent", local().user_agent(format!("{secret}\n"))),
    ];
    let watch = Watch::all();
    for (name, builder) in refused {
        let mut text = debugged(&builder);
        text.push_str(&printed(&builder.build().expect_err(name)));
        assert_eq!(watch.search(text.as_bytes()), [], "{name}");
    }
}

/// A PEM block with a secret for its content.
fn pem(label: &str) -> String {
    let content: String = RHOMBUS_TOKEN.repeat(2);
    format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----\n")
}
