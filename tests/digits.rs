//! A number that the SDK does not interpret goes back as it came, digit for digit, wherever it is.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, a broken set-up is a failed test.
#![allow(deprecated)] // Both versions of the API are tried.

use proptest::prelude::*;
use rhombus_kisi::types::{
    GetKisiDoorsResponse, GetKisiIntegrationResponse, GetOrgIntegrationsV2Response, KisiIntegrationInput, KisiSettings,
};
use rhombus_kisi_tests::{Authority, Script, Server, builder, json};
use serde::Serialize;
use serde::de::DeserializeOwned;

const NUMBERS: [&str; 8] = [
    "1e400",
    "123456789012345678901234567890",
    "-0.0",
    "1.0",
    "-0",
    "1E+2",
    "0.1000000000000000055511151231257827",
    "18446744073709551616",
];

/// Reads the text and writes it, and returns it without what may differ: there is nothing.
fn again<T: DeserializeOwned + Serialize>(text: &str) -> String {
    serde_json::to_string(&serde_json::from_str::<T>(text).unwrap()).unwrap()
}

#[test]
fn numbers_keep_their_digits_in_every_object() {
    for number in NUMBERS {
        let new = format!(r#""new":{{"a":[{number},{{"b":{number}}}],"c":{number}}}"#);
        for text in [
            format!("{{{new}}}"),
            format!(r#"{{"kisiSettings":{{{new}}}}}"#),
            format!(r#"{{"kisiSettings":{{"defaultOptions":{{{new}}},"doorInfoMap":{{"7":{{{new}}}}}}}}}"#),
            format!(r#"{{"kisiSettings":{{"placeToSettingsMap":{{"7":{{"doorInfoMap":{{"8":{{{new}}}}},{new}}}}}}}}}"#),
        ] {
            assert_eq!(again::<GetKisiIntegrationResponse>(&text), text);
        }
        for text in [
            format!(r#"{{"orgIntegrationV2":{{"integration":"KISI",{new}}}}}"#),
            format!(r#"{{"orgIntegrationV2":{{"integration":"FUTURE",{new}}}}}"#),
            format!(r#"{{"orgIntegrationV2":{{{new}}},{new}}}"#),
            format!(
                r#"{{"orgIntegrationV2":{{"integration":"KISI","placeToSettingsMap":{{"7":{{"doorInfoMap":{{"8":{{{new}}}}}}}}}}}}}"#
            ),
            format!(r#"{{"orgIntegrationV2":{{"integration":"BRIVO",{new}}}}}"#),
        ] {
            assert_eq!(again::<GetOrgIntegrationsV2Response>(&text), text);
        }
        let doors = format!(r#"{{"placeToDoorMap":{{"7":[{{"id":1,{new}}}]}}}}"#);
        assert_eq!(again::<GetKisiDoorsResponse>(&doors), doors);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_of_what_was_read_sends_the_digits() {
    let new = format!(r#""new":[{}]"#, NUMBERS.join(","));
    let reads = [
        format!(r#"{{"kisiSettings":{{"enabled":true,{new}}}}}"#),
        format!(r#"{{"orgIntegrationV2":{{"enabled":true,"integration":"KISI",{new}}}}}"#),
    ];
    for (version, read) in reads.iter().enumerate() {
        let server = Server::plain(vec![Script::respond(json(200, read)), Script::respond(json(200, "{}"))]).await;
        let client = builder(&format!("http://{}", server.address()), &Authority::new())
            .build()
            .unwrap();
        if version == 0 {
            let read: KisiSettings = client.kisi_integration().await.unwrap().settings().clone();
            let _ = client.update_kisi_integration().settings(read).send().await.unwrap();
        } else {
            let read: KisiIntegrationInput = client.kisi_integration_v2().await.unwrap().settings().clone();
            let _ = client.update_kisi_integration_v2().settings(read).send().await.unwrap();
        }
        assert!(
            server.requests()[1].text().contains(&new),
            "{}",
            server.requests()[1].text()
        );
    }
}

/// What a plan changes goes into what is there by then, whose digits stay, and the last digit of a number is a difference.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_keeps_the_digits_and_sees_the_last_of_them() {
    let new = format!(r#""new":[{}]"#, NUMBERS.join(","));
    let read = |long: &str, stamp: u8| {
        let door = format!(r#""doorInfoMap":{{"42":{{{new}}}}}"#);
        json(
            200,
            &format!(r#"{{"kisiSettings":{{"enabled":true,{new},"long":{long},"lastSyncMs":{stamp},{door}}}}}"#),
        )
    };
    let (long, other) = ("123456789012345678901234567890", "123456789012345678901234567891");
    for (now, strict, written) in [(long, false, true), (other, false, true), (other, true, false)] {
        let script = [read(long, 1), read(now, 2), json(200, "{}")];
        let server = Server::plain(script.into_iter().map(Script::respond).collect()).await;
        let client = builder(&format!("http://{}", server.address()), &Authority::new())
            .build()
            .unwrap();
        let current = client.kisi_integration().await.unwrap();
        let plan = current.plan(&current.edit(|settings| settings.enabled(false)));
        assert_eq!(plan.changes().len(), 1, "{plan}");
        let apply = client.apply(plan);
        let applied = if strict { apply.strict().await } else { apply.await };
        assert_eq!(applied.is_ok(), written, "{applied:?}");
        if let Err(error) = applied {
            assert!(error.conflicts().contains(&"$.long".to_owned()), "{error}");
            continue;
        }
        let sent = server.requests()[2].text().to_owned();
        assert_eq!(sent.matches(&new).count(), 2, "{sent}");
        assert!(
            sent.contains(&format!(r#""long":{now}"#)) && sent.contains(r#""lastSyncMs":2"#),
            "{sent}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_number_keeps_its_digits(number in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,5})?") {
        let text = format!(r#"{{"orgIntegrationV2":{{"integration":"KISI","new":{number}}},"newer":[{number}]}}"#);
        prop_assert_eq!(again::<GetOrgIntegrationsV2Response>(&text), text);
    }
}
