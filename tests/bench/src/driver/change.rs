//! What read-plan-apply costs, and what it costs to lose nothing.

use rhombus_kisi_bench::Failure;
use rhombus_kisi_bench::contestants::NAMES;

use super::call::task;
use super::goals::Goal;
use super::report::{Report, Row};
use super::{Server, Tools};

const HOW: &str = "Two reads, a plan that changes one door, and an update: the SDK with `kisi_integration`, `edit`, `plan` and `apply`, \
the others by hand with their own types. Time is the client's cpu time, the least of the runs; peak is what it has \
allocated at most. Flat means: at 100,000 doors against 1,000.";

const LOSSLESS: &str = "From JSON to the types and back, without HTTP. The floor's types drop what they do not know and take `null` for \
nothing; the SDK's keep both. Once with one unknown property in all, once with one in every door as well.";

pub fn measure(tools: &Tools, quick: bool, report: &mut Report) -> Result<(), Failure> {
    let sizes: &[usize] = if quick { &[10, 1_000] } else { &[10, 1_000, 100_000] };
    let mut rows = Vec::new();
    let (mut instructions, mut times, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for &doors in sizes {
        eprintln!("read, plan, apply, {doors} doors");
        let server = Server::start(tools, doors, false)?;
        let (mut time, mut peak) = ([0.0; 3], [0.0; 3]);
        let repeat = (20_000 / doors).clamp(1, 200);
        let tasks = NAMES.map(|name| task(name, "change", doors, repeat, &server));
        let runs = in_turns(tools, &tasks, if quick { 2 } else { 9 })?;
        for at in 0..NAMES.len() {
            time[at] = runs[at] / (repeat * doors) as f64 * 1e6;
            peak[at] = tools.allocations(&tasks[at])?.peak / doors as f64;
        }
        if tools.valgrind && doors >= 1_000 {
            let mut each = [0.0; 3];
            for (each, name) in each.iter_mut().zip(NAMES) {
                let mut task = task(name, "change", doors, 1, &server);
                // Counted or not, each time takes long under callgrind.
                task.extend(["--warm-up", "1"].map(str::to_owned));
                let counted = tools.instructions(&task)?;
                *each = counted.unwrap_or(f64::NAN) / doors as f64;
            }
            rows.push(Row::new(format!("{doors} doors: instructions for a door"), "", each));
            instructions.push(each);
        }
        rows.push(Row::new(format!("{doors} doors: cpu time for a door"), "µs", time));
        rows.push(Row::new(format!("{doors} doors: peak for a door"), "B", peak));
        times.push(time);
        peaks.push(peak);
    }
    if let ([_, middle, large], [_, middle_peak, large_peak]) = (&times[..], &peaks[..]) {
        let flat = |large: &[f64; 3], middle: &[f64; 3]| [0, 1, 2].map(|at| large[at] / middle[at]);
        if let [middle, large] = &instructions[..] {
            let what = "instructions for a door, 100,000 ÷ 1,000";
            rows.push(Row::new(what, "", flat(large, middle)).goal(Goal::Flat));
        }
        rows.push(Row::new("cpu time for a door, 100,000 ÷ 1,000", "", flat(large, middle)).goal(Goal::Flat));
        rows.push(Row::new("peak for a door, 100,000 ÷ 1,000", "", flat(large_peak, middle_peak)).goal(Goal::Flat));
    }
    report.add("Read, plan, apply", HOW, rows);

    let mut rows = Vec::new();
    for (unknown, described) in [(false, "as they are"), (true, "an unknown property in each")] {
        eprintln!("from JSON and back, {described}");
        let doors = 1_000;
        let server = Server::start(tools, 0, false)?;
        let codec = |name, repeat| {
            let mut task = task(name, "codec", doors, repeat, &server);
            task.extend(unknown.then(|| "--unknown".to_owned()));
            task
        };
        let (mut instructions, mut bytes, mut peak) = ([f64::NAN; 3], [0.0; 3], [0.0; 3]);
        for (at, name) in NAMES.into_iter().enumerate() {
            if let Some(counted) = tools.instructions(&codec(name, 10))? {
                instructions[at] = counted / 10.0;
            }
            let allocated = tools.allocations(&codec(name, 1))?;
            (bytes[at], peak[at]) = (allocated.bytes, allocated.peak);
        }
        let tasks = NAMES.map(|name| codec(name, 200));
        let runs = in_turns(tools, &tasks, if quick { 3 } else { 9 })?;
        let time = [0, 1, 2].map(|at: usize| runs[at] / 200.0 * 1e3);
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

/// The least cpu time of each task, in s. The contestants take turns, so that what else runs disturbs all alike.
fn in_turns(tools: &Tools, tasks: &[Vec<String>; 3], rounds: usize) -> Result<[f64; 3], Failure> {
    let mut least = [f64::INFINITY; 3];
    for _ in 0..rounds {
        for (task, least) in tasks.iter().zip(&mut least) {
            *least = least.min(tools.times(task)?.cpu);
        }
    }
    Ok(least)
}
