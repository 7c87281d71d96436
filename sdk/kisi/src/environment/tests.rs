use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use rhombus_kisi_runtime::Error;

use super::surroundings::{File, Surroundings};
use super::{Settings, resolve};

/// Surroundings as a table.
#[derive(Default)]
struct Table {
    variables: BTreeMap<&'static str, String>,
    files: BTreeMap<PathBuf, (Vec<u8>, u32)>,
    homeless: bool,
}

impl Table {
    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.to_owned());
        self
    }

    #[cfg(feature = "profile")]
    fn file(mut self, path: &str, text: &[u8], mode: u32) -> Self {
        self.files
            .insert(Path::new("/home/u").join(path), (text.to_vec(), mode));
        self
    }
}

impl Surroundings for Table {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).filter(|value| !value.is_empty()).cloned()
    }

    fn home(&self) -> Option<PathBuf> {
        (!self.homeless).then(|| "/home/u".into())
    }

    fn file(&self, path: &Path) -> io::Result<File> {
        match self.files.get(path) {
            Some((_, 0)) => Err(io::ErrorKind::PermissionDenied.into()),
            Some((bytes, mode)) => Ok(File {
                bytes: bytes.clone().into(),
                mode: Some(*mode),
            }),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

fn headers(settings: &Settings) -> (String, &'static str) {
    let headers = settings.credentials.clone().into_headers().unwrap();
    (headers.expose_key().to_owned(), headers.scheme())
}

fn message(result: Result<Settings, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn variables_are_enough() {
    let table = Table::default()
        .variable("RHOMBUS_API_KEY", "env-key")
        .variable("RHOMBUS_ENDPOINT_URL", "https://example.com");
    for homeless in [false, true] {
        let table = Table {
            variables: table.variables.clone(),
            homeless,
            ..Table::default()
        };
        let settings = resolve(&table).unwrap();
        assert_eq!(headers(&settings), ("env-key".to_owned(), "api-token"));
        assert_eq!(settings.endpoint.as_deref(), Some("https://example.com"));
        assert_eq!(settings.warnings, []);
    }
}

#[test]
fn a_missing_key_is_named() {
    assert!(message(resolve(&Table::default())).contains("RHOMBUS_API_KEY"));
    assert!(message(resolve(&Table::default().variable("RHOMBUS_API_KEY", ""))).contains("RHOMBUS_API_KEY"));
}

#[cfg(not(feature = "profile"))]
#[test]
fn a_profile_needs_the_feature() {
    let table = Table::default()
        .variable("RHOMBUS_API_KEY", "k")
        .variable("RHOMBUS_PROFILE", "eu");
    assert!(message(resolve(&table)).contains("feature `profile`"));
}

#[cfg(feature = "profile")]
mod profile {
    use proptest::prelude::*;

    use super::super::EnvWarning;
    use super::*;

    const CREDENTIALS: &[u8] =
        b"[default]\napi_key = file-key\n\n[partner]\napi_key = partner-key\nauth_type = token\nis_partner = true\n";
    const CONFIG: &[u8] =
        b"[default]\noutput = json\n\n[profile partner]\nendpoint_url = https://api2.eu.rhombussystems.com\n";

    fn table() -> Table {
        Table::default()
            .file(".rhombus/credentials", CREDENTIALS, 0o600)
            .file(".rhombus/config", CONFIG, 0o644)
    }

    #[test]
    fn files_fill_in_what_variables_leave_out() {
        let settings = resolve(&table()).unwrap();
        assert_eq!(headers(&settings), ("file-key".to_owned(), "api-token"));
        assert_eq!((settings.endpoint, settings.warnings), (None, Vec::new()));

        let settings = resolve(&table().variable("RHOMBUS_PROFILE", "partner")).unwrap();
        assert_eq!(headers(&settings), ("partner-key".to_owned(), "partner-api-token"));
        assert_eq!(settings.endpoint.as_deref(), Some("https://api2.eu.rhombussystems.com"));
    }

    #[test]
    fn variables_go_before_files_one_by_one() {
        let table = table()
            .variable("RHOMBUS_PROFILE", "partner")
            .variable("RHOMBUS_API_KEY", "env-key")
            .variable("RHOMBUS_ENDPOINT_URL", "https://example.com");
        let settings = resolve(&table).unwrap();
        assert_eq!(headers(&settings), ("env-key".to_owned(), "partner-api-token"));
        assert_eq!(settings.endpoint.as_deref(), Some("https://example.com"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let default = |text: &[u8]| Table::default().file(".rhombus/credentials", text, 0o600);
        let table = [
            (
                Table::default(),
                "`api_key` under [default] in /home/u/.rhombus/credentials",
            ),
            (default(b"[other]\napi_key = x"), "`api_key` under [default]"),
            (table().variable("RHOMBUS_PROFILE", "nobody"), "the profile `nobody`"),
            (default(b"[default]\napi_key hunter2"), "line 2"),
            (default(b"[default]\napi_key = \xff\xfe hunter2"), "not UTF-8"),
            (
                default(b"[default]\napi_key = hunter2\nis_partner = maybe"),
                "`is_partner`",
            ),
            (
                default(b"[default]\napi_key = hunter2\nauth_type = oauth"),
                "`auth_type`",
            ),
            (
                default(b"[default]\napi_key = hunter2\nauth_type = cert"),
                "`cert_file`",
            ),
            (
                default(b"[default]\napi_key = hunter2\nauth_type = cert\ncert_file = ~/c.pem\nkey_file = k.pem"),
                "/home/u/c.pem",
            ),
            (
                Table::default().file(".rhombus/credentials", b"", 0),
                "permission denied",
            ),
        ];
        for (table, expected) in table {
            let message = message(resolve(&table));
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn a_key_in_the_environment_needs_no_files() {
        for (text, mode) in [(&b"nonsense"[..], 0o600), (b"", 0)] {
            let table = Table::default()
                .file(".rhombus/credentials", text, mode)
                .variable("RHOMBUS_API_KEY", "env-key");
            let settings = resolve(&table).unwrap();
            assert_eq!(headers(&settings).0, "env-key");
            assert!(
                matches!(&settings.warnings[..], [EnvWarning::LeftOut { .. }]),
                "{:?}",
                settings.warnings
            );
            let table = table.variable("RHOMBUS_PROFILE", "default");
            assert!(resolve(&table).is_err());
        }
    }

    #[test]
    fn the_key_of_the_environment_stands_in_for_another_sign_in() {
        let table = Table::default()
            .file(".rhombus/credentials", b"[default]\nauth_type = oauth", 0o600)
            .variable("RHOMBUS_API_KEY", "env-key");
        assert_eq!(headers(&resolve(&table).unwrap()), ("env-key".to_owned(), "api-token"));
    }

    #[test]
    fn a_certificate_is_read_from_its_files() {
        let table = Table::default()
            .file(
                ".rhombus/credentials",
                b"[default]\napi_key=k\nauth_type=cert\ncert_file=/home/u/c.pem\nkey_file=~/k.pem\nis_partner=TRUE",
                0o640,
            )
            .file("c.pem", b"certificate", 0o644)
            .file("k.pem", b"key", 0o604);
        let settings = resolve(&table).unwrap();
        assert_eq!(headers(&settings).1, "partner-api");
        let pem = settings.credentials.certificate_pem().unwrap();
        assert_eq!((&pem.certificate[..], pem.key.expose()), (&b"certificate"[..], "key"));
        let warned: Vec<_> = settings.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warned.len(), 2);
        assert!(
            warned[0].contains(".rhombus/credentials") && warned[0].contains("mode 640"),
            "{warned:?}"
        );
        assert!(
            warned[1].contains("k.pem") && warned[1].contains("chmod 600"),
            "{warned:?}"
        );
    }

    proptest! {
        #[test]
        fn any_files_are_read_without_panic(credentials: Vec<u8>, config in "(\\[default\\]\n)?[ -~\n]*", name: Option<String>) {
            let mut table = Table::default()
                .file(".rhombus/credentials", &credentials, 0o600)
                .file(".rhombus/config", config.as_bytes(), 0o600);
            if let Some(name) = name {
                table = table.variable("RHOMBUS_PROFILE", &name);
            }
            let _ = resolve(&table);
        }
    }
}
