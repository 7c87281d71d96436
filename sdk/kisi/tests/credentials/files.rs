use std::fs;

use rhombus_kisi::providers::{Fixed, KeyFile, ProfileFile};
use rhombus_kisi::{Client, Credentials, CredentialsError, EnvWarning, Error, ProvideCredentials, Request};

use crate::server::Server;
use crate::support::{READ, UNLOCK};

/// Names the home directory of a process that has one of its own.
#[cfg(unix)]
const OWN_HOME: &str = "RHOMBUS_KISI_OWN_HOME";

async fn read(client: &Client) -> Result<u32, Error> {
    let sent = client.transport().send(Request::new(&READ).empty_json()).await;
    sent.map(|response| response.attempts)
}

#[tokio::test]
async fn a_file_that_an_agent_rewrites_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let server = Server::start("first-key", 403).await;
    let client = server
        .builder()
        .credentials_provider(KeyFile::new(&path))
        .build()
        .unwrap();
    let error = read(&client).await.unwrap_err();
    let source = std::error::Error::source(&error)
        .unwrap()
        .downcast_ref::<CredentialsError>();
    assert!(matches!(source, Some(CredentialsError::File { .. })), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("key cannot be read: the file does not exist"),
        "{error}"
    );

    // It is asked for again a second after it failed.
    fs::write(&path, "first-key\n").unwrap();
    let client = server
        .builder()
        .credentials_provider(KeyFile::new(&path))
        .build()
        .unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
    fs::write(&path, "second-key\n").unwrap();
    server.accept("second-key");
    let unlocked = client
        .transport()
        .send(Request::new(&UNLOCK).empty_json())
        .await
        .unwrap();
    assert_eq!(unlocked.attempts, 2);
    // While it is being written, the old key is used.
    fs::write(&path, "").unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
}

#[tokio::test]
async fn a_profile_that_is_configured_anew_is_read_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".rhombus/credentials");
    fs::create_dir(home.path().join(".rhombus")).unwrap();
    fs::write(&path, "[default]\napi_key = first-key\n").unwrap();
    let server = Server::start("first-key", 403).await;
    let provider = ProfileFile::new("default").home(home.path());
    let client = server.builder().credentials_provider(provider).build().unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
    fs::write(&path, "[default]\napi_key = second-key\n").unwrap();
    server.accept("second-key");
    assert_eq!(read(&client).await.unwrap(), 2);

    let other = ProfileFile::new("other").home(home.path());
    let client = server.builder().credentials_provider(other).build().unwrap();
    let error = read(&client).await.unwrap_err().to_string();
    assert!(
        error.contains("`ProfileFile` names the profile `other`") && !error.contains("built"),
        "{error}"
    );
}

#[tokio::test]
async fn fixed_credentials_do_not_change() {
    let server = Server::start("first-key", 401).await;
    let provider = Fixed::new(Credentials::api_key("first-key"));
    let client = server.builder().credentials_provider(provider).build().unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
    server.accept("second-key");
    let error = read(&client).await.unwrap_err();
    assert_eq!(error.call().unwrap().attempts, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_can_read_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    fs::write(&path, "topsecret").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let provider = KeyFile::new(&path);
    let expected = [EnvWarning::ReadableByOthers { path, mode: 0o644 }];
    assert_eq!(provider.warnings(), expected);
    let client = Client::builder().credentials_provider(provider).build().unwrap();
    assert_eq!(client.warnings(), expected);
}

#[cfg(unix)]
#[test]
fn the_environment_is_read() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join(".rhombus")).unwrap();
    fs::write(
        home.path().join(".rhombus/credentials"),
        "[default]\napi_key = first-key\n",
    )
    .unwrap();
    // A process of its own, for its environment.
    let ended = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "files::in_another_environment"])
        .env_remove("RHOMBUS_API_KEY")
        .env("RHOMBUS_PROFILE", "default")
        .env("HOME", home.path())
        .env(OWN_HOME, home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
#[ignore = "it is run with an environment of its own by `the_environment_is_read`"]
async fn in_another_environment() {
    // Started by hand, it must not touch the files of whoever did that.
    let Ok(home) = std::env::var(OWN_HOME) else { return };
    let server = Server::start("first-key", 403).await;
    let client = server
        .builder()
        .credentials_provider(rhombus_kisi::providers::Environment::new())
        .build()
        .unwrap();
    assert_eq!(read(&client).await.unwrap(), 1);
    let path = std::path::Path::new(&home).join(".rhombus/credentials");
    fs::write(path, "[default]\napi_key = second-key\n").unwrap();
    server.accept("second-key");
    assert_eq!(read(&client).await.unwrap(), 2);
}
