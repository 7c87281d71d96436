//! From the first version of the settings to the second: what is carried over, what it becomes, and what is lost.

mod carry;
mod fill;
mod migration;
mod places;
mod request;
mod step;
#[cfg(test)]
mod tests;

pub use migration::Migration;
pub use request::MigrateKisiToV2;
pub use step::{Fate, Loss, Step};
