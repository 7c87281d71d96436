//! What generation costs.

use std::path::Path;
use std::process::Command;

use rhombus_kisi_bench::Failure;

use super::goals::Goal;
use super::report::{Report, Row};
use super::{Tools, smallest};

const HOW: &str = "`xtask generate` from its start to its end, files compared or written: `xtask` built with the release profile. The time \
is the least of the runs.";

pub fn measure(tools: &Tools, quick: bool, document: Option<&Path>, report: &mut Report) -> Result<(), Failure> {
    eprintln!("generation");
    let target = tools.target.join("xtask");
    let mut build = tools.cargo(["build", "--quiet", "--release", "--package", "xtask", "--manifest-path"]);
    build
        .arg(tools.root.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target);
    tools.usage(&mut build)?;
    let xtask = target.join("release/xtask");

    let mut rows = Vec::new();
    let mut add = |what: &str, goal, times: usize, command: &mut Command| -> Result<(), Failure> {
        let (mut runs, mut peak) = (Vec::new(), 0);
        for _ in 0..times {
            let usage = tools.usage(command)?;
            runs.push(usage.wall.as_secs_f64() * 1e3);
            peak = peak.max(usage.peak);
        }
        rows.push(Row::of_sdk(format!("{what}: wall"), "ms", smallest(&runs)).goal(goal));
        rows.push(Row::of_sdk(
            format!("{what}: peak"),
            "MiB",
            peak as f64 / 1024.0 / 1024.0,
        ));
        Ok(())
    };
    let mut sdk = Command::new(&xtask);
    sdk.args(["generate", "--check", "--root"]).arg(&tools.root);
    add("the fragment", Goal::Fragment, if quick { 3 } else { 20 }, &mut sdk)?;
    if let Some(document) = document {
        let folder = tempfile::tempdir()?;
        let mut whole = Command::new(&xtask);
        whole
            .args(["generate", "--all", "--httpmock", "--name", "whole", "--spec"])
            .arg(document);
        whole.arg("--root").arg(&tools.root).arg("--out").arg(folder.path());
        add("the whole API", Goal::WholeApi, if quick { 1 } else { 3 }, &mut whole)?;
    }
    report.add("Generation", HOW, rows);
    Ok(())
}
