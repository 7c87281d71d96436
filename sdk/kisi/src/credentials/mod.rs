//! Who the client is: keys, tokens and certificates, and the headers that say so.

mod headers;
mod value;

pub(crate) use headers::AuthHeaders;
pub(crate) use value::CertificatePem;
pub use value::Credentials;
