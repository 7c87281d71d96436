//! What read-plan-apply costs, and what it costs to lose nothing.

use rhombus_kisi_bench::Failure;
use rhombus_kisi_bench::contestants::NAMES;

use super::call::task;
use super::goals::Goal;
use super::report::{Report, Row};
use super::{Server, Tools, smallest};

const HOW: &str = "Two reads, a plan that changes one door, and an update: the SDK with `kisi_integration`, `edit`, `plan` and `apply`, \
the others by hand with their own types. Time is the client's cpu time, the least of the runs; peak is what it has \
allocated at most. Flat means: at 100,000 doors against 1,000.";

const LOSSLESS: &str = "From JSON to the types and back, without HTTP. The floor's types drop what they do not know and take `null` for \
nothing; the SDK's keep both. Once with one unknown property in all, once with one in every door as well.";

pub fn measure(tools: &Tools, quick: bool, report: &mut Report) -> Result<(), Failure> {
    let sizes: &[usize] = if quick { &[10, 1_000] } else { &[10, 1_000, 100_000] };
    let mut rows = Vec::new();
    let (mut times, mut peaks) = (Vec::new(), Vec::new());
    for &doors in sizes {
        eprintln!("read, plan, apply, {doors} doors");
        let server = Server::start(tools, doors, false)?;
        let (mut time, mut peak) = ([0.0; 3], [0.0; 3]);
        let repeat = (20_000 / doors).clamp(1, 200);
        for (at, name) in NAMES.into_iter().enumerate() {
            let task = task(name, "change", doors, repeat, &server);
            let mut runs = Vec::new();
            for _ in 0..if quick { 2 } else { 5 } {
                runs.push(tools.times(&task)?.cpu);
            }
            let each = (repeat * doors) as f64;
            time[at] = smallest(&runs) / each * 1e6;
            peak[at] = tools.allocations(&task)?.peak / doors as f64;
        }
        rows.push(Row::new(format!("{doors} doors: cpu time for a door"), "µs", time));
        rows.push(Row::new(format!("{doors} doors: peak for a door"), "B", peak));
        times.push(time);
        peaks.push(peak);
    }
    if let ([_, middle, large], [_, middle_peak, large_peak]) = (&times[..], &peaks[..]) {
        let flat = |large: &[f64; 3], middle: &[f64; 3]| [0, 1, 2].map(|at| large[at] / middle[at]);
        rows.push(Row::new("cpu time for a door, 100,000 ÷ 1,000", "", flat(large, middle)).goal(Goal::Flat));
        rows.push(Row::new("peak for a door, 100,000 ÷ 1,000", "", flat(large_peak, middle_peak)).goal(Goal::Flat));
    }
    report.add("Read, plan, apply", HOW, rows);

    let mut rows = Vec::new();
    for (unknown, described) in [(false, "as they are"), (true, "an unknown property in each")] {
        eprintln!("from JSON and back, {described}");
        let doors = 1_000;
        let server = Server::start(tools, 0, false)?;
        let (mut instructions, mut bytes, mut peak, mut time) = ([f64::NAN; 3], [0.0; 3], [0.0; 3], [0.0; 3]);
        for (at, name) in NAMES.into_iter().enumerate() {
            let task = |repeat| {
                let mut task = task(name, "codec", doors, repeat, &server);
                task.extend(unknown.then(|| "--unknown".to_owned()));
                task
            };
            if let Some(counted) = tools.instructions(&task(10))? {
                instructions[at] = counted / 10.0;
            }
            let allocated = tools.allocations(&task(1))?;
            (bytes[at], peak[at]) = (allocated.bytes, allocated.peak);
            let mut runs = Vec::new();
            for _ in 0..5 {
                runs.push(tools.times(&task(200))?.cpu / 200.0 * 1e3);
            }
            time[at] = smallest(&runs);
        }
        let what = |measure| format!("{doors} doors, {described}: {measure}");
        if tools.valgrind {
            rows.push(Row::new(what("instructions"), "", instructions).goal(Goal::Lossless));
        }
        rows.push(Row::new(what("cpu time"), "ms", time).goal(Goal::Lossless));
        rows.push(Row::new(what("allocated"), "B", bytes).goal(Goal::Lossless));
        rows.push(Row::new(what("peak"), "B", peak).goal(Goal::Lossless));
    }
    report.add("Losing nothing", LOSSLESS, rows);
    Ok(())
}
