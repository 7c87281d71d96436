//! What a call costs.

use rhombus_kisi_bench::Failure;
use rhombus_kisi_bench::contestants::NAMES;

use super::goals::Goal;
use super::report::{Report, Row};
use super::{Server, Tools, median};

/// Instructions and allocated bytes of a call by the number of doors, for each contestant.
#[derive(Clone, Debug)]
pub struct Curve {
    pub work: &'static str,
    pub doors: Vec<usize>,
    /// By contestant, then by number of doors.
    pub instructions: [Vec<f64>; 3],
    pub bytes: [Vec<f64>; 3],
}

const HOW: &str = "Instructions of the client process per call (callgrind, the median of the runs), and what it allocates per call \
(a counting allocator), after three calls to warm up. An update takes its settings by value and frees them; a read's \
are freed by its caller.";

pub fn measure(tools: &Tools, quick: bool, report: &mut Report) -> Result<Vec<Curve>, Failure> {
    let doors: &[usize] = if quick { &[1, 100] } else { &[1, 10, 100, 1_000, 10_000] };
    let mut curves = Vec::new();
    for work in ["update", "read"] {
        let mut curve = Curve {
            work,
            doors: doors.to_owned(),
            instructions: Default::default(),
            bytes: Default::default(),
        };
        let mut rows = Vec::new();
        for &doors in doors {
            eprintln!("{work}, {doors} doors");
            let server = Server::start(tools, doors, false)?;
            let (mut instructions, mut counts, mut bytes) = ([f64::NAN; 3], [0.0; 3], [0.0; 3]);
            for (at, name) in NAMES.into_iter().enumerate() {
                let task = task(name, work, doors, if doors > 1_000 { 10 } else { 100 }, &server);
                let allocated = tools.allocations(&task)?;
                (counts[at], bytes[at]) = (allocated.count, allocated.bytes);
                let mut runs = Vec::new();
                for _ in 0..if quick { 1 } else { 3 } {
                    runs.extend(tools.instructions(&task)?);
                }
                let repeat = if doors > 1_000 { 10.0 } else { 100.0 };
                instructions[at] = median(runs) / repeat;
                curve.instructions[at].push(instructions[at]);
                curve.bytes[at].push(bytes[at]);
            }
            let unit = if doors == 1 { "door" } else { "doors" };
            let what = |measure| format!("{work}, {doors} {unit}: {measure}");
            if tools.valgrind {
                rows.push(Row::new(what("instructions"), "", instructions).goal(Goal::Call));
            }
            rows.push(Row::new(what("allocated"), "B", bytes).goal(Goal::Call));
            rows.push(Row::new(what("allocations"), "", counts));
        }
        if tools.valgrind && !quick {
            rows.push(linear(&curve));
        }
        if tools.valgrind && work == "update" {
            for doors in [1, 100] {
                rows.extend(warned(tools, doors, quick, &curve)?);
            }
        }
        let title = if work == "update" { "An update" } else { "A read" };
        report.add(title, HOW, rows);
        curves.push(curve);
    }
    Ok(curves)
}

/// What an update costs whose response has a warning, and that against one without.
fn warned(tools: &Tools, doors: usize, quick: bool, curve: &Curve) -> Result<[Row; 2], Failure> {
    eprintln!("update, {doors} doors, a warning");
    const REPEAT: usize = 100;
    let server = Server::that_warns(tools)?;
    let at = curve.doors.iter().position(|there| *there == doors).unwrap_or_default();
    let (mut instructions, mut against) = ([f64::NAN; 3], [f64::NAN; 3]);
    for (contestant, name) in NAMES.into_iter().enumerate() {
        let task = task(name, "warned", doors, REPEAT, &server);
        let mut runs = Vec::new();
        for _ in 0..if quick { 1 } else { 3 } {
            runs.extend(tools.instructions(&task)?);
        }
        instructions[contestant] = median(runs) / REPEAT as f64;
        against[contestant] = instructions[contestant] / curve.instructions[contestant][at];
    }
    let unit = if doors == 1 { "door" } else { "doors" };
    let what = format!("update, {doors} {unit}, with a warning: instructions");
    Ok([
        Row::new(what.clone(), "", instructions),
        Row::new(format!("{what} ÷ without"), "", against).goal(Goal::Warning),
    ])
}

/// What a further door costs, from 100 to 10,000 doors against from 1 to 100.
fn linear(curve: &Curve) -> Row {
    let at = |doors| curve.doors.iter().position(|there| *there == doors).unwrap_or_default();
    let growth = |values: &Vec<f64>| {
        let slope = |from, to| (values[at(to)] - values[at(from)]) / (to - from) as f64;
        slope(100, 10_000) / slope(1, 100)
    };
    let what = format!("{}: instructions for a further door, beyond 100 ÷ below", curve.work);
    let [floor, generated, sdk] = &curve.instructions;
    Row::new(what, "", [growth(floor), growth(generated), growth(sdk)]).goal(Goal::Linear)
}

/// The arguments of a measuring program.
pub fn task(name: &str, work: &str, doors: usize, repeat: usize, server: &Server) -> Vec<String> {
    let (doors, repeat) = (doors.to_string(), repeat.to_string());
    [
        name,
        work,
        "--doors",
        &doors,
        "--repeat",
        &repeat,
        "--server",
        &server.url,
    ]
    .map(str::to_owned)
    .to_vec()
}
