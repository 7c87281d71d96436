//! Notes, while a response is decoded, that it has something that the document of the API has not.
//!
//! Only then is the decoded value walked over to say what: a response that the document describes costs nothing.

use std::cell::{Cell, RefCell};

thread_local! {
    static NOTED: Cell<bool> = const { Cell::new(false) };
    /// Where in a union's variant the value is that is of another type than documented.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes that something was decoded that the document of the API has not. The macros call it.
#[cold]
#[inline(never)]
pub fn note() {
    NOTED.set(true);
}

/// Begins anew. Decoding does not wait for anything, so what is noted on this thread from here on is of one response.
pub(crate) fn forget() {
    NOTED.set(false);
}

pub(crate) fn is_noted() -> bool {
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
