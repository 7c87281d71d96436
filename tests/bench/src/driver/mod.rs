//! What starts the measuring programs and makes a report of what they say.

pub mod build;
pub mod call;
pub mod change;
pub mod generation;
pub mod goals;
pub mod load;
pub mod machine;
pub mod plot;
pub mod report;
mod server;
mod tools;

pub use server::Server;
pub use tools::Tools;

/// The middle one; of an even number the lower of the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values
        .get(values.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or(f64::NAN)
}

/// The smallest one: what the work takes where nothing else disturbs it.
pub fn smallest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
