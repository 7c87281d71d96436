use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate authority that lives as long as one test.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Identity {
    /// For 127.0.0.1, signed by the authority that the client trusts.
    Good,
    /// The same, but it ended long ago.
    Expired,
    /// The same, but it begins far in the future.
    NotYetValid,
    /// For 127.0.0.1, signed by itself.
    SelfSigned,
    /// Signed by the authority, for another host.
    WrongHost,
    /// For 127.0.0.1, signed by an authority that nobody trusts.
    Untrusted,
    /// Signed by the authority, but for use by clients only.
    ClientOnly,
}

impl Authority {
    /// An authority with a fresh key.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "fault server's authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer }
    }

    /// The authority's own certificate, for the client to trust.
    pub fn root_pem(&self) -> String {
        self.issuer.pem()
    }

    /// The authority's own certificate, for a server that asks for client certificates.
    pub fn root_der(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    /// A certificate and its key.
    pub fn issue(&self, identity: Identity) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let host = match identity {
            Identity::WrongHost => "api2.rhombussystems.com.example",
            _ => "127.0.0.1",
        };
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.extended_key_usages = vec![match identity {
            Identity::ClientOnly => ExtendedKeyUsagePurpose::ClientAuth,
            _ => ExtendedKeyUsagePurpose::ServerAuth,
        }];
        match identity {
            Identity::Expired => {
                params.not_before = date_time_ymd(2001, 1, 1);
                params.not_after = date_time_ymd(2002, 1, 1);
            }
            Identity::NotYetValid => {
                params.not_before = date_time_ymd(2901, 1, 1);
                params.not_after = date_time_ymd(2902, 1, 1);
            }
            _ => {}
        }
        let certificate = match identity {
            Identity::SelfSigned => params.self_signed(&key).unwrap(),
            Identity::Untrusted => params.signed_by(&key, &Self::new().issuer).unwrap(),
            _ => params.signed_by(&key, &self.issuer).unwrap(),
        };
        (
            certificate.der().clone(),
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}
