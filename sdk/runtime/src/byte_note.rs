//! Which byte of a value that is kept as text an error is about, in the error's message: serde knows no other way.

/// What separates an error inside a value that is kept as text and the place in that text.
const NOTE: &str = "; byte ";

/// A message with a note of the byte that it is about, in a value of so many bytes.
///
/// Where in the document the value is, nobody knows who reads it; decoding finds it by its length.
pub(crate) fn note(message: &str, byte: usize, length: usize) -> String {
    format!("{message}{NOTE}{byte} of {length}")
}

/// The message without its note, and the two numbers of it.
pub(crate) fn noted(message: &str) -> Option<(&str, usize, usize)> {
    let (before, note) = message.rsplit_once(NOTE)?;
    let note = note.split_once(" at line ").map_or(note, |(note, _)| note);
    let (byte, length) = note.split_once(" of ")?;
    Some((before, byte.parse().ok()?, length.parse().ok()?))
}
