//! Each command in a terminal of 80 columns and in a pipe.
#![allow(clippy::unwrap_used, clippy::panic)] // In tests, that is what failing means.

mod support;

use std::time::Duration;

use rhombus_kisi_fake::{Fake, Fault, Operation, Organization, id};
use serde_json::Value;
use support::{COLUMNS, Home, Run, Terminal, closed_pipe, file, pipe};

/// What the fake server's settings hold that nobody may see.
const SECRETS: [&str; 3] = ["an-old-key", "a-token", "key-of-the-partner"];

/// A command, its exit status, what it prints, and whether that has a table.
const COMMANDS: &[(&[&str], u8, &[&str], bool)] = &[
    (
        &["plan", "FILE"],
        2,
        &["Acme, Berlin: 4 changes", "3 organisations: 3 with changes"],
        true,
    ),
    (
        &["apply", "FILE", "--yes"],
        0,
        &["+ place 7 \"Main site\"", "3 organisations: 3 written"],
        true,
    ),
    (
        &["diagnose"],
        3,
        &["this organisation: 2 findings", "1 organisation: 1 with warnings"],
        true,
    ),
    (
        &["diagnose", "FILE"],
        1,
        &["$.enabled", "2 with errors, 1 with warnings"],
        true,
    ),
    (
        &["show"],
        0,
        &["this organisation: 2 doors", "Side door", "apiSecretKey: \"***\""],
        true,
    ),
    (
        &["show", "--v2"],
        0,
        &["integration: \"KISI\"", "1 organisation: 1 with an integration"],
        true,
    ),
    (
        &["migrate"],
        0,
        &["1 lost", "1 organisation: 1 with nothing to migrate"],
        false,
    ),
    (
        &["migrate", "FILE"],
        3,
        &["$.saveClips -> $.defaultOptions.saveClips", "2 to migrate"],
        false,
    ),
    (
        &["migrate", "FILE", "--apply", "--yes"],
        3,
        &["2 written, 1 up to date"],
        true,
    ),
    (
        &["plan", "NAMES"],
        2,
        &[
            "door 42 \"Lobby\", assignedCameraList",
            "2 organisations: 2 with changes",
        ],
        true,
    ),
    (
        &["plan", "NAMES", "--v2"],
        2,
        &["assignedCameraList", "2 organisations: 2 with changes"],
        true,
    ),
    (
        &["apply", "NAMES", "--v2", "--yes"],
        0,
        &["2 organisations: 2 written"],
        true,
    ),
    (
        &["plan", "FILE", "--v2"],
        1,
        &["a file with ids is of the first version", "3 failed"],
        true,
    ),
    (&["directory"], 0, &["Lobby camera", "1 organisation: 1 read"], true),
    (
        &["directory", "--clients", "FILE"],
        0,
        &["Acme, Lyon", "3 organisations: 3 listed"],
        true,
    ),
    (&["completions", "bash"], 0, &["complete -F"], false),
    (&["completions", "fish"], 0, &["complete -c rhombus-kisi"], false),
    (&["--help"], 0, &["Usage: rhombus-kisi"], false),
    (
        &["plan", "absent.toml"],
        1,
        &["error: absent.toml", "caused by: No such file"],
        false,
    ),
    (&["plan"], 1, &["<FILE>"], false),
    (&["migrate", "--place", "42"], 1, &["42=7"], false),
];

fn with_file<'a>(arguments: &[&'a str], file: &'a str) -> Vec<&'a str> {
    const NAMES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/names.toml");

    arguments
        .iter()
        .map(|argument| match *argument {
            "FILE" => file,
            "NAMES" => NAMES,
            argument => argument,
        })
        .collect()
}

fn has_no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn each_command_in_a_terminal_of_80_columns() {
    let file = file();
    for (arguments, status, texts, has_table) in COMMANDS {
        let run = Terminal::start(&with_file(arguments, &file), &Home::empty()).end();
        assert_eq!(run.status, u32::from(*status), "{arguments:?}: {}", run.text);
        for text in *texts {
            assert!(run.plain().contains(text), "{arguments:?}: {text}: {}", run.text);
        }
        assert_eq!(run.tables().next().is_some(), *has_table, "{arguments:?}: {}", run.text);
        for line in run.tables() {
            assert!(line.chars().count() <= usize::from(COLUMNS), "{arguments:?}: {line}");
        }
        has_no_secret(&run.text);
    }
}

#[test]
fn each_command_in_a_pipe() {
    let file = file();
    for (arguments, status, texts, _) in COMMANDS {
        let run = pipe(&with_file(arguments, &file), &Home::empty());
        assert_eq!(run.status, u32::from(*status), "{arguments:?}: {}", run.all());
        for text in *texts {
            assert!(run.all().contains(text), "{arguments:?}: {text}: {}", run.all());
        }
        // Neither colours nor a progress bar.
        assert!(
            !run.all().contains('\u{1b}') && !run.all().contains('\r'),
            "{arguments:?}: {}",
            run.all()
        );
        has_no_secret(&run.all());
    }
}

#[test]
fn each_command_has_a_form_for_machines() {
    let file = file();
    for (arguments, status, _, _) in COMMANDS {
        let is_ours = matches!(
            arguments[0],
            "plan" | "apply" | "diagnose" | "directory" | "show" | "migrate"
        );
        if !is_ours || arguments.len() == 1 && arguments[0] == "plan" || arguments.contains(&"42") {
            continue;
        }
        let mut arguments = with_file(arguments, &file);
        arguments.push("--json");
        let run = pipe(&arguments, &Home::empty());
        let document: Value = serde_json::from_str(&run.text).unwrap();
        assert_eq!(
            (run.status, &document["status"]),
            (u32::from(*status), &Value::from(*status)),
            "{document:#}"
        );
        let has_content = ["organizations", "migrations", "clients", "error"]
            .iter()
            .any(|name| document.get(name).is_some());
        assert!(has_content, "{document:#}");
        has_no_secret(&run.all());
    }
}

#[test]
fn colours_are_for_terminals_that_have_them() {
    let file = file();
    let arguments = ["plan", file.as_str()];
    let painted = "\u{1b}[32m  + identifyFacesFromBadge: true\u{1b}[0m";
    assert!(Terminal::start(&arguments, &Home::empty()).end().text.contains(painted));
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let run = Terminal::start(&arguments, &Home::empty().with(name, value)).end();
        assert!(
            !run.text.contains("\u{1b}[32m") && run.text.contains("  + identifyFacesFromBadge: true"),
            "{}",
            run.text
        );
    }
}

#[test]
fn a_question_comes_before_the_first_write() {
    let home = Home::empty();
    let (file, state) = (file(), home.path("state.json"));
    let arguments = ["apply", file.as_str(), "--demo-state", state.as_str()];
    let clips = || -> Vec<Value> {
        let run = pipe(
            &["show", file.as_str(), "--demo-state", state.as_str(), "--json"],
            &home,
        );
        let document: Value = serde_json::from_str(&run.text).unwrap();
        let all = document["organizations"].as_array().unwrap().iter();
        all.map(|one| one["settings"]["identifyFacesFromBadge"].clone())
            .collect()
    };

    // Nobody to ask.
    let run = pipe(&arguments, &home);
    assert_eq!(run.status, 1);
    assert!(
        run.errors.contains("give --yes") && run.errors.contains("Nothing was written"),
        "{}",
        run.errors
    );
    assert_eq!(clips(), [Value::Null, Value::Null, Value::Null]);

    for answer in ["n\n", "\n", "maybe\n"] {
        let mut terminal = Terminal::start(&arguments, &home);
        terminal.wait_for("Write the changes of 3 organisations? [y/N]");
        terminal.write(answer);
        let run = terminal.end();
        assert_eq!(run.status, 2, "{}", run.text);
        assert!(run.plain().contains("nothing was written"), "{}", run.text);
    }
    assert_eq!(clips(), [Value::Null, Value::Null, Value::Null]);

    let mut terminal = Terminal::start(&arguments, &home);
    terminal.wait_for("[y/N]");
    terminal.write("y\n");
    let run = terminal.end();
    assert_eq!(run.status, 0, "{}", run.text);
    assert_eq!(clips(), [Value::Bool(true), Value::Bool(true), Value::Bool(true)]);

    // Done, so there is nothing to ask.
    let run = pipe(&arguments, &home);
    assert_eq!(
        (run.status, run.all().contains("3 up to date")),
        (0, true),
        "{}",
        run.all()
    );
    assert_eq!(
        pipe(&["plan", file.as_str(), "--demo-state", state.as_str()], &home).status,
        0
    );

    let migrate = ["migrate", "--apply", "--organization", "AAAAAAAAAAAAAAAAAAAAAQ"];
    // What is lost was lost before, for it is migrated already.
    assert_eq!(pipe(&migrate, &home).status, 0);
    let run = pipe(&["migrate", file.as_str(), "--apply"], &home);
    assert!(run.status == 1 && run.errors.contains("give --yes"), "{}", run.all());
}

/// A server with many organisations, each of which takes a while, and a partner's key for it.
fn slow() -> (Fake, Home, String) {
    let organizations = 200..230;
    let mut builder = Fake::builder();
    let mut file = "[settings]\nsaveClips = true\n".to_owned();
    for number in organizations {
        builder = builder.organization(Organization::new(id(number), "One of many"));
        file += &format!("[[organizations]]\nid = \"{}\"\nname = \"No {number}\"\n", id(number));
    }
    let slow = Fault::slow(Duration::from_millis(300)).on(Operation::UpdateKisiIntegration);
    let fake = builder.fault(slow.always()).start_blocking().unwrap();
    let home = Home::of_partner("key-of-the-partner").with("RHOMBUS_ENDPOINT_URL", &fake.url());
    let file = home.file("many.toml", &file);
    (fake, home, file)
}

#[test]
fn ctrl_c_finishes_the_organisation_in_hand_and_says_what_was_done() {
    let (fake, home, file) = slow();
    let mut terminal = Terminal::start(&["apply", &file, "--live", "--yes", "--concurrency", "1"], &home);
    while fake.count(Operation::UpdateKisiIntegration) == 0 {
        assert!(terminal.is_running(), "{}", terminal.end().text);
        std::thread::sleep(Duration::from_millis(5));
    }
    terminal.write("\u{3}");
    let run = terminal.end();
    assert_eq!(run.status, 1, "{}", run.text);
    assert!(
        run.plain().contains("stopping after the organisations in hand"),
        "{}",
        run.text
    );
    let written = fake
        .all_settings()
        .iter()
        .filter(|(_, settings)| settings["saveClips"] == true)
        .count();
    assert!((1..30).contains(&written), "{written}");
    // What was begun was finished: written, and read back.
    assert_eq!(fake.count(Operation::UpdateKisiIntegration), written);
    let summary = format!("30 organisations: {written} written, {} not begun", 30 - written);
    assert!(run.plain().contains(&summary), "{summary}: {}", run.text);
    has_no_secret(&run.text);
}

#[test]
fn a_bar_shows_the_progress_in_a_terminal() {
    let (_fake, home, file) = slow();
    let run = Terminal::start(&["apply", &file, "--live", "--yes", "--concurrency", "30"], &home).end();
    assert_eq!(run.status, 0, "{}", run.text);
    assert!(
        run.plain().contains("applying") && run.plain().contains("/30"),
        "{}",
        run.text
    );
}

#[test]
fn a_pipe_that_is_closed_ends_it_quietly() {
    let file = file();
    for (arguments, status, _, _) in COMMANDS {
        let run = closed_pipe(&with_file(arguments, &file), &Home::empty());
        assert_eq!(run.status, u32::from(*status), "{arguments:?}: {}", run.errors);
        for word in ["panicked", "Broken pipe", "os error 32"] {
            assert!(!run.errors.contains(word), "{arguments:?}: {}", run.errors);
        }
    }
}

#[test]
fn a_failure_is_told_with_its_causes_and_the_others_go_on() {
    let (fake, home, file) = slow();
    fake.clear_faults();
    fake.inject(Fault::forbidden().for_organization(id(201)).always());
    let run = pipe(&["plan", &file, "--live"], &home);
    assert_eq!(run.status, 1, "{}", run.all());
    assert!(
        run.text.contains("No 201: error: getKisiIntegration: 403"),
        "{}",
        run.all()
    );
    assert!(
        run.text.contains("30 organisations: 29 with changes, 1 failed"),
        "{}",
        run.all()
    );

    // Nobody listens at this port.
    let home = Home::of_partner("key-of-the-partner").with("RHOMBUS_ENDPOINT_URL", "http://127.0.0.1:1");
    let run: Run = pipe(
        &["diagnose", "--live", "--organization", "AAAAAAAAAAAAAAAAAAAAAQ"],
        &home,
    );
    assert_eq!(run.status, 1);
    assert!(
        run.text.contains("no connection to") && run.text.contains("caused by: "),
        "{}",
        run.all()
    );
    has_no_secret(&run.all());
}

#[test]
fn without_credentials_the_real_server_is_not_asked() {
    let run = pipe(&["show", "--live"], &Home::empty());
    assert_eq!(run.status, 1);
    assert!(
        run.errors.contains("error: the Rhombus client cannot be built"),
        "{}",
        run.errors
    );
}
