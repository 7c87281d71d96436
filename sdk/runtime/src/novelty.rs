//! Notes, while a response is decoded, that it has something that the document of the API has not.
//!
//! Only then is the decoded value walked over to say what: a response that the document describes costs nothing.

use std::cell::{Cell, RefCell};

thread_local! {
    /// How many things.
    static NOTED: Cell<usize> = const { Cell::new(0) };
    /// Where in a union's variant the value is that is of another type than documented.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes that something was decoded that the document of the API has not. The macros call it.
pub fn note() {
    NOTED.set(NOTED.get().saturating_add(1));
}

/// Begins anew. Decoding does not wait for anything, so what is noted on this thread from here on is of one response.
pub(crate) fn forget() {
    NOTED.set(0);
}

/// Returns how many times something was noted.
pub(crate) fn count() -> usize {
    NOTED.get()
}

/// Keeps a place for who decodes what is around the variant.
pub(crate) fn keep_place(place: String) {
    PLACE.set(Some(place));
}

/// Returns the place that was kept last, and forgets it.
pub(crate) fn take_place() -> Option<String> {
    PLACE.take()
}
