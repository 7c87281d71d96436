//! Does the work of a task, and says what cpu time it took. Under callgrind it is `measured_section` that is counted.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use clap::Parser;
use cpu_time::ProcessTime;
use futures_util::future::try_join_all;
use rhombus_kisi_bench::Failure;
use rhombus_kisi_bench::contestants::{Contestant, Floor, Generated, Kisi};
use rhombus_kisi_bench::task::{Measured, Name, Task, prepare};

#[derive(Debug, Parser)]
enum Command {
    /// Does a task
    Task(Task),
    /// Reads and updates over and over, some at a time
    Load(Load),
}

#[derive(Debug, clap::Args)]
struct Load {
    name: Name,
    /// How many calls are under way at any time
    #[arg(long)]
    in_flight: usize,
    /// For how long, in ms
    #[arg(long)]
    milliseconds: u64,
    /// The server's URL
    #[arg(long)]
    server: String,
}

fn main() -> Result<(), Failure> {
    let _: () = match Command::parse() {
        Command::Task(task) => {
            let mut measured = prepare(&task)?;
            let (start, cpu) = (Instant::now(), ProcessTime::now());
            measured_section(&mut measured)?;
            let (wall, cpu) = (start.elapsed(), cpu.elapsed());
            println!(
                "{}",
                serde_json::json!({"wall": wall.as_secs_f64(), "cpu": cpu.as_secs_f64()})
            );
        }
        Command::Load(load) => match load.name {
            Name::Floor => run::<Floor>(&load)?,
            Name::Generated => run::<Generated>(&load)?,
            Name::Kisi => run::<Kisi>(&load)?,
        },
    };
    Ok(())
}

/// Callgrind starts and stops counting where this function is entered and left.
#[inline(never)]
fn measured_section(measured: &mut Measured) -> Result<(), Failure> {
    std::hint::black_box(measured)()
}

fn run<C: Contestant>(load: &Load) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = C::connect(&load.server)?;
    runtime.block_on(calls(&client, load.in_flight, Duration::from_millis(200)))?;
    let cpu = ProcessTime::now();
    let mut latencies = runtime.block_on(calls(&client, load.in_flight, Duration::from_millis(load.milliseconds)))?;
    let cpu = cpu.elapsed();
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = (share * (latencies.len() - 1) as f64).round() as usize;
        latencies[index].as_secs_f64()
    };
    let per_cpu_second = latencies.len() as f64 / cpu.as_secs_f64();
    println!(
        "{}",
        serde_json::json!({"per_cpu_second": per_cpu_second, "p50": at(0.50), "p99": at(0.99)})
    );
    Ok(())
}

/// Calls until the time is over; returns how long each call took.
async fn calls<C: Contestant>(client: &C, in_flight: usize, time: Duration) -> Result<Vec<Duration>, Failure> {
    let end = Instant::now() + time;
    let latencies = RefCell::new(Vec::new());
    try_join_all((0..in_flight).map(async |number| {
        let settings = client.read().await?;
        let mut update = number % 2 == 0;
        while Instant::now() < end {
            let input = update.then(|| settings.clone());
            let start = Instant::now();
            match input {
                Some(settings) => drop(client.update(settings).await?),
                None => drop(client.read().await?),
            }
            latencies.borrow_mut().push(start.elapsed());
            update = !update;
        }
        Ok::<_, Failure>(())
    }))
    .await?;
    Ok(latencies.into_inner())
}
