//! From a document to crates.
