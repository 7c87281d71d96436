use crate::one_line;

/// How many characters of a body an error shows.
const LENGTH: usize = 200;

/// The beginning of a body on one line: control characters and runs of space become one space.
///
/// ```
/// assert_eq!(rhombus_kisi_runtime::excerpt(b"<html>\n  <b>502</b>"), "<html> <b>502</b>");
/// ```
pub fn excerpt(body: &[u8]) -> String {
    // Enough bytes for as many characters of any width, and for space that folds away.
    let head = body.get(..LENGTH * 8).unwrap_or(body);
    one_line(&String::from_utf8_lossy(head), LENGTH)
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
