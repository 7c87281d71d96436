//! A provider whose key the test changes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhombus_kisi::{Credentials, CredentialsError, CredentialsFuture, Expiring, ProvideCredentials};
use tokio::sync::Semaphore;

#[derive(Clone)]
pub(crate) struct Vault(Arc<Inner>);

struct Inner {
    key: Mutex<String>,
    lifetime: Option<Duration>,
    is_partner: bool,
    is_sealed: AtomicBool,
    asked: AtomicUsize,
    /// How often it may still return.
    open: Semaphore,
}

impl Vault {
    pub(crate) fn new(key: &str) -> Self {
        Self::with(key, None, false)
    }

    /// A vault whose keys expire.
    pub(crate) fn expiring(key: &str, lifetime: Duration) -> Self {
        Self::with(key, Some(lifetime), false)
    }

    pub(crate) fn of_partner(key: &str) -> Self {
        Self::with(key, None, true)
    }

    fn with(key: &str, lifetime: Option<Duration>, is_partner: bool) -> Self {
        Self(Arc::new(Inner {
            key: Mutex::new(key.to_owned()),
            lifetime,
            is_partner,
            is_sealed: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            open: Semaphore::new(Semaphore::MAX_PERMITS),
        }))
    }

    pub(crate) fn rotate(&self, key: &str) {
        *self.0.key.lock().unwrap() = key.to_owned();
    }

    pub(crate) fn seal(&self) {
        self.0.is_sealed.store(true, Ordering::SeqCst);
    }

    /// Lets nobody have the key until [`open`](Self::open).
    pub(crate) fn close(&self) {
        self.0.open.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn open(&self) {
        self.0.open.add_permits(1000);
    }

    pub(crate) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }
}

impl ProvideCredentials for Vault {
    fn credentials(&self) -> CredentialsFuture<'_> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            let _open = self.0.open.acquire().await;
            if self.0.is_sealed.load(Ordering::SeqCst) {
                return Err(CredentialsError::new("the vault is sealed").transient());
            }
            let key = self.0.key.lock().unwrap().clone();
            let credentials = match self.0.is_partner {
                true => Credentials::partner_key(key),
                false => Credentials::api_key(key),
            };
            Ok(match self.0.lifetime {
                None => Expiring::never(credentials),
                Some(lifetime) => Expiring::after(credentials, lifetime),
            })
        })
    }
}
