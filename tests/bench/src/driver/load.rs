//! Throughput and tail.

use std::process::Command;

use rhombus_kisi_bench::Failure;
use rhombus_kisi_bench::contestants::NAMES;

use super::report::{Report, Row};
use super::{Server, Tools, median};

const HOW: &str = "Reads and updates of 20 doors in turn, on one thread, some at a time. The contestants take turns; each value is the \
median of the rounds.";

const DOORS: usize = 20;

#[derive(Clone, Copy, Debug, serde::Deserialize)]
struct Load {
    per_cpu_second: f64,
    p50: f64,
    p99: f64,
}

pub fn measure(tools: &Tools, quick: bool, report: &mut Report) -> Result<(), Failure> {
    let (rounds, milliseconds) = if quick { (1, 500) } else { (7, 1_500) };
    let server = Server::start(tools, DOORS, false)?;
    let mut rows = Vec::new();
    for in_flight in [1, 8, 64] {
        eprintln!("{in_flight} calls in flight");
        let mut loads: [Vec<Load>; 3] = Default::default();
        for round in 0..rounds {
            // None always goes first.
            for step in 0..NAMES.len() {
                let at = (step + round) % NAMES.len();
                let mut command = Command::new(tools.program("measure"));
                command.args(["load", NAMES[at], "--server", &server.url]);
                command.args(["--in-flight", &in_flight.to_string()]);
                command.args(["--milliseconds", &milliseconds.to_string()]);
                loads[at].push(tools.json(&mut command)?);
            }
        }
        let each = |value: fn(&Load) -> f64| [0, 1, 2].map(|at| median(loads[at].iter().map(value).collect()));
        let what = |measure| format!("{in_flight} in flight: {measure}");
        rows.push(Row::new(
            what("calls per cpu second"),
            "",
            each(|load| load.per_cpu_second),
        ));
        rows.push(Row::new(what("median latency"), "µs", each(|load| load.p50 * 1e6)));
        rows.push(Row::new(what("99th percentile"), "µs", each(|load| load.p99 * 1e6)));
    }
    report.add("Throughput and tail", HOW, rows);
    Ok(())
}
