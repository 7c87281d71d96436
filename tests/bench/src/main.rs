//! `cargo xtask bench`: measures the SDK against the same by hand, prints a table, and writes `RESULTS.md` and `cost.svg`.

mod driver;

use std::path::PathBuf;

use clap::Parser;
use driver::report::Report;
use driver::{build, call, change, generation, load, machine, plot};
use rhombus_kisi_bench::Failure;

/// Measures the SDK against the same by hand.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Args {
    /// Few repetitions, no cold builds and nothing that takes long; prints only
    #[arg(long)]
    quick: bool,
    /// Only these parts
    #[arg(long, value_delimiter = ',', value_name = "PART")]
    only: Vec<Part>,
    /// The whole API's document, to measure its generation
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// The workspace's folder
    #[arg(long, hide = true, value_name = "DIR")]
    root: PathBuf,
    /// The folder for all that is built
    #[arg(long, hide = true, value_name = "DIR")]
    target: PathBuf,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Part {
    Call,
    Change,
    Load,
    Build,
    Generation,
}

fn main() -> Result<(), Failure> {
    let args = Args::parse();
    // Generation is measured with a build of its own, which is not quick.
    let by_default = |part| args.only.is_empty() && !(args.quick && part == Part::Generation);
    let wants = |part| by_default(part) || args.only.contains(&part);
    let tools = driver::Tools::new(&args.root, &args.target)?;
    let mut report = Report::new(machine::Machine::look(&tools)?);
    let mut curves = Vec::new();
    if wants(Part::Call) {
        curves = call::measure(&tools, args.quick, &mut report)?;
    }
    if wants(Part::Change) {
        change::measure(&tools, args.quick, &mut report)?;
    }
    if wants(Part::Load) {
        load::measure(&tools, args.quick, &mut report)?;
    }
    if wants(Part::Build) {
        build::measure(&tools, args.quick, &mut report)?;
    }
    if wants(Part::Generation) {
        generation::measure(&tools, args.quick, args.document.as_deref(), &mut report)?;
    }
    let text = report.finish();
    println!("{text}");
    // A part is no result, and a quick look is none either.
    if !args.quick && args.only.is_empty() {
        let folder = args.root.join("tests/bench");
        std::fs::write(folder.join("RESULTS.md"), &text)?;
        plot::draw(&curves, &folder.join("cost.svg"))?;
        eprintln!("written to {}", folder.join("RESULTS.md").display());
    }
    Ok(())
}
