//! What a text says once its escapes are undone, with the way back to where each byte came from.

use std::ops::Range;

/// Bytes, and the range of the text that each came from.
pub(crate) struct View {
    pub(crate) bytes: Vec<u8>,
    from: Vec<u32>,
    to: Vec<u32>,
}

/// Names that HTML has for what stands in keys.
const ENTITIES: [(&str, u8); 22] = [
    ("amp", b'&'),
    ("apos", b'\''),
    ("ast", b'*'),
    ("bsol", b'\\'),
    ("colon", b':'),
    ("comma", b','),
    ("dollar", b'$'),
    ("equals", b'='),
    ("excl", b'!'),
    ("gt", b'>'),
    ("lowbar", b'_'),
    ("lpar", b'('),
    ("lt", b'<'),
    ("num", b'#'),
    ("percnt", b'%'),
    ("period", b'.'),
    ("plus", b'+'),
    ("quest", b'?'),
    ("quot", b'"'),
    ("rpar", b')'),
    ("semi", b';'),
    ("sol", b'/'),
];

impl View {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
            from: Vec::with_capacity(capacity),
            to: Vec::with_capacity(capacity),
        }
    }

    /// The text as it is.
    pub(crate) fn plain(text: &[u8]) -> Self {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self {
            bytes: text.to_vec(),
            from: (0..length).collect(),
            to: (1..=length).collect(),
        }
    }

    /// Where in the text a part of the view came from.
    pub(crate) fn source(&self, part: Range<usize>) -> Range<usize> {
        let from = self.from.get(part.start).copied().unwrap_or_default();
        let to = part.end.checked_sub(1).and_then(|last| self.to.get(last)).copied();
        from as usize..to.unwrap_or(from) as usize
    }

    fn push(&mut self, bytes: &[u8], before: &Self, part: Range<usize>) {
        let source = before.source(part);
        for byte in bytes {
            self.bytes.push(*byte);
            self.from.push(source.start as u32);
            self.to.push(source.end as u32);
        }
    }

    /// The view with one layer of escapes undone; `None` where there is none.
    pub(crate) fn unescaped(&self) -> Option<Self> {
        self.bytes.iter().position(|byte| b"%\\&".contains(byte))?;
        let mut after = Self::with_capacity(self.bytes.len());
        let (mut at, mut changed) = (0, false);
        while let Some(&byte) = self.bytes.get(at) {
            match escape(self.bytes.get(at..).unwrap_or_default()) {
                Some((length, text)) => {
                    after.push(text.as_bytes(), self, at..at + length);
                    (at, changed) = (at + length, true);
                }
                None => {
                    after.push(&[byte], self, at..at + 1);
                    at += 1;
                }
            }
        }
        changed.then_some(after)
    }

    /// The runs of base 64 in the view, decoded, each for every number of digits that may be missing of its first group.
    pub(crate) fn base64(&self) -> Vec<Self> {
        let mut views = Vec::new();
        let mut at = 0;
        let mut digits: Vec<(u8, u32, u32)> = Vec::new();
        while at < self.bytes.len() {
            let source = self.source(at..at + 1);
            digits.clear();
            digits.extend([(0, source.start as u32, source.start as u32); 3]);
            while let Some(&byte) = self.bytes.get(at) {
                match digit(byte) {
                    Some(value) => {
                        let source = self.source(at..at + 1);
                        digits.push((value, source.start as u32, source.end as u32));
                    }
                    // Lines are broken at 64 or 76 digits.
                    None if matches!(byte, b'\r' | b'\n' | b'\t' | b' ') && digits.len() > 3 && self.goes_on(at) => {}
                    None => break,
                }
                at += 1;
            }
            at += 1;
            if digits.len() < 3 + DIGITS {
                continue;
            }
            for missing in 0..4 {
                views.push(decoded(digits.get(3 - missing..).unwrap_or_default()));
            }
        }
        views
    }

    /// Whether this white space is a line break with more digits behind it.
    fn goes_on(&self, at: usize) -> bool {
        let space = self.bytes.get(at..).unwrap_or_default();
        let length = space.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let begins = (0..at)
            .rev()
            .take_while(|&at| self.bytes.get(at).is_some_and(u8::is_ascii_whitespace))
            .last()
            .unwrap_or(at);
        let whole = self.bytes.get(begins..at + length).unwrap_or_default();
        whole.len() <= 4
            && whole.iter().any(|byte| matches!(byte, b'\r' | b'\n'))
            && space.get(length).is_some_and(|byte| digit(*byte).is_some())
    }
}

/// Fewer digits of base 64 cannot hold a secret.
const DIGITS: usize = 8;

/// The six bits of a digit of base 64, of either alphabet.
fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn decoded(digits: &[(u8, u32, u32)]) -> View {
    let mut view = View::with_capacity(digits.len());
    for group in digits.chunks(4) {
        for pair in group.windows(2).enumerate() {
            if let (at, [(first, from, _), (second, _, to)]) = pair {
                view.bytes.push(first << (2 + 2 * at) | second >> (4 - 2 * at));
                view.from.push(*from);
                view.to.push(*to);
            }
        }
    }
    view
}

/// What an escape stands for.
enum Escaped {
    Byte(u8),
    Text([u8; 4], usize),
}

impl Escaped {
    fn character(code: u32) -> Option<Self> {
        let mut buffer = [0; 4];
        let length = char::from_u32(code)?.encode_utf8(&mut buffer).len();
        Some(Self::Text(buffer, length))
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Byte(byte) => std::slice::from_ref(byte),
            Self::Text(text, length) => text.get(..*length).unwrap_or_default(),
        }
    }
}

/// The escape that the text begins with: its length, and what it stands for.
fn escape(text: &[u8]) -> Option<(usize, Escaped)> {
    match text.first()? {
        b'%' => match hex(text, 1..3) {
            Some(byte) => Some((3, Escaped::Byte(byte as u8))),
            None if matches!(text.get(1)?, b'u' | b'U') => unit(text),
            None => None,
        },
        b'\\' => backslash(text),
        b'&' => entity(text),
        _ => None,
    }
}

fn backslash(text: &[u8]) -> Option<(usize, Escaped)> {
    let byte = match text.get(1)? {
        b'u' | b'U' => return unit(text),
        b'x' => return Some((4, Escaped::Byte(hex(text, 2..4)? as u8))),
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        b'0' => 0,
        other if other.is_ascii_punctuation() => *other,
        _ => return None,
    };
    Some((2, Escaped::Byte(byte)))
}

/// `\u003d`, two of them for a surrogate pair, or `\u{3d}`.
fn unit(text: &[u8]) -> Option<(usize, Escaped)> {
    if text.get(2) == Some(&b'{') {
        let digits = text.iter().skip(3).take(7).position(|byte| *byte == b'}')?;
        return Some((4 + digits, Escaped::character(hex(text, 3..3 + digits)?)?));
    }
    let code = hex(text, 2..6)?;
    if (0xd800..0xdc00).contains(&code) && text.get(6) == text.first() {
        let low = hex(text, 8..12).filter(|low| (0xdc00..0xe000).contains(low))?;
        let code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        return Some((12, Escaped::character(code)?));
    }
    Some((6, Escaped::character(code)?))
}

/// `&#61;`, `&#x3d;`, `&equals;`. The semicolon of a number may be missing.
fn entity(text: &[u8]) -> Option<(usize, Escaped)> {
    if text.get(1) == Some(&b'#') {
        let is_hex = matches!(text.get(2)?, b'x' | b'X');
        let from = if is_hex { 3 } else { 2 };
        let digits = text
            .iter()
            .skip(from)
            .take(8)
            .take_while(|byte| {
                if is_hex {
                    byte.is_ascii_hexdigit()
                } else {
                    byte.is_ascii_digit()
                }
            })
            .count();
        let number = std::str::from_utf8(text.get(from..from + digits)?).ok()?;
        let code = u32::from_str_radix(number, if is_hex { 16 } else { 10 }).ok()?;
        let end = from + digits;
        return Some((
            end + usize::from(text.get(end) == Some(&b';')),
            Escaped::character(code)?,
        ));
    }
    let length = text.iter().take(8).position(|byte| *byte == b';')?;
    let name = text.get(1..length)?;
    let (_, byte) = ENTITIES
        .iter()
        .find(|(entity, _)| entity.as_bytes().eq_ignore_ascii_case(name))?;
    Some((length + 1, Escaped::Byte(*byte)))
}

fn hex(text: &[u8], digits: Range<usize>) -> Option<u32> {
    let digits = text.get(digits)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::View;

    fn unescaped(text: &str) -> Vec<u8> {
        View::plain(text.as_bytes())
            .unescaped()
            .map_or_else(|| text.into(), |view| view.bytes)
    }

    #[test]
    fn escapes_are_undone() {
        for (escaped, plain) in [
            ("a%2Fb%2fc", "a/b/c"),
            (r"a\/\u003d\u{3d}\x3d\n\\\'", "a/===\n\\'"),
            ("&amp;&#61;&#x3d;&#x3D&Equals;&lt;", "&====<"),
            (r"\ud83d\ude00%u00e9", "😀é"),
            (r"%zz \q &nope; &#; \u12 \ud83d %", r"%zz \q &nope; &#; \u12 \ud83d %"),
        ] {
            assert_eq!(String::from_utf8(unescaped(escaped)).unwrap(), plain, "{escaped}");
        }
    }

    #[test]
    fn each_byte_knows_where_it_came_from() {
        let view = View::plain(br"a%2Fb\u003d").unescaped().unwrap();
        assert_eq!(view.bytes, b"a/b=");
        assert_eq!(
            [view.source(1..2), view.source(2..4), view.source(0..4)],
            [1..4, 4..11, 0..11]
        );
        let base64 = View::plain(b"no cGEvc3Mtd29yZA== x").base64();
        assert!(
            base64
                .iter()
                .any(|view| view.bytes.starts_with(b"pa/ss-word") && view.source(0..10) == (3..17))
        );
    }
}
