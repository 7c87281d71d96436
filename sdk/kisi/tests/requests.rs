//! What goes out: headers for each credential, the address, the body.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]

mod support;

use rhombus_kisi::{Credentials, Error, Request, RhombusUuid};
use support::{KEY, READ, Step, UNLOCK, WRITE, builder, send, server};

/// The headers of a request but for the host, sorted.
fn headers(request: &str) -> Vec<String> {
    let head = request.split_once("\r\n\r\n").unwrap().0;
    let mut headers: Vec<_> = head
        .lines()
        .skip(1)
        .map(str::to_ascii_lowercase)
        .filter(|line| !line.starts_with("host: "))
        .collect();
    headers.sort();
    headers
}

#[tokio::test]
async fn each_credential_has_its_headers() {
    let organization = RhombusUuid::from_bytes([7; 16]);
    let table = [
        (Credentials::api_key(KEY), "api-token", None),
        (Credentials::partner_key(KEY), "partner-api-token", None),
        (
            Credentials::partner_key(KEY).organization(organization.clone()),
            "partner-api-token",
            Some(organization.to_string()),
        ),
    ];
    for (credentials, scheme, organization) in table {
        let (address, log) = server([]).await;
        let client = builder(address)
            .credentials(credentials)
            .user_agent("agent/1")
            .build()
            .unwrap();
        assert_eq!(send(&client, &READ).await.unwrap().attempts, 1);
        let requests = log.requests();
        assert!(
            requests[0].starts_with("POST /api/read HTTP/1.1\r\n"),
            "{}",
            requests[0]
        );
        assert!(
            requests[0].ends_with("\r\n\r\n{\"apiSecretKey\":\"kisi-secret\"}"),
            "{}",
            requests[0]
        );
        let mut expected = vec![
            "accept: */*".to_owned(),
            "content-length: 30".to_owned(),
            "content-type: application/json".to_owned(),
            "user-agent: agent/1".to_owned(),
            format!("x-auth-apikey: {KEY}"),
            format!("x-auth-scheme: {scheme}"),
        ];
        if let Some(organization) = organization {
            expected.push(format!("x-auth-org: {}", organization.to_ascii_lowercase()));
        }
        // With the feature `gzip` there is one more.
        if cfg!(feature = "gzip") {
            expected.push("accept-encoding: gzip".to_owned());
        }
        expected.sort();
        assert_eq!(headers(&requests[0]), expected);
    }
}

#[tokio::test]
async fn a_base_path_is_kept() {
    let (address, log) = server([]).await;
    let client = builder(address)
        .endpoint(format!("http://{address}/proxy/"))
        .build()
        .unwrap();
    send(&client, &READ).await.unwrap();
    assert!(log.requests()[0].starts_with("POST /proxy/api/read HTTP/1.1\r\n"));
}

#[tokio::test]
async fn an_organisation_can_be_changed() {
    let (address, log) = server([]).await;
    let partner = builder(address).partner_key(KEY).build().unwrap();
    let id = RhombusUuid::from_bytes([9; 16]);
    send(&partner.for_organization(&id).unwrap(), &READ).await.unwrap();
    assert!(log.requests()[0].contains(&format!("x-auth-org: {id}")));
    assert!(matches!(partner.for_organization("x"), Err(Error::Invalid { .. })));
    let own = builder(address).build().unwrap();
    assert!(matches!(own.for_organization(&id), Err(Error::Invalid { .. })));
    assert_eq!(log.requests().len(), 1);
}

#[tokio::test]
async fn headers_of_a_request_do_not_stand_for_the_credentials() {
    let (address, log) = server([]).await;
    let organization = builder(address).build().unwrap();
    let partner = builder(address).partner_key(support::KEY).build().unwrap();
    let acting = partner.for_organization([1; 16]).unwrap();
    for client in [organization, partner, acting] {
        let mut request = Request::new(&WRITE).json(&serde_json::json!({})).unwrap();
        for name in ["x-auth-apikey", "x-auth-scheme", "x-auth-org", "x-auth-access-token"] {
            request.headers.append(name, "another".parse().unwrap());
            request.headers.append(name, "others".parse().unwrap());
        }
        request.headers.insert("x-other", "kept".parse().unwrap());
        client.transport().send(request).await.unwrap();
    }
    let requests = log.requests();
    for (request, expected) in requests.iter().zip([2, 2, 3]) {
        assert!(!request.contains("another") && !request.contains("others"), "{request}");
        assert_eq!(request.matches("x-auth-").count(), expected, "{request}");
        assert!(
            request.contains(&format!("x-auth-apikey: {}\r\n", support::KEY)),
            "{request}"
        );
        assert!(request.contains("x-other: kept\r\n"), "{request}");
    }
}

#[tokio::test]
async fn what_must_not_happen_twice_has_a_connection_of_its_own() {
    let (address, log) = server([]).await;
    let client = builder(address).build().unwrap();
    for _ in 0..3 {
        send(&client, &READ).await.unwrap();
    }
    assert_eq!(log.connections(), 1);
    for _ in 0..3 {
        send(&client, &UNLOCK).await.unwrap();
    }
    assert_eq!((log.connections(), log.requests().len()), (4, 6));
}

#[tokio::test]
async fn a_request_without_a_body_has_none() {
    let (address, log) = server([Step::Respond("HTTP/1.1 204 No Content\r\n\r\n")]).await;
    let client = builder(address).build().unwrap();
    let response = client.transport().send(Request::new(&READ)).await.unwrap();
    assert_eq!((response.status.as_u16(), response.body.len()), (204, 0));
    assert!(headers(&log.requests()[0]).contains(&"content-length: 0".to_owned()));
}

#[test]
fn without_tokio_a_call_is_refused() {
    let client = builder(([127, 0, 0, 1], 9).into()).build().unwrap();
    let transport = client.transport();
    let mut call = transport.send(Request::new(&READ));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        std::task::Poll::Ready(Err(Error::Invalid { .. })) => {}
        other => panic!("{other:?}"),
    }
}
