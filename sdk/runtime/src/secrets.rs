//! The secrets of a request, noted while its body is written.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde::Serialize;

use crate::masker::{Masker, SHORTEST};
use crate::speaks_of_a_secret;
use crate::text::{Elements, Members, strings, unquote};
use crate::wiped::Wiped;

/// How much of one text is kept: more than any message shows.
const TEXT: usize = 32 * 1024;
/// How many bytes of secrets are kept.
const KNOWN: usize = 4 * 1024 * 1024;
/// How many bytes, and how many, of texts that may be secrets.
const UNKNOWN: usize = 1024 * 1024;
const UNKNOWN_COUNT: usize = 65_536;
/// How deep a body without types is looked through.
const DEPTH: usize = 128;

/// The secrets that a request holds: every [`Secret`](crate::Secret) in it, and every string in a property that this
/// release does not know, for that may be one too.
///
/// A server may quote what it was sent; a [`Masker`](crate::Masker) takes these out of what it says. Clones share one
/// copy, which is overwritten when the last is dropped. Texts shorter than 6 bytes are left out, and of those that may be
/// secrets only the first 65,536 and the first MiB are kept.
#[derive(Clone, Default)]
pub struct Secrets(Option<Arc<Kept>>);

#[derive(Default)]
struct Kept {
    known: Texts,
    unknown: Texts,
}

/// Texts one after the other.
#[derive(Default)]
struct Texts {
    text: Wiped,
    ends: Vec<usize>,
}

impl Texts {
    const EMPTY: Self = Self {
        text: Wiped::EMPTY,
        ends: Vec::new(),
    };

    fn push(&mut self, text: &str, bytes: usize, count: usize) {
        let cut = crate::boundary::floor(text, TEXT);
        let text = text.get(..cut).unwrap_or_default();
        let full = self.text.as_ref().len() + text.len() > bytes || self.ends.len() >= count;
        // The token of one place is often that of the next.
        if text.len() < SHORTEST || full || self.iter().next_back() == Some(text) {
            return;
        }
        self.text.push(text.as_bytes());
        self.ends.push(self.text.as_ref().len());
    }

    fn bytes(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        (0..self.ends.len()).filter_map(|at| {
            let from = at.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
            self.text.as_ref().get(*from..*self.ends.get(at)?)
        })
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.bytes().filter_map(|text| std::str::from_utf8(text).ok())
    }
}

impl Secrets {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0
            .as_deref()
            .map_or(0, |kept| kept.known.ends.len() + kept.unknown.ends.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Each of them, those that certainly are secrets first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .flat_map(|kept| kept.known.iter().chain(kept.unknown.iter()))
    }

    /// Returns a masker of these secrets and of others.
    pub fn masker<'a>(&'a self, others: impl IntoIterator<Item = &'a str>) -> Masker {
        let kept = self
            .0
            .iter()
            .flat_map(|kept| kept.known.bytes().chain(kept.unknown.bytes()));
        Masker::of(kept.chain(others.into_iter().map(str::as_bytes)))
    }

    /// Returns these and one more, such as a credential that a transport adds to the headers.
    #[must_use]
    pub fn with(self, secret: &str) -> Self {
        let mut kept = Kept::default();
        kept.note(secret);
        self.and(kept.into())
    }

    /// These and others.
    pub(crate) fn and(self, others: Self) -> Self {
        if others.is_empty() {
            return self;
        }
        if self.is_empty() {
            return others;
        }
        let mut kept = Kept::default();
        for part in [&self, &others].into_iter().filter_map(|secrets| secrets.0.as_deref()) {
            part.known.iter().for_each(|text| kept.note(text));
            part.unknown.iter().for_each(|text| kept.note_unknown(text));
        }
        kept.into()
    }

    /// The secrets of a body that was not written from types: strings under names that speak of one.
    pub(crate) fn of_text(content_type: &str, body: &[u8]) -> Self {
        let mut kept = Kept::default();
        let Ok(body) = std::str::from_utf8(body) else {
            return Self::default();
        };
        if content_type.contains("json") {
            named(body, DEPTH, &mut kept);
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            for (name, value) in body.split('&').filter_map(|pair| pair.split_once('=')) {
                if speaks_of_a_secret(&percent_decode_str(name).decode_utf8_lossy()) {
                    let spaced = value.replace('+', " ");
                    kept.note(&percent_decode_str(&spaced).decode_utf8_lossy());
                }
            }
        }
        kept.into()
    }

    /// One text that is a secret.
    pub(crate) fn of(text: &str) -> Self {
        let mut kept = Kept::default();
        kept.note(text);
        kept.into()
    }
}

/// Notes the strings under names that speak of a secret.
fn named(value: &str, depth: usize, into: &mut Kept) {
    let value = value.trim_start();
    match value.as_bytes().first() {
        Some(_) if depth == 0 => strings(value, &mut |text| into.note(text)),
        Some(b'{') => {
            for (name, value) in Members::of(value) {
                if speaks_of_a_secret(&unquote(name)) {
                    strings(value, &mut |text| into.note(text));
                } else {
                    named(value, depth - 1, into);
                }
            }
        }
        Some(b'[') => Elements::of(value).for_each(|value| named(value, depth - 1, into)),
        _ => {}
    }
}

impl Kept {
    fn note(&mut self, text: &str) {
        self.known.push(text, KNOWN, usize::MAX);
    }

    fn note_unknown(&mut self, text: &str) {
        self.unknown.push(text, UNKNOWN, UNKNOWN_COUNT);
    }
}

impl From<Kept> for Secrets {
    fn from(kept: Kept) -> Self {
        let empty = kept.known.ends.is_empty() && kept.unknown.ends.is_empty();
        Self((!empty).then(|| Arc::new(kept)))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.len()).finish()
    }
}

/// The secrets in what a value is written as.
///
/// ```
/// use rhombus_kisi_runtime::{Masker, Secret, secrets_of};
///
/// let secrets = secrets_of(&[Secret::from("kisi-key")]);
/// let masker = Masker::new(secrets.iter());
/// assert_eq!(masker.mask("no kisi-key".to_owned()), "no ***");
/// ```
pub fn secrets_of<T: Serialize + ?Sized>(value: &T) -> Secrets {
    let write = || {
        // What cannot be written has still been looked at as far as it went.
        let _ = serde_json::to_writer(std::io::sink(), value);
    };
    let ((), secrets, _) = collect(write);
    secrets
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Idle,
    Collecting,
    /// Collecting, and an object with types was met.
    Typed,
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::Idle) };
    static NOTED: RefCell<Kept> = const {
        RefCell::new(Kept { known: Texts::EMPTY, unknown: Texts::EMPTY })
    };
}

/// Puts back what was being collected, also where the writing panics.
struct Outer(State, Option<Kept>);

impl Drop for Outer {
    fn drop(&mut self) {
        STATE.set(self.0);
        NOTED.replace(self.1.take().unwrap_or_default());
    }
}

/// Runs `write` and returns the secrets that it wrote, and whether it wrote any object with types.
pub(crate) fn collect<R>(write: impl FnOnce() -> R) -> (R, Secrets, bool) {
    let outer = Outer(STATE.replace(State::Collecting), Some(NOTED.take()));
    let result = write();
    let noted: Kept = NOTED.take();
    let typed = STATE.get() == State::Typed;
    drop(outer);
    (result, noted.into(), typed)
}

/// Notes a secret that is being written.
#[inline]
pub(crate) fn note(text: &str) {
    if STATE.get() != State::Idle {
        NOTED.with_borrow_mut(|noted| noted.note(text));
    }
}

/// Notes the strings of an unknown value.
#[inline]
pub(crate) fn note_unknown(value: &str) {
    if STATE.get() != State::Idle && value.len() >= SHORTEST + 2 && value.contains('"') {
        NOTED.with_borrow_mut(|noted| strings(value, &mut |text| noted.note_unknown(text)));
    }
}

/// Notes that an object with types is being written.
#[inline]
pub(crate) fn note_type() {
    if STATE.get() == State::Collecting {
        STATE.set(State::Typed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Secrets, collect, secrets_of};
    use crate::{Extra, Field, Secret};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Settings {
        key: Field<Secret>,
        name: Field<String>,
        extra: Extra,
    }
    crate::object!(Settings { key = "key", name = "name" } extra);

    fn settings() -> Settings {
        let json = r#"{"key":"topsecret","name":"Lobby door","future":{"a":["sec\u0072et-2",7,"tiny"]},"z":true}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn secrets_are_what_the_types_say_and_what_is_unknown() {
        let secrets = secrets_of(&[settings(), settings()]);
        assert_eq!(secrets.iter().collect::<Vec<_>>(), ["topsecret", "secret-2"]);
        assert_eq!(format!("{secrets:?}"), "Secrets(2)");
        // Outside nothing is noted.
        serde_json::to_string(&settings()).unwrap();
        assert!(secrets_of(&1).is_empty());
    }

    #[test]
    fn one_inside_another_and_a_panic_change_nothing() {
        struct Nests;
        impl serde::Serialize for Nests {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let panicked = std::panic::catch_unwind(|| {
                    collect(|| {
                        super::note("never-seen");
                        panic!("on purpose")
                    })
                });
                assert!(panicked.is_err());
                assert_eq!(secrets_of(&Secret::from("inner-one")).len(), 1);
                Secret::from("outer-one").serialize(serializer)
            }
        }
        let secrets = secrets_of(&[Nests, Nests]);
        assert_eq!(secrets.iter().collect::<Vec<_>>(), ["outer-one"]);
        assert!(secrets_of(&1).is_empty());
    }

    #[test]
    fn what_is_kept_is_bounded_and_secrets_go_first() {
        let mut settings = settings();
        let many: Vec<String> = (0..200_000).map(|number| format!("token-{number}")).collect();
        settings.extra.insert_value("many", many.into());
        settings.extra.insert_value("long", "x".repeat(5_000_000).into());
        let secrets = secrets_of(&settings);
        assert_eq!(secrets.iter().next(), Some("topsecret"));
        assert_eq!(secrets.len(), 1 + super::UNKNOWN_COUNT);
    }

    #[test]
    fn a_body_without_types_is_looked_through_by_name() {
        let json = br#"{"a":{"rhombusToken":"token-1","list":[{"apiSecretKey":["token-2"]}]},"name":"Lobby door"}"#;
        let secrets = Secrets::of_text("application/json", json);
        assert_eq!(secrets.iter().collect::<Vec<_>>(), ["token-1", "token-2"]);
        let form = b"name=Lobby+door&client_secret=top%2Fsecret+1";
        let secrets = Secrets::of_text("application/x-www-form-urlencoded", form);
        assert_eq!(secrets.iter().collect::<Vec<_>>(), ["top/secret 1"]);
        assert!(Secrets::of_text("application/json", b"--x{[").is_empty());
        assert!(Secrets::of_text("application/json", "[".repeat(1_000_000).as_bytes()).is_empty());
    }

    #[test]
    fn a_long_secret_is_kept_as_far_as_a_message_shows_it() {
        let kept = |length: usize| {
            let body = format!(r#"{{"token":"{}"}}"#, "x".repeat(length));
            let secrets = Secrets::of_text("application/json", body.as_bytes());
            secrets.iter().map(str::len).collect::<Vec<_>>()
        };
        for (length, are) in [
            (5, vec![]),
            (6, vec![6]),
            (20_000, vec![20_000]),
            (super::TEXT, vec![super::TEXT]),
            (super::TEXT + 1, vec![super::TEXT]),
        ] {
            assert_eq!(kept(length), are);
        }
    }

    #[test]
    fn as_many_secrets_are_kept_as_fit() {
        let kept = |count: usize| {
            let tokens: Vec<String> = (0..count)
                .map(|number| format!("{number:0>width$}", width = super::TEXT))
                .collect();
            let body = serde_json::json!({ "tokens": tokens }).to_string();
            Secrets::of_text("application/json", body.as_bytes()).len()
        };
        let most = super::KNOWN / super::TEXT;
        assert_eq!((kept(100), kept(most), kept(most + 1)), (100, most, most));
    }
}
