use rhombus_kisi_runtime::{Error, RhombusUuid};
use serde_json::Value;

use super::entry::ClientOrganization;
use super::error::LookupError;
use super::find::find;
use crate::Client;
use crate::types::GetPartnerClientsResponse;

/// A partner's client organisations, by id or name. [`Client::organizations`] lists them.
#[derive(Clone, Debug, Default)]
pub struct Organizations(Vec<ClientOrganization>);

impl Organizations {
    /// Returns all of them, in the server's order.
    pub fn all(&self) -> &[ClientOrganization] {
        &self.0
    }

    /// Returns the organisation with this id or name: by exactly the name, else by the name in other case.
    ///
    /// # Errors
    /// Errors with [`LookupError`] if there is none, or several.
    pub fn get(&self, id_or_name: impl AsRef<str>) -> Result<&ClientOrganization, LookupError> {
        find(self.0.iter(), id_or_name.as_ref())
    }
}

impl Client {
    /// Lists the client organisations of a partner.
    ///
    /// ```no_run
    /// # async fn example(partner: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let organizations = partner.organizations().await?;
    /// let client = partner.for_organization(organizations.get("Acme, Berlin")?)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the call. A client with an organisation's own key is forbidden to call it ([`Error::Forbidden`]).
    pub async fn organizations(&self) -> Result<Organizations, Error> {
        let response = self.api().get_partner_clients_v2(&Default::default()).await?;
        Ok(Organizations(listed(response)))
    }
}

/// The organisations of a response, in either form.
fn listed(response: GetPartnerClientsResponse) -> Vec<ClientOrganization> {
    let other = response.extra.value("partnerClients");
    let typed = response.clients.into_iter().flatten().filter_map(|client| {
        Some(ClientOrganization {
            id: client.client_org_uuid.into_option()?,
            name: client.client_org_name.unwrap_or_default(),
            has_access: client.client_access_allowed.into_option(),
        })
    });
    let other = other.as_ref().and_then(Value::as_array).into_iter().flatten();
    let other = other.filter_map(|client| {
        Some(ClientOrganization {
            id: RhombusUuid::from_server(client.get("orgUuid")?.as_str()?),
            name: client
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            has_access: None,
        })
    });
    let mut listed: Vec<ClientOrganization> = Vec::new();
    for client in typed.chain(other) {
        if !listed.iter().any(|there| there.id == client.id) {
            listed.push(client);
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn either_form_is_read() {
        let response = serde_json::from_str(
            r#"{"clients":[{"clientOrgUuid":"AAAAAAAAAAAAAAAAAAAAAQ","clientOrgName":"Acme","clientAccessAllowed":false},null,{"clientOrgName":"x"}],
            "partnerClients":[{"orgUuid":"AAAAAAAAAAAAAAAAAAAAAg","name":"Bolt"},{"orgUuid":"AAAAAAAAAAAAAAAAAAAAAQ"},{"orgUuid":7},null]}"#,
        );
        let listed = listed(response.unwrap());
        let shown: Vec<_> = listed
            .iter()
            .map(|client| (client.id.as_str(), client.name.as_str(), client.has_access))
            .collect();
        assert_eq!(
            shown,
            [
                ("AAAAAAAAAAAAAAAAAAAAAQ", "Acme", Some(false)),
                ("AAAAAAAAAAAAAAAAAAAAAg", "Bolt", None)
            ]
        );
    }
}
