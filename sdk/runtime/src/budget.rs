//! How much memory a response may take once it is decoded.
//!
//! A few bytes of JSON can decode to a large value: `"1":{}` is a door with all its fields. So decoding a response has a
//! budget, which lists and maps charge as they grow.

use std::cell::Cell;

use serde::de::Error;

/// How many times what was received a decoded response may take.
const TIMES: usize = 4;
/// What a response counts for at least, in bytes: what a client accepts by default.
const AT_LEAST: usize = 8 * 1024 * 1024;
/// What an allocator adds to an allocation, in bytes.
pub(crate) const ALLOCATION: usize = 16;

/// Why decoding stopped. A constant: it is how [`is_spent`] tells this error from others.
const SPENT: &str = "expected fewer elements: this response would take many times its length in memory; \
    check that the endpoint is the right one, and ask for less at once where the operation can";

thread_local! {
    /// What is left in bytes; `None` outside of a response.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Puts the outer budget back, also after a panic.
struct Restore(Option<usize>);

impl Drop for Restore {
    fn drop(&mut self) {
        LEFT.set(self.0);
    }
}

/// Decodes a response of so many bytes within a budget of its own.
pub(crate) fn within<T>(received: usize, decode: impl FnOnce() -> T) -> T {
    let budget = received.max(AT_LEAST).saturating_mul(TIMES);
    let _outer = Restore(LEFT.replace(Some(budget)));
    decode()
}

/// Takes this many bytes out of the budget, if there is one.
///
/// # Errors
/// If so much is not left.
pub(crate) fn charge<E: Error>(bytes: usize) -> Result<(), E> {
    let Some(left) = LEFT.get() else { return Ok(()) };
    let Some(left) = left.checked_sub(bytes) else {
        return Err(E::custom(SPENT));
    };
    LEFT.set(Some(left));
    Ok(())
}

/// Puts back what was charged for memory that is free again.
fn refund(bytes: usize) {
    if let Some(left) = LEFT.get() {
        LEFT.set(Some(left.saturating_add(bytes)));
    }
}

/// Whether this message is of a budget that was used up.
pub(crate) fn is_spent(message: &str) -> bool {
    message.starts_with(SPENT)
}

/// Up to how many bytes a list doubles; a longer one grows by half.
const DOUBLES: usize = 1024 * 1024;

/// Appends to a list whose memory is charged, as long as it is copied the old and the new together.
///
/// # Errors
/// If the budget does not suffice.
pub(crate) fn push<T, E: Error>(list: &mut Vec<T>, element: T) -> Result<(), E> {
    if list.len() == list.capacity() {
        let before = size_of::<T>().saturating_mul(list.capacity());
        let more = if before < DOUBLES {
            list.len().max(4)
        } else {
            list.len() / 2
        };
        let overhead = if before == 0 { ALLOCATION } else { 0 };
        charge(before + size_of::<T>().saturating_mul(more) + overhead)?;
        list.reserve_exact(more);
        refund(before);
    }
    list.push(element);
    Ok(())
}

/// How many entries a node of the standard library's B-tree has room for. It is allocated whole.
const NODE: usize = 11;
/// How many entries a node has at least, when entries were only added.
const FILLED: usize = 5;
/// What a node has besides its entries, in bytes: its head, and its share of the pointers to it.
const HEAD: usize = 48;

/// What the entry costs that makes a B-tree this long, in bytes: nothing while there is room in a node.
pub(crate) fn entry_cost<K, V>(length: usize) -> usize {
    let node = (size_of::<K>() + size_of::<V>()) * NODE + HEAD;
    match length.checked_sub(NODE + 1) {
        // The first node.
        None if length == 1 => node,
        None => 0,
        // The first split makes a root too.
        Some(0) => 2 * node + HEAD,
        Some(more) if more.is_multiple_of(FILLED) => node,
        Some(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use serde::de::value::Error;

    use super::{AT_LEAST, LEFT, TIMES, charge, is_spent, push, within};

    #[test]
    fn what_is_charged_is_bounded_and_only_within_a_response() {
        assert_eq!(charge::<Error>(usize::MAX), Ok(()), "no response, no budget");
        within(0, || {
            assert_eq!(charge::<Error>(TIMES * AT_LEAST), Ok(()));
            let error = charge::<Error>(1).unwrap_err();
            assert!(is_spent(&error.to_string()), "{error}");
        });
        within(2 * AT_LEAST, || {
            assert_eq!(charge::<Error>(2 * TIMES * AT_LEAST), Ok(()));
        });
        assert_eq!(LEFT.get(), None);
    }

    #[test]
    fn the_outer_budget_comes_back() {
        within(0, || {
            charge::<Error>(1).unwrap();
            let left = LEFT.get();
            within(0, || charge::<Error>(1000).unwrap());
            assert_eq!(LEFT.get(), left);
            let panicked = catch_unwind(AssertUnwindSafe(|| within(0, || panic!("half way"))));
            assert!(panicked.is_err());
            assert_eq!(LEFT.get(), left);
        });
    }

    #[test]
    fn a_list_is_charged_what_it_has_room_for() {
        within(0, || {
            let start = LEFT.get().unwrap();
            let mut list = Vec::new();
            for number in 0..1_000_000_u64 {
                push::<_, Error>(&mut list, number).unwrap();
            }
            let charged = start - LEFT.get().unwrap();
            assert_eq!(charged, list.capacity() * 8 + super::ALLOCATION);
            assert!(list.capacity() < 1_500_000);
        });
    }
}
