//! Mutual TLS, with certificates as Rhombus issues them: their serial number is negative.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends there")]
#![cfg(any(feature = "rustls", feature = "native-tls"))]

mod support;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair, SerialNumber};
use rhombus_kisi::{Client, Error};
use support::{KEY, READ, send};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    self, ClientConfig, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    SupportedProtocolVersion,
};

/// Takes any client certificate whose key the client has, and keeps it.
#[derive(Debug, Default)]
struct Keep(Mutex<Vec<Vec<u8>>>);

impl ClientCertVerifier for Keep {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.0.lock().unwrap().push(certificate.to_vec());
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

struct Server {
    address: SocketAddr,
    root: String,
    seen: Arc<Keep>,
    requests: Arc<Mutex<Vec<String>>>,
}

async fn server(versions: &[&'static SupportedProtocolVersion]) -> Server {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, "authority");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();

    let seen = Arc::new(Keep::default());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(seen.clone())
        .with_single_cert(vec![own.der().clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let log = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            if let Some(request) = support::request(&mut stream).await {
                log.lock().unwrap().push(request);
                let response = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                let _ = stream.write_all(response.as_bytes()).await;
            }
        }
    });
    Server {
        address,
        root: authority.pem(),
        seen,
        requests,
    }
}

/// Takes any server certificate.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        Keep::default().supported_verify_schemes()
    }
}

fn trusts_anybody() -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth()
}

fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

/// A certificate with a negative serial number, and its key. Its signature does not fit any more, which is between
/// its issuer and the server.
fn negative() -> (Vec<u8>, KeyPair) {
    let serial = [0x5a; 12];
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let mut der = params.self_signed(&key).unwrap().der().to_vec();
    let at = der.windows(serial.len()).position(|window| window == serial).unwrap();
    der[at] = 0xda;
    (der, key)
}

#[tokio::test]
async fn a_certificate_with_a_negative_serial_number_goes_through_as_it_is() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let server = server(&[version]).await;
        let (der, key) = negative();
        let client = Client::builder()
            .api_key(KEY)
            .client_certificate(pem(&der), key.serialize_pem())
            .endpoint(format!("https://localhost:{}", server.address.port()))
            .add_root_certificate(server.root.clone())
            .no_proxy()
            .build()
            .unwrap();
        send(&client, &READ).await.unwrap();
        assert_eq!(*server.seen.0.lock().unwrap(), [der]);
        let requests = server.requests.lock().unwrap();
        assert!(requests[0].contains("x-auth-scheme: api\r\n"), "{requests:?}");
        assert!(
            requests[0].contains(&format!("x-auth-apikey: {KEY}\r\n")),
            "{requests:?}"
        );
    }
}

/// The key as the vendor's client writes it: SEC 1, with the curve's name.
fn sec1(key: &KeyPair) -> String {
    let der = key.serialized_der();
    let find = |wanted: &[u8]| der.windows(wanted.len()).position(|window| window == wanted).unwrap() + wanted.len();
    let private = &der[find(&[0x02, 0x01, 0x01, 0x04, 0x20])..][..32];
    let curve = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let public = [&[0xa1, 0x44, 0x03, 0x42, 0x00], key.public_key_raw()].concat();
    let sec1 = [&[0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20], private, &curve, &public].concat();
    let text = BASE64_STANDARD.encode(sec1);
    format!("-----BEGIN EC PRIVATE KEY-----\n{text}\n-----END EC PRIVATE KEY-----\n")
}

#[tokio::test]
async fn a_key_as_the_vendors_client_saves_it_works() {
    let server = server(rustls::ALL_VERSIONS).await;
    let (der, key) = negative();
    let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    for (count, key) in [
        sec1(&key),
        format!("{parameters}{}", sec1(&key)),
        format!("Bag Attributes\n{}", key.serialize_pem()),
    ]
    .into_iter()
    .enumerate()
    {
        let client = Client::builder()
            .api_key(KEY)
            .client_certificate(format!("subject=/CN=x\n{}", pem(&der)), key)
            .endpoint(format!("https://localhost:{}", server.address.port()))
            .add_root_certificate(server.root.clone())
            .no_proxy()
            .build()
            .unwrap();
        send(&client, &READ).await.unwrap();
        assert_eq!(server.seen.0.lock().unwrap().len(), count + 1);
    }
}

#[tokio::test]
async fn a_server_that_is_not_trusted_gets_nothing() {
    let server = server(rustls::ALL_VERSIONS).await;
    let (der, key) = negative();
    let builder = Client::builder()
        .api_key(KEY)
        .client_certificate(pem(&der), key.serialize_pem())
        .no_proxy();
    // Whatever the HTTP library's builder was told: a configuration that trusts anybody, last of all.
    let gullible = builder.clone().http(|http| {
        http.tls_danger_accept_invalid_certs(true)
            .tls_danger_accept_invalid_hostnames(true)
            .tls_backend_preconfigured(trusts_anybody())
    });
    let port = server.address.port();
    // An unknown root, and a name that is not the certificate's.
    let table = [
        gullible.clone().endpoint(format!("https://localhost:{port}")),
        gullible
            .endpoint(format!("https://127.0.0.1:{port}"))
            .add_root_certificate(server.root.clone()),
        builder.clone().endpoint(format!("https://localhost:{port}")),
        builder
            .endpoint(format!("https://127.0.0.1:{port}"))
            .add_root_certificate(server.root.clone()),
    ];
    for builder in table {
        let error = send(&builder.build().unwrap(), &READ).await.unwrap_err();
        assert!(matches!(error, Error::Connect { .. }), "{error:?}");
        // A wrong certificate stays wrong, so that it is not tried again; the platform's own library does not tell.
        if !cfg!(feature = "native-tls") {
            assert_eq!(error.call().unwrap().attempts, 1);
        }
    }
    assert!(server.requests.lock().unwrap().is_empty());
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let (der, _) = negative();
    let (_, key) = negative();
    let result = Client::builder()
        .api_key(KEY)
        .client_certificate(pem(&der), key.serialize_pem())
        .build();
    assert!(matches!(result, Err(Error::Config { .. })), "{result:?}");
}
