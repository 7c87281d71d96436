//! Who a request is from, and for which organisation.

use http::HeaderMap;
use rhombus_kisi_runtime::Secret;

use crate::organization::Credentials;
use crate::partner::Partner;
use crate::state::World;

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// An organisation's own key, by its position.
    Organization(usize),
    /// A partner, by its position if there are any, for an organisation if it names one.
    Partner(Option<usize>, Option<usize>),
}

impl Caller {
    /// The organisation that the call is for.
    pub(crate) fn organization(&self) -> Option<usize> {
        match *self {
            Self::Organization(at) => Some(at),
            Self::Partner(_, at) => at,
        }
    }
}

/// Why a caller is turned away.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Denied {
    /// No credential, or one that fits no scheme.
    Unauthorized,
    /// The credential is wrong or not permitted.
    Forbidden,
}

/// What the headers name as a credential.
struct Named<'a> {
    is_partner: bool,
    is_token: bool,
    credential: &'a str,
}

/// The credential of a request, whether it is accepted or not.
pub(crate) fn credential(headers: &HeaderMap) -> Option<Secret> {
    named(headers).map(|named| named.credential.into())
}

fn named(headers: &HeaderMap) -> Option<Named<'_>> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // A header that is not there has the document's default.
    let (is_partner, is_token) = match header("x-auth-scheme").unwrap_or("api-token") {
        "api-token" | "api" => (false, false),
        "partner-api-token" | "partner-api" => (true, false),
        "api-oauth-token" => (false, true),
        "partner-api-oauth-token" => (true, true),
        _ => return None,
    };
    let name = if is_token {
        "x-auth-access-token"
    } else {
        "x-auth-apikey"
    };
    let credential = header(name).filter(|credential| !credential.is_empty())?;
    Some(Named {
        is_partner,
        is_token,
        credential,
    })
}

impl Named<'_> {
    fn is_of(&self, credentials: &Credentials) -> bool {
        let own = if self.is_token {
            &credentials.tokens
        } else {
            &credentials.keys
        };
        own.iter().any(|own| own.expose() == self.credential)
    }

    /// Whose the credential is: theirs that have it, or else the first's that has none.
    fn owner<'a>(&self, all: impl Iterator<Item = &'a Credentials> + Clone) -> Option<usize> {
        let by = all.clone().position(|credentials| self.is_of(credentials));
        by.or_else(|| all.clone().position(Credentials::is_empty))
    }
}

/// Finds out who calls.
pub(crate) fn identify(headers: &HeaderMap, world: &World) -> Result<Caller, Denied> {
    let named = named(headers).ok_or(Denied::Unauthorized)?;
    let organization = headers.get("x-auth-org").map(|id| id.to_str().unwrap_or_default());
    let position = |id: &str| {
        let mut all = world.organizations.iter();
        all.position(|one| one.seed.id.as_str() == id).ok_or(Denied::Forbidden)
    };
    if !named.is_partner {
        let all = world.organizations.iter().map(|one| &one.seed.credentials);
        let own = named.owner(all).ok_or(Denied::Forbidden)?;
        return match organization.map(position).transpose()? {
            Some(other) if other != own => Err(Denied::Forbidden),
            _ => Ok(Caller::Organization(own)),
        };
    }
    let partner = match world.partners.is_empty() {
        true => None,
        false => Some(
            named
                .owner(world.partners.iter().map(|partner| &partner.credentials))
                .ok_or(Denied::Forbidden)?,
        ),
    };
    let of = partner.and_then(|at| world.partners.get(at));
    match organization {
        Some(id) if !acts_for(of, id) => Err(Denied::Forbidden),
        Some(id) => Ok(Caller::Partner(partner, Some(position(id)?))),
        None => Ok(Caller::Partner(partner, None)),
    }
}

fn acts_for(partner: Option<&Partner>, id: &str) -> bool {
    partner.is_none_or(|partner| {
        let mut clients = partner.clients.iter();
        clients.any(|client| client.has_access && client.id.as_str() == id)
    })
}
