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

#[cfg(test)]
mod tests {
    use super::{make_room, push};

    #[test]
    fn a_text_grows_by_half_and_seldom() {
        let (mut text, mut times) = (String::new(), 0);
        for _ in 0..10_000 {
            let before = text.capacity();
            push(&mut text, "0123456789");
            times += usize::from(text.capacity() != before);
            // There is room for what separates it from the next.
            assert!(text.capacity() > text.len());
            assert!(
                text.capacity() <= text.len() * 3 / 2 + 11,
                "{} of {}",
                text.len(),
                text.capacity()
            );
        }
        assert!(times < 40, "{times}");
    }

    #[test]
    fn room_that_is_there_is_used() {
        let mut text = String::with_capacity(100);
        text.push_str("ab");
        for more in [0, 1, 98] {
            make_room(&mut text, more);
            assert_eq!(text.capacity(), 100);
        }
        make_room(&mut text, 99);
        assert_eq!(text.capacity(), 101);
    }
}
