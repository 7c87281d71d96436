use std::error::Error;
use std::fmt::{Debug, Display, Write};

/// A value in each of the ways in which Rust prints it.
pub fn debugged(value: &dyn Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// An error in each of the ways in which Rust prints it, and everything under it.
pub fn printed(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let display: &dyn Display = error;
        write!(text, "{display}\n{display:#}\n{}", debugged(&error)).unwrap();
        next = error.source();
    }
    text
}
