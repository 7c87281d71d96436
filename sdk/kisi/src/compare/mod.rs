//! Comparing settings property by property, and merging two changes of them: functions from data to data.

mod difference;
mod json;
mod mask;
mod merge;
mod patch;
mod path;
mod same;
mod shape;

pub(crate) use difference::{Difference, Differences};
pub(crate) use json::Json;
pub(crate) use mask::{could_stand_for, looks_like_a_mask};
pub(crate) use merge::Merge;
pub(crate) use patch::lay_over;
pub use path::JsonPath;
pub(crate) use same::{Sameness, elements, says_all};
pub(crate) use shape::{ObjectShape, Shape};
