/// How many characters of a body an error shows.
const LENGTH: usize = 200;

/// The beginning of a body on one line: control characters and runs of space become one space.
///
/// ```
/// assert_eq!(rhombus_kisi_runtime::excerpt(b"<html>\n  <b>502</b>"), "<html> <b>502</b>");
/// ```
pub fn excerpt(body: &[u8]) -> String {
    one_line(body, LENGTH)
}

/// The beginning of a text on one line, of so many characters at most.
pub(crate) fn one_line(text: &[u8], length: usize) -> String {
    // Enough bytes for as many characters of any width, and for space that folds away.
    let head = String::from_utf8_lossy(&text[..text.len().min(length * 8)]);
    let mut words = head
        .split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| !word.is_empty());
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        text.push(' ');
        text.push_str(word);
    }
    match text.char_indices().nth(length) {
        None => text,
        Some((at, _)) => {
            text.truncate(at);
            text.push('…');
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn it_is_short_and_on_one_line() {
        assert_eq!(excerpt(b""), "");
        assert_eq!(excerpt(b"a\r\n\x1b[31m b"), "a [31m b");
        assert_eq!(excerpt(&[b'x'; 5000]).chars().count(), 201);
        assert_eq!(excerpt(&[0xff, b'a']), "\u{fffd}a");
    }
}
