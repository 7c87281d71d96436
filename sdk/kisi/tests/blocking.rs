//! The client without Tokio.
#![allow(clippy::unwrap_used)] // In tests, that is what failing means.

#[path = "../examples/list_doors.rs"]
#[allow(dead_code, reason = "its `main` is called in a process of its own")]
mod list_doors;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{fs, thread};

use rhombus_kisi::blocking::Client;
use rhombus_kisi::{ApplyPhase, Error, ErrorKind, Snapshot};
use rhombus_kisi_fake::{Fake, Organization, id};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

/// A fake server on a runtime of its own, which has to be kept.
fn serve() -> (Runtime, Fake) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let settings =
        json!({ "enabled": true, "placeToSettingsMap": { "7": { "doorInfoMap": { "43": { "doorName": "Lobby" } } } } });
    let organizations = [1, 2, 3].map(|number| Organization::new(id(number), "A client").settings(settings.clone()));
    let builder = organizations
        .into_iter()
        .fold(Fake::builder(), |builder, one| builder.organization(one));
    let fake = runtime.block_on(builder.start()).unwrap();
    (runtime, fake)
}

fn partner(fake: &Fake) -> Client {
    Client::build(Client::builder().partner_key("key").endpoint(fake.url())).unwrap()
}

#[test]
fn a_script_reads_plans_and_applies() {
    let (_runtime, fake) = serve();
    let client = partner(&fake).for_organization(id(1)).unwrap();
    let current = client.kisi_integration().unwrap();
    let plan = current.plan(&current.edit(|settings| settings.save_clips(true)));
    client.apply(plan).with(|apply| apply.verify()).send().unwrap();
    let updated = client
        .update_kisi_settings(|settings| settings.place(7, |place| place.name("HQ")))
        .with(|update| update.single_writer())
        .send()
        .unwrap();
    assert_eq!(updated.changes().len(), 1);
    assert!(
        client
            .update_kisi_integration()
            .enabled(false)
            .send()
            .unwrap()
            .is_clean()
    );
    let now = client.kisi_integration().unwrap();
    assert_eq!(now.settings().enabled.get(), Some(&false));
    let api = client.call(async |client| client.api().get_kisi_integration_v2(&Default::default()).await);
    assert!(api.is_ok());
}

#[test]
fn many_organisations_at_once() {
    let (_runtime, fake) = serve();
    let results = partner(&fake)
        .for_each_organization([1, 2, 3].map(id))
        .with(|each| each.concurrency(3))
        .run(async |client, _| client.kisi_integration().await)
        .unwrap();
    assert_eq!(results.len(), 3);
    assert!(results.iter().all(|one| one.result.is_ok()));
}

#[test]
fn threads_share_a_client_and_a_panic_of_one_leaves_it_usable() {
    let (_runtime, fake) = serve();
    let client = partner(&fake).for_organization(id(1)).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || client.kisi_integration().unwrap());
        }
        let panicked = scope.spawn(|| {
            client.call::<(), Error, _>(async |client| {
                client.kisi_integration().await?;
                std::panic::resume_unwind(Box::new("the program's own"))
            })
        });
        assert!(panicked.join().is_err());
    });
    client.kisi_integration().unwrap();
}

#[test]
fn within_a_runtime_it_is_an_error_and_no_panic() {
    let (server, fake) = serve();
    let client = partner(&fake).for_organization(id(1)).unwrap();
    let refused = |error: &Error| {
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let text = error.to_string();
        assert!(
            text.contains("Tokio runtime") && text.contains("nothing was sent"),
            "{text}"
        );
    };
    let before = fake.requests().len();
    let runtimes = [
        Builder::new_current_thread().enable_all().build().unwrap(),
        Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap(),
    ];
    for runtime in &runtimes {
        runtime.block_on(async {
            refused(&client.kisi_integration().unwrap_err());
            refused(&Client::build(Client::builder().api_key("key")).unwrap_err());
            let blocking = client.clone();
            let error = tokio::task::spawn_blocking(move || blocking.kisi_integration().unwrap_err()).await;
            refused(&error.unwrap());
            let empty = Snapshot::from(rhombus_kisi::types::KisiSettings::default());
            let plan = empty.plan(&empty.edit(|settings| settings.enabled(true)));
            let error = client.apply(plan).send().unwrap_err();
            assert_eq!(error.phase(), ApplyPhase::NothingWritten);
            refused(error.error());
        });
    }
    // Also within a call of its own.
    client
        .call(async |_| -> Result<(), Error> {
            refused(&client.kisi_integration().unwrap_err());
            Ok(())
        })
        .unwrap();
    assert_eq!(fake.requests().len(), before);
    // The last clone may be dropped there.
    server.block_on(async move { drop(client) });
}

#[test]
fn a_client_that_is_dropped_ends_its_thread() {
    let (_runtime, fake) = serve();
    let threads = || {
        let tasks = fs::read_dir("/proc/self/task")
            .map(|tasks| tasks.flatten().collect::<Vec<_>>())
            .unwrap_or_default();
        let name = |task: &fs::DirEntry| fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        tasks
            .iter()
            .filter(|task| name(task).starts_with("rhombus-kisi"))
            .count()
    };
    // Other tests of this program have clients, too: theirs are not counted beyond these.
    for _ in 0..100 {
        let client = partner(&fake).for_organization(id(1)).unwrap();
        client.kisi_integration().unwrap();
    }
    let mut left = threads();
    for _ in 0..100 {
        if left < 20 {
            break;
        }
        thread::sleep(std::time::Duration::from_millis(100));
        left = threads();
    }
    assert!(left < 20, "{left} threads are left");
}

/// The methods of a client in a source: those of the blocks `impl Client`, and of lists that a macro makes them of.
fn methods(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut within = false;
    for line in source.lines() {
        match line {
            "impl Client {" | "calls! {" | "requests! {" => within = true,
            "}" => within = false,
            line if within => {
                let declared = ["    pub fn ", "    pub async fn ", "    fn "]
                    .iter()
                    .find_map(|start| line.strip_prefix(start));
                let public = line.starts_with("    pub") || line.ends_with(';');
                if let Some(rest) = declared.filter(|_| public) {
                    names.insert(rest.split(['(', '<']).next().unwrap().to_owned());
                }
            }
            _ => {}
        }
    }
    names
}

fn sources(folder: &Path, of: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("blocking") {
            sources(&path, of);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            of.push(fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn each_method_of_the_async_client_has_a_blocking_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&source, &mut files);
    let all: BTreeSet<_> = files.iter().flat_map(|file| methods(file)).collect();
    let blocking = methods(&fs::read_to_string(source.join("blocking/client.rs")).unwrap());
    assert!(
        all.contains("kisi_integration") && all.contains("diagnose") && all.len() > 15,
        "{all:?}"
    );
    // What sends nothing by itself and is reached by `client()` or `call`.
    let reached = ["api", "transport"].map(str::to_owned).into();
    let there = &blocking | &reached;
    let missing: Vec<_> = all.difference(&there).collect();
    assert!(missing.is_empty(), "`blocking::Client` lacks {missing:?}");
}

#[test]
#[ignore = "a process of its own, which the next test starts"]
fn as_a_program() {
    list_doors::main().unwrap();
}

#[test]
fn the_example_lists_doors_without_tokio() {
    let (_runtime, fake) = serve();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "as_a_program", "--ignored", "--nocapture"])
        .env("RHOMBUS_API_KEY", "key")
        .env("RHOMBUS_PARTNER", "true")
        .env("RHOMBUS_ORGANIZATION", id(2).as_str())
        .env("RHOMBUS_ENDPOINT_URL", fake.url())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    assert!(printed.contains("door 43 at place 7: Lobby"), "{printed}");
    let example = include_str!("../examples/list_doors.rs");
    let program = example
        .lines()
        .skip_while(|line| !line.starts_with("pub(crate) fn main"));
    assert!(program.count() <= 10);
}
