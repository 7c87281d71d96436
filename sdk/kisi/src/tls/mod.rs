//! Certificates, as the TLS library in use wants them.

mod pem;
#[cfg(any(feature = "native-tls", test))]
mod pkcs8;

use reqwest::{Certificate, Identity};
use rhombus_kisi_runtime::Error;

use crate::credentials::CertificatePem;

/// The certificates of a PEM text.
pub(crate) fn roots(text: &[u8]) -> Result<Vec<Certificate>, Error> {
    let certificates = pem::certificates(text)
        .map_err(|reason| Error::config(format!("a root certificate cannot be read: {reason}")))?;
    Certificate::from_pem_bundle(&certificates)
        .map_err(|error| Error::config_because("a root certificate cannot be read: its PEM block is damaged", error))
}

/// The client's own certificate and key.
///
/// With rustls the certificate goes through as it is: its serial number, negative or not, is the server's business.
pub(crate) fn identity(pair: &CertificatePem) -> Result<Identity, Error> {
    let certificates = pem::certificates(&pair.certificate)
        .map_err(|reason| Error::config(format!("the client certificate cannot be read: {reason}")))?;
    let unreadable_key = |reason| Error::config(format!("the key of the client certificate cannot be read: {reason}"));
    let key = pem::key(pair.key.expose()).map_err(|reason| unreadable_key(reason.to_owned()))?;
    together(&certificates, &key).map_err(|error| match error {
        Together::Key(reason) => unreadable_key(reason),
        Together::Library(error) => Error::config_because(
            "the client certificate or its key cannot be read: a PEM block is damaged, or the key is of a kind that the TLS library does \
             not know",
            error,
        ),
    })
}

/// What is wrong with a certificate and its key that are both PEM.
#[cfg_attr(
    not(feature = "native-tls"),
    allow(dead_code, reason = "rustls takes keys of every kind")
)]
enum Together {
    Key(String),
    Library(reqwest::Error),
}

#[cfg(not(feature = "native-tls"))]
fn together(certificates: &[u8], key: &pem::Key<'_>) -> Result<Identity, Together> {
    // Its exact size from the start: a buffer that grows would leave a copy of the key behind.
    let mut both = zeroize::Zeroizing::new(Vec::with_capacity(certificates.len() + key.block.len()));
    both.extend_from_slice(certificates);
    both.extend_from_slice(key.block.as_bytes());
    Identity::from_pem(&both).map_err(Together::Library)
}

/// The platform's library takes PKCS #8 alone.
#[cfg(feature = "native-tls")]
fn together(certificates: &[u8], key: &pem::Key<'_>) -> Result<Identity, Together> {
    let key = pkcs8::pem(key).map_err(Together::Key)?;
    Identity::from_pkcs8_pem(certificates, key.as_bytes()).map_err(Together::Library)
}

#[cfg(test)]
mod tests {
    use super::{identity, roots};
    use crate::credentials::CertificatePem;

    #[test]
    fn what_is_wrong_with_a_certificate_or_a_key_is_told() {
        let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let (certificate, key) = (block("CERTIFICATE"), block("PRIVATE KEY"));
        let encrypted =
            "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
        for (certificate, key, expected) in [
            (
                key.as_str(),
                certificate.as_str(),
                "certificate cannot be read: it holds a private key and no certificate: are the two swapped?",
            ),
            (
                &certificate,
                &certificate,
                "key of the client certificate cannot be read: it holds a certificate and no private key: are the two",
            ),
            ("", &key, "no PEM block `CERTIFICATE`"),
            ("\u{30}\u{82}", &key, "no PEM block `CERTIFICATE`"),
            (&certificate, "hunter2", "no PEM block `PRIVATE KEY`"),
            (&certificate, &block("ENCRYPTED PRIVATE KEY"), "encrypted: decrypt it"),
            (&certificate, encrypted, "encrypted: decrypt it"),
            (&certificate, &format!("{key}{key}"), "two private keys"),
            (
                &certificate,
                &block("OPENSSH PRIVATE KEY"),
                "`openssl pkcs8 -topk8 -nodes`",
            ),
            (&certificate, &block("PUBLIC KEY"), "no PEM block `PRIVATE KEY`"),
            (
                &certificate,
                "-----BEGIN PRIVATE KEY-----\nhunter2\n",
                "has no end: it was cut off",
            ),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n",
                &key,
                "has no end: it was cut off",
            ),
        ] {
            let error = identity(&CertificatePem {
                certificate: certificate.as_bytes().to_vec(),
                key: key.into(),
            })
            .err();
            let message = error.map(|error| error.to_string()).unwrap_or_default();
            assert!(message.contains(expected), "{expected}: {message}");
            assert!(
                !message.contains("hunter2") && !message.contains("PEM is expected"),
                "{message}"
            );
        }
        for (text, expected) in [
            ("", "no PEM block `CERTIFICATE`"),
            (key.as_str(), "it holds a private key and no certificate"),
            (
                "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
                "damaged",
            ),
        ] {
            let message = roots(text.as_bytes())
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(message.contains(expected), "{expected}: {message}");
        }
    }
}
