//! What a dependant pays when it is built.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use rhombus_kisi_bench::Failure;
use rhombus_kisi_bench::contestants::NAMES;

use super::goals::Goal;
use super::report::{Report, Row};
use super::{Tools, median};

const HOW: &str = "Three programs that do the same (`tests/bench/dependants`): read the settings, send an update of one door, say what came \
of both. Crates are those in `cargo tree`, the program's own not counted. Cold builds begin with an empty target folder \
and downloaded sources, the least of two in turns; the binary is that of the release profile, stripped; the rebuild is of the dev profile after its \
`main.rs` was touched, the median of five. The binary of read-plan-apply does more in the SDK than by hand: it finds and \
prints every change of every property, and warns.";

/// Optional dependencies of the SDK, which must not come in by default.
const OPTIONAL: [&str; 5] = ["schemars", "granit-parser", "strsim", "toml", "tracing"];

pub fn measure(tools: &Tools, quick: bool, report: &mut Report) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let trees = each(|name| tree(tools, &["--package", &format!("dependant-{name}")]))?;
    let counts = [0, 1, 2].map(|at: usize| (trees[at].len() - 1) as f64);
    rows.push(Row::new("crates", "", counts).goal(Goal::Crates));
    rows.push(features_off(tools, &trees)?);
    if !quick {
        let cold = in_turns(tools, &["--release"], "release")?;
        rows.push(Row::new("cold release build: cpu", "s", [0, 1, 2].map(|at: usize| cold[at].0)).goal(Goal::BuildCpu));
        rows.push(Row::new(
            "cold release build: wall",
            "s",
            [0, 1, 2].map(|at: usize| cold[at].1),
        ));
        let sizes = each(|name| {
            let binary = folder(tools, name, "release").join(format!("release/dependant-{name}"));
            Ok(fs::metadata(binary)?.len() as f64 / 1024.0)
        })?;
        let sizes = [sizes[0], sizes[1], sizes[2]];
        rows.push(Row::new("stripped release binary", "KiB", sizes).goal(Goal::Size));
        let [floor, sdk] = [planning(tools, "floor")?, planning(tools, "kisi")?];
        rows.push(Row::of_two("stripped release binary of read-plan-apply", "KiB", floor, sdk).goal(Goal::Size));
        let cold = in_turns(tools, &[], "dev")?;
        rows.push(Row::new("cold dev build: cpu", "s", [0, 1, 2].map(|at: usize| cold[at].0)).goal(Goal::BuildCpu));
        rows.push(Row::new(
            "cold dev build: wall",
            "s",
            [0, 1, 2].map(|at: usize| cold[at].1),
        ));
        let rebuilt = each(|name| rebuild(tools, name))?;
        rows.push(Row::new("dev rebuild: wall", "s", [rebuilt[0], rebuilt[1], rebuilt[2]]));
    }
    report.add("A dependant's cost", HOW, rows);
    Ok(())
}

fn each<T>(measure: impl FnMut(&'static str) -> Result<T, Failure>) -> Result<Vec<T>, Failure> {
    NAMES.into_iter().map(measure).collect()
}

/// The crates in a tree, with their versions.
fn tree(tools: &Tools, of: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let mut command = tools.cargo(["tree", "--edges", "no-dev", "--prefix", "none", "--format", "{p}"]);
    let said = tools.text(command.args(of))?;
    let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(said.lines().filter(|line| !line.is_empty()).map(name).collect())
}

/// How many crates come in by features that are off: optional ones that are there all the same and that the floor has not.
fn features_off(tools: &Tools, trees: &[BTreeSet<String>]) -> Result<Row, Failure> {
    let least = tree(
        tools,
        &[
            "--manifest-path",
            "../../sdk/kisi/Cargo.toml",
            "--no-default-features",
            "--features",
            "rustls",
        ],
    )?;
    let own = |tree: &BTreeSet<String>| -> BTreeSet<String> { tree.difference(&trees[0]).cloned().collect() };
    let by_profile = own(&trees[2])
        .difference(&own(&least))
        .filter(|name| !name.starts_with("dependant-"))
        .count();
    let optional = own(&trees[2])
        .iter()
        .filter(|name| OPTIONAL.contains(&name.split(' ').next().unwrap_or_default()))
        .count();
    Ok(Row::of_sdk(
        "crates by features that are off, and by `profile`",
        "",
        (by_profile + optional) as f64,
    )
    .goal(Goal::FeaturesOff))
}

fn folder(tools: &Tools, name: &str, profile: &str) -> std::path::PathBuf {
    tools.target.join("dependants").join(format!("{name}-{profile}"))
}

fn build(tools: &Tools, name: &str, binary: &str, args: &[&str], profile: &str) -> Command {
    let mut command = tools.cargo(["build", "--quiet", "--locked", "--package"]);
    command
        .arg(format!("dependant-{name}"))
        .args(["--bin", binary])
        .args(args)
        .arg("--target-dir")
        .arg(folder(tools, name, profile))
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
    command
}

/// Cpu and wall time of a build from nothing, in s.
fn cold(tools: &Tools, name: &str, args: &[&str], profile: &str) -> Result<(f64, f64), Failure> {
    eprintln!("cold {profile} build of the dependant of {name}");
    let folder = folder(tools, name, profile);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let usage = tools.usage(&mut build(tools, name, &format!("dependant-{name}"), args, profile))?;
    Ok((usage.cpu.as_secs_f64(), usage.wall.as_secs_f64()))
}

/// Cpu and wall time of a cold build of each, in s: the least of two, in turns, so that what else runs disturbs all alike.
fn in_turns(tools: &Tools, args: &[&str], profile: &str) -> Result<[(f64, f64); 3], Failure> {
    let mut least = [(f64::INFINITY, f64::INFINITY); 3];
    for _ in 0..2 {
        for (name, least) in NAMES.into_iter().zip(&mut least) {
            let (cpu, wall) = cold(tools, name, args, profile)?;
            *least = (least.0.min(cpu), least.1.min(wall));
        }
    }
    Ok(least)
}

/// Wall time of a build after `main.rs` was touched, in s.
fn rebuild(tools: &Tools, name: &str) -> Result<f64, Failure> {
    let main = tools.bench().join(format!("dependants/{name}/src/main.rs"));
    let binary = format!("dependant-{name}");
    let mut runs = Vec::new();
    for _ in 0..5 {
        fs::File::options()
            .append(true)
            .open(&main)?
            .set_modified(std::time::SystemTime::now())?;
        runs.push(
            tools
                .usage(&mut build(tools, name, &binary, &[], "dev"))?
                .wall
                .as_secs_f64(),
        );
    }
    Ok(median(runs))
}

/// The size of the program that reads, plans and applies, in KiB.
fn planning(tools: &Tools, name: &str) -> Result<f64, Failure> {
    tools.usage(&mut build(tools, name, "plan", &["--release"], "release"))?;
    let binary = folder(tools, name, "release").join("release/plan");
    Ok(fs::metadata(binary)?.len() as f64 / 1024.0)
}
