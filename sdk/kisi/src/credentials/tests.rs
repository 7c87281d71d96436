//! The cache against providers of every kind, in a time that is told and not waited for.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use rhombus_kisi_runtime::RhombusUuid;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::cache::Cache;
use super::state::{Issued, Outcome, Rejection};
use super::{CertificatePem, Credentials, CredentialsError, CredentialsFuture, Expiring, ProvideCredentials};
use crate::events::Events;

const SECOND: Duration = Duration::from_secs(1);

/// What a provider does when it is asked.
enum Step {
    Return(Result<Expiring<Credentials>, CredentialsError>),
    /// Credentials that hold for 100 s from now, and are asked for again after 90 s.
    Expire(Credentials),
    ReturnAfter(Arc<Notify>, &'static str),
    Panic,
    PanicAtOnce,
    Hang,
}

/// A provider that follows a script; beyond it, it fails the test.
#[derive(Clone)]
struct Scripted {
    steps: Arc<Mutex<VecDeque<Step>>>,
    asked: Arc<AtomicUsize>,
}

impl Scripted {
    fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.into_iter().collect())),
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn cache(&self) -> Arc<Cache> {
        Cache::new(Arc::new(self.clone()), None, Events::default())
    }
}

impl ProvideCredentials for Scripted {
    fn credentials(&self) -> CredentialsFuture<'_> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let step = self.steps.lock().unwrap().pop_front().expect("asked once too often");
        match step {
            Step::PanicAtOnce => panic!("as the script says"),
            Step::Return(result) => Box::pin(async { result }),
            Step::Expire(credentials) => Box::pin(async { Ok(Expiring::after(credentials, 100 * SECOND)) }),
            Step::ReturnAfter(notify, key) => Box::pin(async move {
                notify.notified().await;
                Ok(Expiring::never(Credentials::api_key(key)))
            }),
            Step::Panic => Box::pin(async { panic!("as the script says") }),
            Step::Hang => Box::pin(pending()),
        }
    }
}

fn lasting(key: &str) -> Step {
    Step::Return(Ok(Expiring::never(Credentials::api_key(key))))
}

fn expiring(key: &str) -> Step {
    Step::Expire(Credentials::api_key(key))
}

fn failing() -> Step {
    Step::Return(Err(CredentialsError::new("the vault is sealed")))
}

async fn get(cache: &Arc<Cache>) -> Outcome {
    cache.get(Instant::now() + 60 * SECOND).await
}

async fn renew(cache: &Arc<Cache>, used: &Issued, why: Rejection) -> bool {
    cache.renew(used, why, Instant::now() + 60 * SECOND).await
}

fn key(issued: &Issued) -> &str {
    issued.headers.expose_secret()
}

async fn key_of(cache: &Arc<Cache>) -> String {
    key(&get(cache).await.unwrap()).to_owned()
}

/// Lets the tasks that were spawned run.
async fn let_run() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn many_calls_ask_once_and_all_get_it() {
    let provider = Scripted::new([lasting("first-key")]);
    let cache = provider.cache();
    let all = join_all((0..64).map(|_| key_of(&cache))).await;
    assert!(all.iter().all(|key| key == "first-key"));
    assert_eq!(provider.asked(), 1);
    tokio::time::advance(100_000 * SECOND).await;
    assert_eq!(key_of(&cache).await, "first-key");
    assert_eq!(provider.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn they_are_asked_for_again_before_they_expire_and_no_call_waits_for_that() {
    let notify = Arc::new(Notify::new());
    let provider = Scripted::new([expiring("first-key"), Step::ReturnAfter(notify.clone(), "second-key")]);
    let cache = provider.cache();
    assert_eq!(key_of(&cache).await, "first-key");
    tokio::time::advance(89 * SECOND).await;
    assert_eq!(key_of(&cache).await, "first-key");
    let_run().await;
    assert_eq!(provider.asked(), 1);
    tokio::time::advance(2 * SECOND).await;
    for _ in 0..64 {
        assert_eq!(key_of(&cache).await, "first-key");
    }
    let_run().await;
    assert_eq!(provider.asked(), 2);
    notify.notify_one();
    let_run().await;
    assert_eq!(key_of(&cache).await, "second-key");
}

#[tokio::test(start_paused = true)]
async fn many_calls_after_the_end_ask_once() {
    let provider = Scripted::new([expiring("first-key"), expiring("second-key")]);
    let cache = provider.cache();
    assert_eq!(key_of(&cache).await, "first-key");
    tokio::time::advance(100 * SECOND).await;
    let all = join_all((0..64).map(|_| key_of(&cache))).await;
    assert!(all.iter().all(|key| key == "second-key"));
    assert_eq!(provider.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_old_are_used_while_a_refresh_fails_and_not_after_their_end() {
    let provider = Scripted::new([
        expiring("first-key"),
        failing(),
        failing(),
        failing(),
        lasting("second-key"),
    ]);
    let cache = provider.cache();
    assert_eq!(key_of(&cache).await, "first-key");
    tokio::time::advance(95 * SECOND).await;
    for asked in [2, 3] {
        for _ in 0..10 {
            assert_eq!(key_of(&cache).await, "first-key");
            let_run().await;
        }
        // It is left alone for a second after it failed.
        assert_eq!(provider.asked(), asked);
        tokio::time::advance(SECOND).await;
    }
    tokio::time::advance(5 * SECOND).await;
    for _ in 0..10 {
        let error = get(&cache).await.err().unwrap();
        assert!(error.to_string().contains("the vault is sealed"), "{error}");
    }
    assert_eq!(provider.asked(), 4);
    tokio::time::advance(SECOND).await;
    assert_eq!(key_of(&cache).await, "second-key");
}

#[tokio::test(start_paused = true)]
async fn many_rejected_calls_ask_once_and_find_the_new_ones() {
    for why in [Rejection::Unauthorized, Rejection::Forbidden] {
        let provider = Scripted::new([lasting("first-key"), lasting("second-key")]);
        let cache = provider.cache();
        let used = get(&cache).await.unwrap();
        let changed = join_all((0..64).map(|_| renew(&cache, &used, why))).await;
        assert!(changed.iter().all(|changed| *changed));
        assert_eq!(key_of(&cache).await, "second-key");
        // One that comes late finds them, too.
        assert!(renew(&cache, &used, why).await);
        assert_eq!(provider.asked(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_rejected_credentials_are_not_asked_for_again_at_once() {
    for why in [Rejection::Unauthorized, Rejection::Forbidden] {
        let provider = Scripted::new([lasting("first-key"), lasting("first-key"), lasting("second-key")]);
        let cache = provider.cache();
        let used = get(&cache).await.unwrap();
        used.accept();
        let changed = join_all((0..64).map(|_| renew(&cache, &used, why))).await;
        assert!(changed.iter().all(|changed| !changed));
        tokio::time::advance(9 * SECOND).await;
        assert!(!renew(&cache, &used, why).await);
        assert_eq!(provider.asked(), 2);
        // An agent may be slower than the server.
        tokio::time::advance(SECOND).await;
        assert!(renew(&cache, &used, why).await);
        assert_eq!(provider.asked(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_worked_is_taken_as_rotated_and_a_missing_permission_asks_seldom() {
    for (why, is_accepted, asked) in [
        (Rejection::Unauthorized, true, 3),
        (Rejection::Unauthorized, false, 2),
        (Rejection::Forbidden, true, 2),
    ] {
        let provider = Scripted::new(["first-key", "second-key", "third-key"].map(lasting));
        let cache = provider.cache();
        let first = get(&cache).await.unwrap();
        assert!(renew(&cache, &first, why).await);
        let second = get(&cache).await.unwrap();
        if is_accepted {
            second.accept();
        }
        assert_eq!(renew(&cache, &second, why).await, asked == 3);
        assert_eq!(provider.asked(), asked);
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejected_key_is_asked_for_again_after_a_refresh_that_began_before() {
    let notify = Arc::new(Notify::new());
    let provider = Scripted::new([
        expiring("first-key"),
        Step::ReturnAfter(notify.clone(), "first-key"),
        lasting("second-key"),
    ]);
    let cache = provider.cache();
    let used = get(&cache).await.unwrap();
    tokio::time::advance(95 * SECOND).await;
    assert_eq!(key_of(&cache).await, "first-key");
    let_run().await;
    assert_eq!(provider.asked(), 2);
    let (changed, ()) = tokio::join!(renew(&cache, &used, Rejection::Unauthorized), async {
        let_run().await;
        notify.notify_one();
    });
    assert!(changed);
    assert_eq!(provider.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_rejection_while_the_provider_fails_is_final_and_soon_tried_again() {
    let provider = Scripted::new([lasting("first-key"), failing(), lasting("second-key")]);
    let cache = provider.cache();
    let used = get(&cache).await.unwrap();
    let changed = join_all((0..64).map(|_| renew(&cache, &used, Rejection::Forbidden))).await;
    assert!(changed.iter().all(|changed| !changed));
    assert_eq!(provider.asked(), 2);
    assert_eq!(key_of(&cache).await, "first-key");
    tokio::time::advance(SECOND).await;
    assert!(renew(&cache, &used, Rejection::Forbidden).await);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_call_that_asks_loses_nothing_for_the_others() {
    let notify = Arc::new(Notify::new());
    let provider = Scripted::new([Step::ReturnAfter(notify.clone(), "first-key")]);
    let cache = provider.cache();
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { key_of(&cache).await })
        })
        .collect();
    let_run().await;
    assert_eq!(provider.asked(), 1);
    for call in &calls[..63] {
        call.abort();
    }
    let_run().await;
    notify.notify_one();
    let last = calls.into_iter().last().unwrap().await.unwrap();
    assert_eq!(last, "first-key");
    assert_eq!(provider.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_goes_on_when_all_its_calls_are_dropped() {
    let notify = Arc::new(Notify::new());
    let provider = Scripted::new([Step::ReturnAfter(notify.clone(), "first-key")]);
    let cache = provider.cache();
    let given_up = cache.get(Instant::now() + SECOND).await.err().unwrap();
    assert!(matches!(given_up, CredentialsError::TimedOut { limit } if limit == SECOND));
    notify.notify_one();
    let_run().await;
    assert_eq!(key_of(&cache).await, "first-key");
    assert_eq!(provider.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_panics_is_an_error_and_is_asked_again_later() {
    let provider = Scripted::new([Step::Panic, Step::PanicAtOnce, lasting("first-key")]);
    let cache = provider.cache();
    for _ in 0..2 {
        let all = join_all((0..64).map(|_| get(&cache))).await;
        assert!(
            all.iter()
                .all(|outcome| matches!(outcome, Err(CredentialsError::Panicked)))
        );
        tokio::time::advance(SECOND).await;
    }
    assert_eq!(key_of(&cache).await, "first-key");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_returns_ends_within_a_limit() {
    let provider = Scripted::new([Step::Hang, lasting("first-key")]);
    let cache = provider.cache();
    let begun = Instant::now();
    let error = get(&cache).await.err().unwrap();
    assert!(
        matches!(error, CredentialsError::TimedOut { limit } if limit == 30 * SECOND),
        "{error}"
    );
    assert_eq!(begun.elapsed(), 30 * SECOND);
    tokio::time::advance(SECOND).await;
    assert_eq!(key_of(&cache).await, "first-key");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_whose_runtime_ends_is_begun_anew() {
    let provider = Scripted::new([Step::Hang, lasting("first-key")]);
    let cache = provider.cache();
    let ended = cache.clone();
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            tokio::select! {
                _ = get(&ended) => panic!("the provider returned"),
                () = let_run() => {}
            }
        });
    })
    .await
    .unwrap();
    assert_eq!(provider.asked(), 1);
    assert_eq!(key_of(&cache).await, "first-key");
}

#[tokio::test(start_paused = true)]
async fn what_would_be_sent_for_somebody_else_is_an_error() {
    let id = |byte| RhombusUuid::from_bytes([byte; 16]);
    let partner = |byte| Credentials::partner_key("second-key").organization(id(byte));
    let certified = Credentials::api_key("second-key").client_certificate("a", "b");
    for (first, second, expected) in [
        (
            Credentials::api_key("first-key"),
            Credentials::partner_key("second-key"),
            "kind",
        ),
        (Credentials::partner_key("first-key"), partner(1), "organisation"),
        (partner(1), partner(2), "organisation"),
        (Credentials::api_key("first-key"), certified, "client certificate"),
        (
            Credentials::api_key("first-key"),
            Credentials::api_key("second key"),
            "position 7",
        ),
        (Credentials::api_key("first-key"), Credentials::api_key(""), "is empty"),
        (
            Credentials::api_key("first-key"),
            Credentials::api_key("second-key").organization(id(1)),
            "only a partner",
        ),
    ] {
        let steps = [first, second].map(Step::Expire);
        let cache = Scripted::new(steps).cache();
        let first = get(&cache).await.unwrap();
        tokio::time::advance(100 * SECOND).await;
        let error = get(&cache).await.err().unwrap().to_string();
        assert!(error.contains(expected) && !error.contains("second"), "{error}");
        assert_eq!(cache.last().unwrap().expose_secret(), key(&first));
    }
    let past = Expiring::after(Credentials::api_key("first-key"), Duration::ZERO);
    let cache = Scripted::new([Step::Return(Ok(past))]).cache();
    assert!(matches!(get(&cache).await, Err(CredentialsError::Expired)));
}

#[tokio::test(start_paused = true)]
async fn the_clients_certificate_sets_the_scheme() {
    let certificate = || CertificatePem {
        certificate: b"certificate".to_vec(),
        key: "private".into(),
    };
    let own = Credentials::api_key("first-key").client_certificate("certificate", "private");
    for credentials in [Credentials::api_key("first-key"), own] {
        let provider = Scripted::new([Step::Return(Ok(Expiring::never(credentials)))]);
        let cache = Cache::new(Arc::new(provider), Some(certificate()), Events::default());
        assert_eq!(get(&cache).await.unwrap().headers.scheme(), "api");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_keys_are_known_for_masking() {
    let keys: Vec<String> = (0..10).map(|number| format!("key-number-{number}")).collect();
    let provider = Scripted::new(keys.iter().map(|key| expiring(key)));
    let cache = provider.cache();
    for key in &keys {
        assert_eq!(key_of(&cache).await, *key);
        tokio::time::advance(100 * SECOND).await;
    }
    let known: Vec<_> = cache
        .known()
        .iter()
        .map(|headers| headers.expose_secret().to_owned())
        .collect();
    assert_eq!(known, keys[5..]);
}
