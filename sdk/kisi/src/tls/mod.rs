//! Certificates, as the TLS library in use wants them.

use reqwest::{Certificate, Identity};
use rhombus_kisi_runtime::Error;

use crate::credentials::CertificatePem;

/// The certificates of a PEM text.
pub(crate) fn roots(pem: &[u8]) -> Result<Vec<Certificate>, Error> {
    let certificates = Certificate::from_pem_bundle(pem)
        .map_err(|error| Error::config_because("a root certificate cannot be read: PEM is expected", error))?;
    if certificates.is_empty() {
        return Err(Error::config(
            "a root certificate cannot be read: no PEM block `CERTIFICATE` in it",
        ));
    }
    Ok(certificates)
}

/// The client's own certificate and key.
///
/// With rustls the certificate goes through as it is: its serial number, negative or not, is the server's business.
#[cfg(not(feature = "native-tls"))]
pub(crate) fn identity(pem: &CertificatePem) -> Result<Identity, Error> {
    let (certificate, key) = (&pem.certificate, pem.key.expose().as_bytes());
    // Its exact size from the start: a buffer that grows would leave a copy of the key behind.
    let mut both = zeroize::Zeroizing::new(Vec::with_capacity(certificate.len() + 1 + key.len()));
    both.extend_from_slice(certificate);
    both.push(b'\n');
    both.extend_from_slice(key);
    Identity::from_pem(&both).map_err(refused)
}

/// The client's own certificate and key.
#[cfg(feature = "native-tls")]
pub(crate) fn identity(pem: &CertificatePem) -> Result<Identity, Error> {
    Identity::from_pkcs8_pem(&pem.certificate, pem.key.expose().as_bytes()).map_err(refused)
}

fn refused(error: reqwest::Error) -> Error {
    Error::config_because(
        "the client certificate or its key cannot be read: PEM is expected, with a key that is not encrypted",
        error,
    )
}
