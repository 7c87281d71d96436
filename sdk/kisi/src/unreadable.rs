//! Why a file cannot be read, in words for its owner.

use std::io;

/// The reason in a line.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "the file does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory and not a file".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is a file and not a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// Why bytes are no text. None of them is quoted: they may be a secret.
pub(crate) fn not_utf8(bytes: &[u8], valid_up_to: usize) -> String {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is UTF-16 and not UTF-8: save it as UTF-8".to_owned(),
        _ => format!("it is not UTF-8 (byte {}): save it as UTF-8", valid_up_to + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{not_utf8, reason};

    #[test]
    fn reasons_are_in_plain_words() {
        assert_eq!(reason(&std::io::ErrorKind::NotFound.into()), "the file does not exist");
        assert_eq!(
            reason(&std::io::ErrorKind::PermissionDenied.into()),
            "permission denied"
        );
        assert!(reason(&std::io::ErrorKind::IsADirectory.into()).contains("directory"));
        assert!(not_utf8(b"ab\xffcd", 2).contains("(byte 3)"));
        assert!(not_utf8(b"\xff\xfea\0", 0).contains("UTF-16"));
    }
}
