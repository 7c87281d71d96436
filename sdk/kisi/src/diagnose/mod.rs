//! Why does the integration not work? One report that says what is wrong, where, and what to do.

mod cameras;
mod facts;
mod finding;
mod gather;
mod inspect;
mod kind;
mod location;
mod report;
mod request;
mod severity;

pub use finding::Finding;
pub use kind::FindingKind;
pub use location::Location;
pub use report::Report;
pub use request::Diagnose;
pub use severity::Severity;
