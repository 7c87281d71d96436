use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};

use super::{Auth, HttpTransport};

/// Whose settings a client reads and writes: an organisation on a server.
///
/// Two are the same where they name the same organisation, or, where they name none, have the same key or provider. The key itself is
/// not in it.
#[derive(Clone, Eq, Hash, PartialEq)]
pub(crate) struct Identity {
    server: Arc<str>,
    organization: Organization,
}

#[derive(Clone, Eq, Hash, PartialEq)]
enum Organization {
    Named(Box<str>),
    /// The key's own. The hash is keyed anew in every process, so that it tells nothing of the key.
    OfKey(u64),
    /// The organisation of a provider's keys, whatever they are at the time.
    OfProvider(u64),
}

impl HttpTransport {
    pub(crate) fn identity(&self) -> Identity {
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

        Identity {
            server: self.shared.name.clone(),
            organization: match (self.auth.organization(), &self.auth) {
                (Some(id), _) => Organization::Named(id.into()),
                #[cfg(feature = "oauth")]
                (None, Auth::None) => Organization::OfKey(0),
                (None, Auth::Provided(provided)) => Organization::OfProvider(provided.id()),
                (None, Auth::Fixed(auth) | Auth::Issued(auth, _)) => {
                    Organization::OfKey(HASHER.hash_one(auth.expose_secret()))
                }
            },
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.organization {
            Organization::Named(id) => write!(f, "organisation {id:?} on {}", self.server),
            Organization::OfKey(_) | Organization::OfProvider(_) => {
                write!(f, "the key's own organisation on {}", self.server)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Client;

    #[test]
    fn an_organisation_is_told_by_its_id_or_its_key() {
        let endpoint = "https://example.com/";
        let client = |key: &str| Client::builder().api_key(key).endpoint(endpoint).build().unwrap();
        let of = |client: &Client| client.http().identity();
        let own = of(&client("topsecret"));
        assert_eq!(own, of(&client("topsecret").with(|call| call)));
        assert_ne!(own, of(&client("another")));
        let elsewhere = Client::builder()
            .api_key("topsecret")
            .endpoint("https://example.org")
            .build()
            .unwrap();
        assert_ne!(own, of(&elsewhere));

        let partner = Client::builder()
            .partner_key("topsecret")
            .endpoint(endpoint)
            .build()
            .unwrap();
        let [a, b] =
            ["AAAAAAAAAAAAAAAAAAAAAQ", "AAAAAAAAAAAAAAAAAAAAAg"].map(|id| partner.for_organization(id).unwrap());
        assert_ne!(of(&a), of(&b));
        assert_ne!(of(&a), of(&partner));
        let rotated = Client::builder()
            .partner_key("another")
            .endpoint(endpoint)
            .build()
            .unwrap();
        assert_eq!(of(&a), of(&rotated.for_organization("AAAAAAAAAAAAAAAAAAAAAQ").unwrap()));
        assert_eq!(format!("{own:?}"), "the key's own organisation on https://example.com");
    }
}
