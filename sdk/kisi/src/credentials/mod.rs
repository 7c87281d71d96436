//! Who the client is: keys, tokens and certificates, the headers that say so, and where the next ones come from.

mod cache;
mod error;
mod expiring;
mod headers;
mod provide;
mod provided;
mod state;
mod value;

pub(crate) use cache::Cache;
pub use error::CredentialsError;
pub use expiring::Expiring;
pub(crate) use headers::AuthHeaders;
#[cfg(feature = "oauth")]
pub(crate) use headers::wiped_header;
pub use provide::{CredentialsFuture, ProvideCredentials};
pub(crate) use provided::{Provided, not_a_partner};
pub(crate) use state::Rejection;
pub(crate) use value::CertificatePem;
pub use value::Credentials;

#[cfg(test)]
mod tests;
