//! The one pass over what the generator wrote: from its types and methods to ours.

pub(super) mod errors;
pub(super) mod macros;
pub(super) mod methods;
pub(super) mod mock;
pub(super) mod tokens;
pub(super) mod types;
