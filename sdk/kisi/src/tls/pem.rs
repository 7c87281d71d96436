//! The blocks of a PEM text. Their content is the TLS library's business.

/// A private key's block, from its first dash to its last.
pub(super) struct Key<'a> {
    #[cfg_attr(
        not(any(feature = "native-tls", test)),
        allow(dead_code, reason = "rustls finds it in the block")
    )]
    pub(super) kind: Kind,
    pub(super) block: &'a str,
}

/// What a private key's block holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// `PRIVATE KEY`
    Pkcs8,
    /// `RSA PRIVATE KEY`
    Pkcs1,
    /// `EC PRIVATE KEY`
    Sec1,
}

const CERTIFICATE: &str = "CERTIFICATE";
const CUT: &str = "a PEM block has no end: it was cut off";

/// The certificates' blocks alone.
pub(super) fn certificates(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    let text = String::from_utf8_lossy(text);
    let blocks = blocks(&text).ok_or(CUT)?;
    let certificates: Vec<u8> = blocks
        .iter()
        .filter(|(label, _)| matches!(*label, CERTIFICATE | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE"))
        .flat_map(|(_, block)| block.bytes().chain([b'\n']))
        .collect();
    match certificates.is_empty() {
        false => Ok(certificates),
        true if blocks.iter().any(|(label, _)| label.ends_with("PRIVATE KEY")) => {
            Err("it holds a private key and no certificate: are the two swapped?")
        }
        true => Err("there is no PEM block `CERTIFICATE` in it"),
    }
}

/// The private key's block alone.
pub(super) fn key(text: &str) -> Result<Key<'_>, &'static str> {
    let blocks = blocks(text).ok_or(CUT)?;
    let mut keys = blocks.iter().filter(|(label, _)| label.ends_with("PRIVATE KEY"));
    let (label, block) = match (keys.next(), keys.next()) {
        (Some(key), None) => *key,
        (Some(_), Some(_)) => return Err("it holds two private keys: keep the certificate's own"),
        (None, _) if blocks.iter().any(|(label, _)| *label == CERTIFICATE) => {
            return Err("it holds a certificate and no private key: are the two swapped?");
        }
        (None, _) => return Err("there is no PEM block `PRIVATE KEY` in it"),
    };
    let encrypted = label == "ENCRYPTED PRIVATE KEY"
        || block
            .lines()
            .any(|line| line.starts_with("Proc-Type:") && line.contains("ENCRYPTED"));
    let kind = match label {
        _ if encrypted => {
            return Err("it is encrypted: decrypt it with `openssl pkcs8 -topk8 -nodes -in KEY -out NEW`");
        }
        "PRIVATE KEY" => Kind::Pkcs8,
        "RSA PRIVATE KEY" => Kind::Pkcs1,
        "EC PRIVATE KEY" => Kind::Sec1,
        _ => return Err("it is of a kind that TLS does not use: convert it with `openssl pkcs8 -topk8 -nodes`"),
    };
    Ok(Key { kind, block })
}

/// The label and the whole of each block; `None` where one has no end.
fn blocks(text: &str) -> Option<Vec<(&str, &str)>> {
    const BEGIN: &str = "-----BEGIN ";
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let from = rest.get(at..)?;
        let (label, _) = from.get(BEGIN.len()..)?.split_once("-----")?;
        let end = format!("-----END {label}-----");
        let length = from.find(&end)? + end.len();
        blocks.push((label, from.get(..length)?));
        rest = from.get(length..)?;
    }
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Kind, certificates, key};

    #[test]
    fn blocks_are_found_among_other_text() {
        let text = "Bag Attributes\n-----BEGIN EC PARAMETERS-----\nAA==\n-----END EC PARAMETERS-----\r\n-----BEGIN EC PRIVATE KEY-----\r\nAAAA\r\n\
            -----END EC PRIVATE KEY-----\r\n-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\nsubject=\n-----BEGIN \
            CERTIFICATE-----\nCCCC\n-----END CERTIFICATE-----";
        let found = key(text).map(|key| {
            (
                key.kind,
                key.block.starts_with("-----BEGIN EC PRIVATE KEY"),
                key.block.contains("AAAA"),
            )
        });
        assert_eq!(found, Ok((Kind::Sec1, true, true)));
        let certificates = certificates(text.as_bytes()).unwrap_or_default();
        let certificates = String::from_utf8_lossy(&certificates);
        assert_eq!(certificates.matches("BEGIN CERTIFICATE").count(), 2, "{certificates}");
        assert!(!certificates.contains("KEY"), "{certificates}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(-----BEGIN |-----END |-----|PRIVATE KEY|CERTIFICATE|[A-Z\n é]){0,12}", bytes: Vec<u8>) {
            let _ = (key(&text).is_ok(), certificates(text.as_bytes()).is_ok(), certificates(&bytes).is_ok());
        }
    }
}
