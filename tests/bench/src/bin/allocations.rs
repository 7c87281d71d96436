//! Does the work of a task, and says what it allocated. Its allocator counts, so no other program is linked with it.

use clap::Parser;
use rhombus_kisi_bench::Failure;
use rhombus_kisi_bench::task::{Task, prepare};

#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    task: Task,
}

fn main() -> Result<(), Failure> {
    let task = Args::parse().task;
    let mut measured = prepare(&task)?;
    let mut outcome = Ok(());
    let counted = allocation_counter::measure(|| outcome = measured());
    outcome?;
    let each = |total: u64| total as f64 / task.repeat as f64;
    println!(
        "{}",
        serde_json::json!({
            "count": each(counted.count_total),
            "bytes": each(counted.bytes_total),
            "peak": counted.bytes_max,
        })
    );
    Ok(())
}
