//! What becomes of reads and writes of a fake, and who makes them.

use std::time::Duration;

use rhombus_kisi::{Client, Credentials, RetryPolicy};
use rhombus_kisi_fake::{Fake, Fault, Habits, Operation, Organization, Request, id};
use serde_json::{Map, Value};

/// Which version of the API is spoken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// `getKisiIntegration` and `updateKisiIntegration`.
    V1,
    /// `getKisiIntegrationV2` and `updateKisiIntegrationV2`.
    V2,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It is carried out, and the response comes.
    Done,
    /// It is responded to with this status, after being carried out or without.
    Status(u16, bool),
    /// The connection is reset.
    Reset(bool),
    /// There is no response for as long as the client waits for one.
    Hold(bool),
}

impl Fate {
    /// Whether the server does what it is asked.
    pub fn is_carried_out(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Status(_, true) | Self::Reset(true) | Self::Hold(true)
        )
    }

    /// The same for a fake. A 429 asks for no wait.
    pub fn fault(self) -> Fault {
        let fault = match self {
            Self::Done => Fault::none(),
            Self::Status(429, _) => Fault::rate_limited(0),
            Self::Status(403, _) => Fault::forbidden(),
            Self::Status(status, _) => Fault::status(status),
            Self::Reset(_) => Fault::reset(),
            Self::Hold(_) => Fault::hang(),
        };
        match self.is_carried_out() {
            true => fault.carried_out(),
            false => fault,
        }
    }
}

/// A fake whose organisation has these settings; `null` for none. A write that is carried out comes with a warning.
pub async fn fake(settings: Value) -> Fake {
    Fake::builder()
        .organization(Organization::new(id(100), "The only one").settings(settings))
        .habits(Habits::none().warning("noted"))
        .start()
        .await
        .unwrap()
}

/// A client whose key is the editor's name.
pub fn editor(fake: &Fake, name: &str) -> Client {
    patient(fake, Credentials::api_key(name))
}

/// A client that waits for long and repeats at once.
pub fn patient(fake: &Fake, credentials: Credentials) -> Client {
    let policy = RetryPolicy::default()
        .base_backoff(Duration::from_millis(1))
        .max_backoff(Duration::from_millis(5));
    Client::builder()
        .credentials(credentials)
        .endpoint(fake.url())
        .attempt_timeout(Duration::from_secs(30))
        .connect_timeout(Duration::from_secs(30))
        .timeout(Duration::from_secs(120))
        .retry(policy)
        .build()
        .unwrap()
}

/// What happens to the next writes; those after them are done.
pub fn next_writes(fake: &Fake, fates: impl IntoIterator<Item = Fate>) {
    let mut fates = fates.into_iter().collect::<std::collections::VecDeque<_>>();
    fake.decide(move |request| is_write(request).then(|| fates.pop_front().map(Fate::fault))?);
}

/// Whether a request writes the settings.
pub fn is_write(request: &Request) -> bool {
    request.operation().is_some_and(Operation::writes_settings)
}

/// How many reads and writes of the settings have come, whatever became of them.
pub fn counts(fake: &Fake) -> (usize, usize) {
    let requests = fake.requests();
    let writes = requests.iter().filter(|request| is_write(request)).count();
    (requests.len() - writes, writes)
}

/// The value without properties that are `null`: what it means.
pub fn meaning(value: &Value) -> Value {
    match value {
        Value::Object(properties) => properties
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), meaning(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values.iter().map(meaning).collect(),
        plain => plain.clone(),
    }
}
