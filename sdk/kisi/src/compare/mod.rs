//! Comparing settings property by property, and merging two changes of them: functions from data to data.

mod difference;
mod element;
mod json;
mod kind;
mod mask;
mod merge;
mod patch;
mod path;
mod same;

pub(crate) use difference::{Difference, differences};
pub(crate) use element::{Element, is_among};
pub(crate) use json::Json;
pub(crate) use kind::{is_hidden, is_set, kind_at, redact};
pub(crate) use mask::{could_stand_for, looks_like_a_mask};
pub(crate) use merge::merge;
#[cfg(feature = "file")]
pub(crate) use patch::clear;
pub(crate) use patch::lay_over;
pub use path::JsonPath;
pub(crate) use same::{Sameness, elements, says_all};
