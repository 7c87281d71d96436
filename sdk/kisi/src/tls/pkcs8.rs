//! Keys in the older forms, wrapped into PKCS #8: the content stays as it is, and says in front what kind of key it is.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::pem::{Key, Kind};

/// Version 0.
const VERSION: &[u8] = &[0x02, 0x01, 0x00];
/// `rsaEncryption`, with its empty parameters.
const RSA: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
/// `id-ecPublicKey`; its parameter is the curve.
const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

const SEQUENCE: u8 = 0x30;
const OCTETS: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
/// Where a SEC 1 key names its curve.
const PARAMETERS: u8 = 0xa0;

/// The key as a PEM block of PKCS #8.
pub(super) fn pem(key: &Key<'_>) -> Result<Zeroizing<String>, String> {
    if key.kind == Kind::Pkcs8 {
        return Ok(Zeroizing::new(key.block.to_owned()));
    }
    let body: Zeroizing<String> = Zeroizing::new(
        key.block
            .lines()
            .filter(|line| !line.starts_with('-') && !line.contains(':'))
            .map(str::trim)
            .collect(),
    );
    let der = BASE64_STANDARD
        .decode(body.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| "its PEM block is damaged".to_owned())?;
    let algorithm = match key.kind {
        Kind::Sec1 => {
            let curve = curve(&der).ok_or_else(|| {
                "it does not name its curve, which this TLS library needs: convert it with `openssl pkcs8 -topk8 -nodes`, or use rustls".to_owned()
            })?;
            [EC, curve].concat()
        }
        Kind::Pkcs1 | Kind::Pkcs8 => RSA.to_vec(),
    };
    let algorithm = element(SEQUENCE, &[&algorithm]);
    let content = element(OCTETS, &[&der]);
    let wrapped = element(SEQUENCE, &[VERSION, &algorithm, &content]);
    let body = Zeroizing::new(BASE64_STANDARD.encode(&*wrapped));
    let mut text = Zeroizing::new(String::with_capacity(body.len() + body.len() / 64 + 64));
    text.push_str("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = body.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str(rest);
    text.push_str("\n-----END PRIVATE KEY-----\n");
    Ok(text)
}

/// The element that names the curve of a SEC 1 key.
fn curve(der: &[u8]) -> Option<&[u8]> {
    let (tag, mut content, _) = split(der)?;
    if tag != SEQUENCE {
        return None;
    }
    loop {
        let (tag, inner, rest) = split(content)?;
        if tag == PARAMETERS {
            let (tag, _, after) = split(inner)?;
            return (tag == OBJECT_ID && after.is_empty()).then_some(inner);
        }
        content = rest;
    }
}

/// The first element's tag and content, and what follows it.
fn split(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (usize::from(short), rest),
        long @ 0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let length = bytes.iter().try_fold(0_usize, |length, byte| {
                length.checked_mul(256)?.checked_add(usize::from(*byte))
            })?;
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// An element of these parts.
fn element(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut element = Zeroizing::new(Vec::with_capacity(length + 10));
    element.push(tag);
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => element.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let bytes = bytes.get(zeros..).unwrap_or_default();
            // At most eight bytes.
            element.push(0x80 | bytes.len() as u8);
            element.extend_from_slice(bytes);
        }
    }
    for part in parts {
        element.extend_from_slice(part);
    }
    element
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;
    use rcgen::KeyPair;

    use super::super::pem;
    use super::{curve, split};

    /// What is inside of a PKCS #8 key: the key in its older form.
    fn inside(pkcs8: &[u8]) -> &[u8] {
        let (_, content, _) = split(pkcs8).unwrap();
        let (_, _, after_version) = split(content).unwrap();
        let (_, _, after_algorithm) = split(after_version).unwrap();
        split(after_algorithm).unwrap().1
    }

    fn block(label: &str, der: &[u8]) -> String {
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            BASE64_STANDARD.encode(der)
        )
    }

    fn converted(text: &str) -> Result<String, String> {
        super::pem(&pem::key(text)?).map(|text| text.to_string())
    }

    #[test]
    fn a_key_in_an_older_form_is_the_same_key() {
        let key = KeyPair::generate().unwrap();
        let sec1 = inside(key.serialized_der());
        // As `ecparam -genkey` writes it, with the curve inside: [0] goes after the key itself.
        let (_, content, _) = split(sec1).unwrap();
        let (_, _, after_version) = split(content).unwrap();
        let (_, private, public) = split(after_version).unwrap();
        let oid = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        let sec1 = super::element(
            0x30,
            &[&[0x02, 0x01, 0x01], &super::element(0x04, &[private]), &oid, public],
        );
        assert_eq!(curve(&sec1), Some(&oid[2..]));

        let pem = converted(&block("EC PRIVATE KEY", &sec1)).unwrap();
        let again = KeyPair::from_pem(&pem).unwrap();
        assert_eq!(again.public_key_raw(), key.public_key_raw());
    }

    #[test]
    fn what_cannot_be_converted_says_what_to_do() {
        let key = KeyPair::generate().unwrap();
        let nameless = block("EC PRIVATE KEY", inside(key.serialized_der()));
        assert!(converted(&nameless).unwrap_err().contains("openssl pkcs8 -topk8"));
        assert!(
            converted(&block("EC PRIVATE KEY", b"x"))
                .unwrap_err()
                .contains("openssl pkcs8 -topk8")
        );
        let damaged = "-----BEGIN RSA PRIVATE KEY-----\n!!\n-----END RSA PRIVATE KEY-----";
        assert!(converted(damaged).unwrap_err().contains("damaged"));
        assert_eq!(
            converted(&key.serialize_pem()).unwrap().trim(),
            key.serialize_pem().trim()
        );
    }

    #[test]
    fn an_rsa_key_says_that_it_is_one() {
        let der = super::element(0x30, &[&[7; 300]]);
        let text = converted(&block("RSA PRIVATE KEY", &der)).unwrap();
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let wrapped = BASE64_STANDARD.decode(body).unwrap();
        assert_eq!(inside(&wrapped), &der[..]);
        assert_eq!(
            wrapped
                .windows(super::RSA.len())
                .filter(|window| *window == super::RSA)
                .count(),
            1
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = curve(&bytes);
            let _ = converted(&block("EC PRIVATE KEY", &bytes));
        }
    }
}
