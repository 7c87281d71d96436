//! What a text says once its escapes are undone, with the way back to where each byte came from.

use std::borrow::Cow;
use std::ops::Range;

/// Bytes, and the range of the text that each came from.
pub(crate) struct View<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Where each byte begins and ends in the text; `None` where they are the text.
    sources: Option<Vec<(u32, u32)>>,
}

/// Names that HTML has for characters in keys.
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

impl<'a> View<'a> {
    /// The text as it is.
    pub(crate) fn plain(text: &'a [u8]) -> Self {
        Self {
            bytes: Cow::Borrowed(text),
            sources: None,
        }
    }

    /// Where in the text a part of the view came from.
    pub(crate) fn source(&self, part: Range<usize>) -> Range<usize> {
        let Some(sources) = &self.sources else { return part };
        let from = sources.get(part.start).map_or(0, |source| source.0);
        let last = part.end.checked_sub(1).and_then(|last| sources.get(last));
        from as usize..last.map_or(from, |source| source.1) as usize
    }

    /// The view with one layer of escapes undone; `None` where there is none.
    #[inline]
    pub(crate) fn unescaped(&self) -> Option<View<'static>> {
        // PERF: in two functions, for hardly any text has an escape.
        if has_escape(&self.bytes) {
            self.without_escapes()
        } else {
            None
        }
    }

    #[cold]
    fn without_escapes(&self) -> Option<View<'static>> {
        let (mut bytes, mut sources) = (
            Vec::with_capacity(self.bytes.len()),
            Vec::with_capacity(self.bytes.len()),
        );
        let mut push = |text: &[u8], part: Range<usize>| {
            let source = self.source(part);
            bytes.extend_from_slice(text);
            sources.extend(text.iter().map(|_| (source.start as u32, source.end as u32)));
        };
        let (mut at, mut changed) = (0, false);
        while let Some(&byte) = self.bytes.get(at) {
            match escape(self.bytes.get(at..).unwrap_or_default()) {
                Some((length, text)) => {
                    push(text.as_bytes(), at..at + length);
                    (at, changed) = (at + length, true);
                }
                None => {
                    push(&[byte], at..at + 1);
                    at += 1;
                }
            }
        }
        changed.then_some(View {
            bytes: Cow::Owned(bytes),
            sources: Some(sources),
        })
    }

    /// The next run of base 64 from here on, of so many digits at least; fewer will do at the end, and before an
    /// ellipsis. Behind it the next one is looked for.
    pub(crate) fn base64(&self, from: usize, least: usize) -> Option<Range<usize>> {
        let bytes = &*self.bytes;
        let (mut from, mut at) = (from, from);
        loop {
            let byte = match bytes.get(at) {
                Some(byte) if is_digit(*byte) => {
                    at += 1;
                    continue;
                }
                other => other,
            };
            if at > from
                && matches!(byte, Some(b'\r' | b'\n'))
                && let Some(length) = self.line_break(at)
            {
                at += length;
                continue;
            }
            let ends = || is_end(bytes.get(at..).unwrap_or_default());
            if at - from >= least || (at - from >= LEAST && ends()) {
                return Some(from..at);
            }
            byte?;
            at += 1;
            from = at;
        }
    }

    /// The length of the line break here, where more digits are behind it: lines are broken at 64 or 76 digits.
    #[cold]
    fn line_break(&self, at: usize) -> Option<usize> {
        let space = self.bytes.get(at..)?;
        let length = space
            .iter()
            .take(4)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let next = space.get(length)?;
        is_digit(*next).then_some(length)
    }

    /// What the run's digits say, and which of the view's bytes they are.
    pub(crate) fn digits(&self, run: Range<usize>, into: &mut Digits) {
        into.values.clear();
        into.values.extend([0; MISSING]);
        for byte in self.bytes.get(run).unwrap_or_default() {
            let digit = DIGITS.get(usize::from(*byte)).copied().unwrap_or(NONE);
            if digit != NONE {
                into.values.push(digit);
            }
        }
    }

    /// The run of base 64 decoded, where so many digits are missing of its first group.
    #[cold]
    pub(crate) fn decoded(&self, run: Range<usize>, digits: &Digits, missing: usize) -> View<'static> {
        let mut bytes = Vec::new();
        digits.decode(missing, &mut bytes);
        let begin = self.source(run.start..run.start + 1).start as u32;
        let places = run
            .filter(|at| self.bytes.get(*at).is_some_and(|byte| is_digit(*byte)))
            .map(|at| self.source(at..at + 1));
        let sources: Vec<(u32, u32)> = std::iter::repeat_n((begin, begin), missing)
            .chain(places.map(|source| (source.start as u32, source.end as u32)))
            .collect();
        let pairs = sources.chunks(4).flat_map(|group| group.windows(2));
        let sources = pairs
            .filter_map(|pair| Some((pair.first()?.0, pair.get(1)?.1)))
            .collect();
        View {
            bytes: Cow::Owned(bytes),
            sources: Some(sources),
        }
    }
}

/// The digits of a run of base 64, behind as many as may be missing before them.
#[derive(Default)]
pub(crate) struct Digits {
    values: Vec<u8>,
}

/// How many digits may be missing of a group.
pub(crate) const MISSING: usize = 3;

impl Digits {
    /// The bytes that they encode, where so many are missing of the first group.
    pub(crate) fn decode(&self, missing: usize, into: &mut Vec<u8>) {
        into.clear();
        for group in self.values.get(MISSING - missing..).unwrap_or_default().chunks(4) {
            let (first, second) = (group.first(), group.get(1));
            let (third, fourth) = (group.get(2), group.get(3));
            let (Some(first), Some(second)) = (first, second) else {
                break;
            };
            into.push(first << 2 | second >> 4);
            let Some(third) = third else { break };
            into.push(second << 4 | third >> 2);
            let Some(fourth) = fourth else { break };
            into.push(third << 6 | fourth);
        }
    }
}

/// Fewer digits of base 64 say too little even at the end of a text.
pub(crate) const LEAST: usize = 6;
/// What is no digit.
const NONE: u8 = 64;

/// Whether a text is over here, or was cut off.
#[cold]
fn is_end(rest: &[u8]) -> bool {
    rest.is_empty() || is_ellipsis(rest)
}

/// Whether the byte is a digit of base 64, of either alphabet.
pub(crate) const fn is_digit(byte: u8) -> bool {
    DIGITS[byte as usize] != NONE
}

/// The six bits of each digit of base 64, of either alphabet.
const DIGITS: [u8; 256] = {
    let mut digits = [NONE; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < 64 {
        digits[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    digits[b'-' as usize] = 62;
    digits[b'_' as usize] = 63;
    digits
};

pub(crate) fn is_ellipsis(text: &[u8]) -> bool {
    text.starts_with(b"...") || text.starts_with("…".as_bytes())
}

/// What an escape encodes.
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

/// Whether an escape may be in the text.
///
/// PERF: without a way out of the loop the compiler looks at many bytes at a time.
fn has_escape(text: &[u8]) -> bool {
    let found = text.iter().fold(0, |found, byte| {
        found | u8::from(*byte == b'%') | u8::from(*byte == b'\\') | u8::from(*byte == b'&')
    });
    found != 0
}

/// The escape that the text begins with: its length, and what it encodes.
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
    use super::{Digits, View};

    fn unescaped(text: &str) -> Vec<u8> {
        let view = View::plain(text.as_bytes());
        view.unescaped().unwrap_or(view).bytes.into_owned()
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
        assert_eq!(*view.bytes, *b"a/b=");
        assert_eq!(
            [view.source(1..2), view.source(2..4), view.source(0..4)],
            [1..4, 4..11, 0..11]
        );
    }

    #[test]
    fn base_64_is_decoded_wherever_it_begins() {
        let view = View::plain(b"no cGEvc3Mt\r\n d29yZA== x");
        let run = view.base64(0, 11).unwrap();
        assert_eq!(run, 3..20);
        assert_eq!(view.base64(run.end, 11), None);
        let mut digits = Digits::default();
        view.digits(run.clone(), &mut digits);
        let decoded = view.decoded(run, &digits, 0);
        assert_eq!(*decoded.bytes, *b"pa/ss-word");
        assert_eq!(
            [decoded.source(0..10), decoded.source(0..1), decoded.source(6..7)],
            [3..20, 3..5, 14..16]
        );
        // The first digits are cut off.
        let view = View::plain(b"Evc3Mtd29yZA");
        let run = view.base64(0, 11).unwrap();
        view.digits(run.clone(), &mut digits);
        assert!(view.decoded(run, &digits, 2).bytes.ends_with(b"/ss-word"));
        assert_eq!(View::plain(b"a word and longer").base64(0, 11), Some(11..17));
        assert_eq!(View::plain(b"a word and longer ones").base64(0, 11), None);
    }
}
