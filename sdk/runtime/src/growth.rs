//! How texts that a server can make long grow in memory.

/// Appends to a text that grows by half of what it has, so that no more than two and a half times is ever in memory.
pub(crate) fn push(into: &mut String, text: &str) {
    make_room(into, text.len() + 1);
    into.push_str(text);
}

/// Makes room for `more` bytes, growing by half of what the text has.
pub(crate) fn make_room(text: &mut String, more: usize) {
    if text.capacity() - text.len() < more {
        text.reserve_exact(more.max(text.len() / 2));
    }
}
