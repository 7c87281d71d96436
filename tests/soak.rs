//! A long run against a server that fails now and then: nothing lost, nothing doubled, nothing left behind.
//!
//! ```text
//! cargo run --release -p rhombus-kisi-tests --bin soak -- --calls 100000 --in-flight 64 --faults 1
//! ```
#![allow(clippy::print_stdout, clippy::unwrap_used)] // A program that reports; a broken set-up ends it.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use rhombus_kisi::{Client, RetryPolicy};
use rhombus_kisi_runtime::{Error, Repeat, Request, call};
use rhombus_kisi_tests::{CLASSES, Deed, RequestLog, operation};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

const ATTEMPTS: u32 = 4;
const SAMPLES: usize = 10;

/// Makes many calls at once against a server that fails some of them, and counts.
#[derive(Parser)]
struct Arguments {
    /// How many calls.
    #[arg(long, default_value_t = 100_000)]
    calls: usize,
    /// How many at once.
    #[arg(long, default_value_t = 64)]
    in_flight: usize,
    /// How many of a hundred requests the server fails.
    #[arg(long, default_value_t = 1.0)]
    faults: f64,
    /// Which requests these are.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long an attempt may take, in milliseconds: what the server stalls takes that long, and on a busy machine
    /// nothing else may.
    #[arg(long, default_value_t = 10_000)]
    attempt_timeout: u64,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Responded,
    Unavailable,
    Limited,
    Broken,
    TimedOut,
    /// With something that this server never does.
    Other,
}

impl End {
    const ALL: [Self; 6] = [
        Self::Responded,
        Self::Unavailable,
        Self::Limited,
        Self::Broken,
        Self::TimedOut,
        Self::Other,
    ];

    fn of(result: &Result<Value, Error>, number: usize) -> Self {
        match result {
            Ok(response) if response["number"].as_u64() == Some(number as u64) => Self::Responded,
            Err(Error::Status { status, .. }) if status.as_u16() == 503 => Self::Unavailable,
            Err(Error::RateLimited { .. }) => Self::Limited,
            Err(Error::BrokenOff { .. }) => Self::Broken,
            Err(Error::Timeout { .. }) => Self::TimedOut,
            _ => Self::Other,
        }
    }

    /// Whether a call that met this last ends so.
    fn fits(self, deed: Deed) -> bool {
        match deed {
            Deed::Responded => self == Self::Responded,
            Deed::Unavailable => self == Self::Unavailable,
            Deed::Limited => self == Self::Limited,
            Deed::Reset | Deed::Truncated => self == Self::Broken,
            Deed::Stalled => self == Self::TimedOut,
        }
    }
}

/// Whether a request of this class may go out again after this.
fn may_repeat(class: Repeat, deed: Deed) -> bool {
    match class {
        Repeat::Safe => deed != Deed::Responded,
        Repeat::IfNotCarriedOut => deed == Deed::Limited,
        _ => false,
    }
}

/// What the process holds at one moment.
#[derive(Clone, Copy)]
struct Sample {
    done: usize,
    resident_kib: u64,
    descriptors: usize,
    tasks: usize,
}

impl Sample {
    fn take(done: usize, runtime: &Runtime) -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Self {
            done,
            resident_kib: resident
                .and_then(|text| text.trim().trim_end_matches(" kB").parse().ok())
                .unwrap_or_default(),
            descriptors: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            tasks: runtime.metrics().num_alive_tasks(),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let serving = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let per_ten_thousand = (arguments.faults * 100.0).round() as u64;
    let (log, address) = serving.block_on(RequestLog::start(arguments.calls, per_ten_thousand, arguments.seed));
    let calling = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let client = Client::builder()
        .api_key("soak")
        .endpoint(format!("http://{address}"))
        .attempt_timeout(Duration::from_millis(arguments.attempt_timeout))
        .timeout(Duration::from_millis(arguments.attempt_timeout * 6))
        .retry(
            RetryPolicy::default()
                .max_attempts(ATTEMPTS)
                .base_backoff(Duration::from_millis(5))
                .max_backoff(Duration::from_millis(50)),
        )
        .build()
        .unwrap();

    let next = Arc::new(AtomicUsize::new(0));
    let ends = Arc::new(Ends::new(arguments.calls));
    let begin = Instant::now();
    let workers: Vec<_> = (0..arguments.in_flight)
        .map(|_| calling.spawn(work(client.clone(), Arc::clone(&next), Arc::clone(&ends))))
        .collect();
    let mut samples = Vec::new();
    println!("    calls   RSS (KiB)   descriptors   tasks");
    for part in 1..SAMPLES {
        while next.load(Ordering::SeqCst) < arguments.calls * part / SAMPLES {
            std::thread::sleep(Duration::from_millis(5));
        }
        samples.push(Sample::take(next.load(Ordering::SeqCst), &calling));
        print(samples.last());
    }
    for worker in workers {
        calling.block_on(worker).unwrap();
    }
    let took = begin.elapsed();
    let last = Sample::take(arguments.calls, &calling);
    print(Some(&last));
    drop(client);
    // Connections and their tasks go when the client does.
    let patience = Instant::now();
    while calling.metrics().num_alive_tasks() > 0 && patience.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let after = Sample::take(arguments.calls, &calling);
    println!(
        "after the client was dropped: {} descriptors, {} tasks",
        after.descriptors, after.tasks
    );

    let per_second = arguments.calls as f64 / took.as_secs_f64();
    println!("{} calls in {took:.1?}, {per_second:.0} a second", arguments.calls);
    let complaints = [
        check_ends(&log, &ends),
        check_samples(&samples, after, arguments.in_flight),
    ];
    let complaints: Vec<_> = complaints.into_iter().flatten().collect();
    for complaint in complaints.iter().take(20) {
        println!("WRONG: {complaint}");
    }
    match complaints.len() {
        0 => {
            println!("nothing lost, nothing doubled, nothing left behind");
            ExitCode::SUCCESS
        }
        count => {
            println!("{count} things are wrong");
            ExitCode::FAILURE
        }
    }
}

fn print(sample: Option<&Sample>) {
    if let Some(sample) = sample {
        println!(
            "{:>9} {:>11} {:>13} {:>7}",
            sample.done, sample.resident_kib, sample.descriptors, sample.tasks
        );
    }
}

/// How each call ended, set aside and written over at the start so that the run itself takes no memory for it.
struct Ends(Vec<AtomicU32>);

impl Ends {
    const NOT_YET: u32 = u32::MAX;
    const TWICE: u32 = u32::MAX - 1;

    fn new(calls: usize) -> Self {
        Self((0..calls).map(|_| AtomicU32::new(Self::NOT_YET)).collect())
    }

    fn set(&self, number: usize, end: End, attempts: u32) {
        let new = attempts << 8 | end as u32;
        if self.0[number].swap(new, Ordering::SeqCst) != Self::NOT_YET {
            self.0[number].store(Self::TWICE, Ordering::SeqCst);
        }
    }

    /// How a call ended, and after how many attempts where it failed.
    fn get(&self, number: usize) -> Result<(End, u32), &'static str> {
        match self.0[number].load(Ordering::SeqCst) {
            Self::NOT_YET => Err("never ended"),
            Self::TWICE => Err("ended twice"),
            bits => {
                let end = End::ALL.into_iter().find(|end| *end as u32 == bits & 0xff);
                Ok((end.unwrap_or(End::Other), bits >> 8))
            }
        }
    }
}

async fn work(client: Client, next: Arc<AtomicUsize>, ends: Arc<Ends>) {
    let transport = client.transport();
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        if number >= ends.0.len() {
            return;
        }
        let request = Request::new(operation(class(number)))
            .json(&json!({ "number": number }))
            .unwrap();
        let result = call(&*transport, request).await;
        let attempts = result
            .as_ref()
            .err()
            .and_then(Error::call)
            .map_or(0, |call| call.attempts);
        ends.set(number, End::of(&result, number), attempts);
    }
}

fn class(number: usize) -> Repeat {
    CLASSES[number % CLASSES.len()]
}

/// Each call against what the server wrote down.
fn check_ends(log: &RequestLog, ends: &Ends) -> Vec<String> {
    let mut complaints = Vec::new();
    let (mut arrivals, mut failed, mut errors) = (0, 0, 0);
    for number in 0..ends.0.len() {
        let class = class(number);
        let deeds = log.deeds(number);
        let (end, attempts) = match ends.get(number) {
            Ok(end) => end,
            Err(trouble) => {
                complaints.push(format!("call {number} [{class:?}] {trouble}"));
                continue;
            }
        };
        arrivals += deeds.len();
        failed += deeds.iter().filter(|deed| **deed != Deed::Responded).count();
        errors += usize::from(end != End::Responded);
        let Some((last, before)) = deeds.split_last() else {
            complaints.push(format!("call {number} [{class:?}] was lost: {end:?}"));
            continue;
        };
        let doubled = before.iter().any(|deed| !may_repeat(class, *deed));
        let gave_up = end != End::Responded && may_repeat(class, *last) && deeds.len() < ATTEMPTS as usize;
        let miscounted = end != End::Responded && attempts as usize != deeds.len();
        if doubled || gave_up || miscounted || !end.fits(*last) {
            complaints.push(format!(
                "call {number} [{class:?}]: the server {deeds:?}, the call {end:?} after {attempts}"
            ));
        }
    }
    println!("{arrivals} requests arrived, of which {failed} were failed; {errors} calls ended with an error");
    if failed == 0 {
        complaints.push("the server failed nothing, so nothing was shown".to_owned());
    }
    complaints
}

/// The second half of the run against the first.
fn check_samples(samples: &[Sample], after: Sample, in_flight: usize) -> Vec<String> {
    let (early, late) = samples.split_at(samples.len() / 2);
    let most = |samples: &[Sample], what: fn(&Sample) -> u64| samples.iter().map(what).max().unwrap_or_default();
    let mut complaints = Vec::new();
    let mut flat = |what: &str, of: fn(&Sample) -> u64, slack: u64| {
        let (early, late) = (most(early, of), most(late, of));
        if late > early + slack {
            complaints.push(format!("{what} grew from {early} to {late}"));
        }
    };
    flat("memory (KiB)", |sample| sample.resident_kib, 1024);
    flat("descriptors", |sample| sample.descriptors as u64, in_flight as u64 / 2);
    flat("tasks", |sample| sample.tasks as u64, in_flight as u64 / 2);
    if after.tasks > 0 {
        complaints.push(format!("{} tasks outlive the client", after.tasks));
    }
    complaints
}
