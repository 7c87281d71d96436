use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use rhombus_kisi_runtime::Error;

use super::env::{Env, File};
use super::{Settings, resolve};

/// An environment as a table.
#[derive(Default)]
struct Table {
    variables: BTreeMap<&'static str, String>,
    files: BTreeMap<PathBuf, (Vec<u8>, u32)>,
    folders: BTreeMap<PathBuf, u32>,
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

impl Env for Table {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).filter(|value| !value.is_empty()).cloned()
    }

    fn home(&self) -> Option<PathBuf> {
        (!self.homeless).then(|| "/home/u".into())
    }

    fn file(&self, path: &Path, _: usize) -> io::Result<File> {
        match self.files.get(path) {
            Some((_, 0)) => Err(io::ErrorKind::PermissionDenied.into()),
            Some((bytes, mode)) => Ok(File {
                bytes: bytes.clone().into(),
                mode: Some(*mode),
            }),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn folder_mode(&self, path: &Path) -> Option<u32> {
        self.folders.get(path).copied()
    }
}

fn headers(settings: &Settings) -> (String, &'static str) {
    let headers = settings.credentials.clone().into_headers().unwrap();
    (headers.expose_secret().to_owned(), headers.scheme())
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
fn variables_say_for_whom_a_partner_acts() {
    const ID: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
    let resolved = |variables: &[(&'static str, &str)]| {
        let table = Table::default().variable("RHOMBUS_API_KEY", "key");
        resolve(
            &variables
                .iter()
                .fold(table, |table, (name, value)| table.variable(name, value)),
        )
    };
    let acting = |variables: &[(&'static str, &str)]| {
        let headers = resolved(variables).unwrap().credentials.into_headers().unwrap();
        (headers.scheme(), headers.organization().map(str::to_owned))
    };
    for (said, scheme) in [
        ("true", "partner-api-token"),
        ("1", "partner-api-token"),
        ("false", "api-token"),
        ("0", "api-token"),
    ] {
        assert_eq!(acting(&[("RHOMBUS_PARTNER", said)]), (scheme, None));
    }
    let both = [("RHOMBUS_PARTNER", "true"), ("RHOMBUS_ORGANIZATION", ID)];
    assert_eq!(acting(&both), ("partner-api-token", Some(ID.to_owned())));
    let wrong: [(&[(&'static str, &str)], &str); 4] = [
        (&[("RHOMBUS_PARTNER", "yes")], "RHOMBUS_PARTNER is neither"),
        (&[("RHOMBUS_ORGANIZATION", ID)], "set RHOMBUS_PARTNER=true"),
        (
            &[("RHOMBUS_ORGANIZATION", ID), ("RHOMBUS_PARTNER", "0")],
            "an organisation's own",
        ),
        (
            &[("RHOMBUS_ORGANIZATION", "Acme"), ("RHOMBUS_PARTNER", "1")],
            "not an id",
        ),
    ];
    for (variables, expected) in wrong {
        let said = message(resolved(variables));
        assert!(said.contains(expected) && !said.contains("Acme"), "{said}");
        assert!(
            expected != "not an id" || said.contains("`Client::organizations`"),
            "{said}"
        );
    }
}

#[test]
fn a_missing_key_is_named() {
    assert!(message(resolve(&Table::default())).contains("RHOMBUS_PARTNER"));
    assert!(message(resolve(&Table::default())).contains("RHOMBUS_ORGANIZATION"));
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

    use super::*;
    use crate::warning::EnvWarning;

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
        let own = table()
            .variable("RHOMBUS_PROFILE", "partner")
            .variable("RHOMBUS_PARTNER", "false");
        assert_eq!(
            headers(&resolve(&own).unwrap()),
            ("partner-key".to_owned(), "api-token")
        );
        let partner = table().variable("RHOMBUS_PARTNER", "true");
        assert_eq!(
            headers(&resolve(&partner).unwrap()),
            ("file-key".to_owned(), "partner-api-token")
        );
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
            (default(b"[default]\napi_key hunter2"), "line 2: it is neither"),
            (default(b"[default]\napi_key = \xff\xfe hunter2"), "not UTF-8 (byte 21)"),
            (
                default(b"[default]\napi_key = ****ter2"),
                "`api_key` under [default] in /home/u/.rhombus/credentials is a mask",
            ),
            (default(b"[default]\napi_key = `hunter2"), "line 2: a quote has no end"),
            (default(b"[default\napi_key = hunter2"), "line 1: a section has no `]`"),
            (default(b"\xff\xfea\0"), "UTF-16"),
            (
                default(b"[default]\napi_key = hunter2\nauth_type = cert\ncert_file = ~/c.pem\nkey_file = k.pem"),
                "the file that `cert_file` names, /home/u/c.pem, cannot be read: the file does not exist",
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

    /// Each profile with the scheme and the endpoint that the vendor's client takes from it.
    #[test]
    fn profiles_are_what_the_vendors_client_reads() {
        type Case = (
            &'static str,
            &'static str,
            &'static str,
            (&'static str, Option<&'static str>),
        );
        let cases: [Case; 16] = [
            (
                "eu",
                "[eu]\napi_key=k",
                "[profile eu]\nendpoint_url=https://p",
                ("api-token", Some("https://p")),
            ),
            (
                "eu",
                "[eu]\napi_key=k",
                "[eu]\nendpoint_url=https://n",
                ("api-token", Some("https://n")),
            ),
            (
                "eu",
                "[eu]\napi_key=k",
                "[eu]\nendpoint_url=https://n\n[profile eu]\nendpoint_url=https://p",
                ("api-token", Some("https://p")),
            ),
            (
                "eu",
                "[eu]\napi_key=k",
                "[eu]\nendpoint_url=https://n\n[profile eu]\noutput=json",
                ("api-token", None),
            ),
            (
                "eu",
                "[eu]\napi_key=k",
                "[profile eu] # Europe\nendpoint_url=\"https://p\" ; c",
                ("api-token", Some("https://p")),
            ),
            (
                "default",
                "[default] # note\napi_key=k",
                "[profile default]\nendpoint_url=https://p",
                ("api-token", None),
            ),
            (
                "default",
                "[default]\napi_key=k",
                "[default]\nendpoint_url=\"\"\"https://d\"\"\"",
                ("api-token", Some("https://d")),
            ),
            (
                "a.b",
                "[a]\napi_key=k\nis_partner=true\n[a.b]",
                "[profile a]\nendpoint_url=https://a\n[profile a.b]",
                ("partner-api-token", Some("https://a")),
            ),
            (
                "a.b",
                "[a.b]\napi_key=k",
                "[a]\nendpoint_url=https://a\n[a.b]",
                ("api-token", Some("https://a")),
            ),
            (
                "a.b",
                "[a.b]\napi_key=k",
                "[a]\nendpoint_url=https://a",
                ("api-token", None),
            ),
            ("p", "[p]\napi_key=k\nis_partner=True", "", ("api-token", None)),
            ("p", "[p]\napi_key=k\nis_partner=1", "", ("api-token", None)),
            (
                "p",
                "[p]\napi_key=k\nis_partner='true' # yes",
                "",
                ("partner-api-token", None),
            ),
            (
                "p",
                "[p]\napi_key=k\nauth_type=oauth\nws_api_key=w\ncallback_port=1",
                "",
                ("api-token", None),
            ),
            ("p", "[p]\napi_key=k\nauth_type=cert", "", ("api-token", None)),
            (
                "p",
                "[p]\napi_key=k\nauth_type=cert\ncert_file=/c.pem",
                "",
                ("api-token", None),
            ),
        ];
        for (name, credentials, config, (scheme, endpoint)) in cases {
            let table = Table::default()
                .file(".rhombus/credentials", credentials.as_bytes(), 0o600)
                .file(".rhombus/config", config.as_bytes(), 0o600)
                .variable("RHOMBUS_PROFILE", name);
            let settings = resolve(&table).unwrap_or_else(|error| panic!("{credentials}: {error}"));
            assert_eq!(headers(&settings), ("k".to_owned(), scheme), "{credentials}");
            assert_eq!(settings.endpoint.as_deref(), endpoint, "{credentials}\n{config}");
        }
    }

    #[test]
    fn a_key_in_the_environment_takes_what_is_not_broken_of_the_default_profile() {
        let cert = "[default]\nauth_type=cert\ncert_file=/home/u/c.pem\nkey_file=/home/u/k.pem\nis_partner=true\n";
        for (credentials, files) in [
            ("nonsense", &[][..]),
            (cert, &[]),
            (cert, &[("c.pem", &b"certificate"[..]), ("k.pem", b"\xff")]),
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            (cert, &[("c.pem", b"certificate"), ("k.pem", b"key")]),
        ] {
            let mut table = Table::default()
                .file(".rhombus/credentials", credentials.as_bytes(), 0o600)
                .file(".rhombus/config", b"[default]\nendpoint_url = https://eu", 0o600)
                .variable("RHOMBUS_API_KEY", "env-key");
            for (path, bytes) in files {
                table = table.file(path, bytes, 0o600);
            }
            let settings = resolve(&table).unwrap();
            let scheme = if credentials == cert {
                "partner-api-token"
            } else {
                "api-token"
            };
            assert_eq!(headers(&settings), ("env-key".to_owned(), scheme));
            assert_eq!(settings.endpoint.as_deref(), Some("https://eu"));
            assert!(
                matches!(&settings.warnings[..], [EnvWarning::LeftOut { .. }]),
                "{:?}",
                settings.warnings
            );
            // Who names the profile gets the error, that of a PEM when the client is built.
            let named = resolve(&table.variable("RHOMBUS_PROFILE", "default"));
            assert!(
                named.is_err() || files.iter().any(|(_, bytes)| *bytes == b"key"),
                "{credentials}"
            );
        }
        let masked = Table::default()
            .file(".rhombus/credentials", b"[default]\napi_key = ****abcd", 0o600)
            .variable("RHOMBUS_API_KEY", "env-key");
        assert_eq!(resolve(&masked).unwrap().warnings, []);
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_read_or_change_is_told() {
        let warned = |credentials: u32, config: (&str, u32), folder: u32| -> Vec<String> {
            let mut table = Table::default()
                .file(".rhombus/credentials", b"[default]\napi_key = k", credentials)
                .file(".rhombus/config", config.0.as_bytes(), config.1);
            table.folders.insert("/home/u/.rhombus".into(), folder);
            let warnings = resolve(&table).unwrap().warnings;
            let words = warnings.iter().map(|warning| match warning {
                EnvWarning::ReadableByOthers { path, .. } => format!("read {}", path.display()),
                EnvWarning::WritableByOthers { path, .. } => format!("write {}", path.display()),
                EnvWarning::LeftOut { .. } => panic!("{warning}"),
            });
            words.map(|word| word.replace("/home/u/", "")).collect()
        };
        let plain = "[default]\noutput = json";
        assert_eq!(warned(0o600, (plain, 0o644), 0o755), [""; 0]);
        assert_eq!(warned(0o640, (plain, 0o644), 0o700), ["read .rhombus/credentials"]);
        assert_eq!(warned(0o604, (plain, 0o644), 0o700), ["read .rhombus/credentials"]);
        assert_eq!(warned(0o620, (plain, 0o644), 0o700), ["write .rhombus/credentials"]);
        assert_eq!(
            warned(0o666, (plain, 0o644), 0o700),
            ["read .rhombus/credentials", "write .rhombus/credentials"]
        );
        assert_eq!(warned(0o600, (plain, 0o664), 0o700), ["write .rhombus/config"]);
        assert_eq!(warned(0o600, (plain, 0o602), 0o700), ["write .rhombus/config"]);
        assert_eq!(
            warned(0o600, ("[default]\nws_api_key = k", 0o644), 0o700),
            ["read .rhombus/config"]
        );
        assert_eq!(
            warned(0o600, ("[default]\noauth_client_secret = k", 0o644), 0o700),
            ["read .rhombus/config"]
        );
        assert_eq!(warned(0o600, (plain, 0o644), 0o770), ["write .rhombus"]);
        assert_eq!(warned(0o600, (plain, 0o644), 0o707), ["write .rhombus"]);
    }

    #[test]
    fn a_certificate_is_read_from_its_files() {
        let table = Table::default()
            .file(
                ".rhombus/credentials",
                b"[default]\napi_key=k\nauth_type=cert\ncert_file=/home/u/c.pem\nkey_file=~/k.pem\nis_partner=true",
                0o640,
            )
            .file("c.pem", b"certificate", 0o664)
            .file("k.pem", b"key", 0o604);
        let settings = resolve(&table).unwrap();
        assert_eq!(headers(&settings).1, "partner-api");
        let pem = settings.credentials.certificate_pem().unwrap();
        assert_eq!((&pem.certificate[..], pem.key.expose()), (&b"certificate"[..], "key"));
        let warned: Vec<_> = settings.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warned.len(), 3);
        assert!(
            warned[0].contains(".rhombus/credentials") && warned[0].contains("mode 640"),
            "{warned:?}"
        );
        assert!(
            warned[1].contains("/home/u/c.pem") && warned[1].contains("chmod go-w"),
            "{warned:?}"
        );
        assert!(
            warned[2].contains("/home/u/k.pem") && warned[2].contains("chmod go="),
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
