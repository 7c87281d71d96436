use crate::Client;

impl Client {
    /// Returns the generated client on this client's transport: one plain method for each operation, with the request and the response as
    /// they are. Deadlines, retries and errors are the same.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// let response = client.api().get_kisi_integration(&Default::default()).await?;
    /// println!("{response:?}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn api(&self) -> rhombus_kisi_client::Client {
        rhombus_kisi_client::Client::new(self.transport())
    }
}
