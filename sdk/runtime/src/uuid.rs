use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::gate::{OneLine, one_line};

/// The id of a Rhombus camera, location, organisation or user.
///
/// A canonical id is a 128-bit UUID in URL-safe base 64 without padding: 22 characters, of which the last
/// carries two bits. Deployed ids are not all canonical (some cameras' carry a suffix such as `.v0`), so an id
/// that comes from the server is kept as it is, while an id that is parsed from a caller's text has to be
/// canonical: a typing error is a validation error.
///
/// ```
/// use rhombus_kisi_runtime::RhombusUuid;
///
/// let camera: RhombusUuid = "AAAAAAAAAAAAAAAAAAAAAQ".parse()?;
/// assert_eq!(camera.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
/// assert!("lobby".parse::<RhombusUuid>().is_err());
///
/// let read: RhombusUuid = serde_json::from_str(r#""AAAAAAAAAAAAAAAAAAAAAQ.v0""#)?;
/// assert!(!read.is_canonical());
/// assert_eq!(read.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ.v0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RhombusUuid(Repr);

/// An id is kept as text: there are many in a response, and read and written again they cost a copy each.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Repr {
    /// As long as a canonical id.
    Inline(Inline),
    /// An id that the server gave and that is none of those.
    Boxed(Box<str>),
}

/// Aligned, because the standard library then looks at eight characters at a time.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(C, align(8))]
struct Inline {
    text: [u8; LENGTH],
    spare: Spare,
}

/// The values that this byte does not take distinguish [`Repr`]'s variants, at no space of their own.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
enum Spare {
    Zero,
}

/// Text that is not a canonical Rhombus id.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseUuidError {
    /// The text is not 22 characters long.
    #[error("a Rhombus id has 22 characters, this text has {found}")]
    Length {
        /// How many characters the text has.
        found: usize,
    },
    /// A character is none of `A–Z a–z 0–9 - _`.
    #[error("a Rhombus id has only the characters A-Z a-z 0-9 - _, and character {position} is another")]
    Character {
        /// Which character, counted from 1.
        position: usize,
    },
    /// The last character carries bits beyond the 128.
    #[error("a Rhombus id ends in A, Q, g or w")]
    LastCharacter,
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LENGTH: usize = 22;
/// What follows a camera's id where cameras are listed: which of the device's streams it is.
const FACET: &str = ".v0";
/// How many characters of an odd id are shown.
const SHOWN: usize = 100;

/// The six bits of each base 64 character, 64 for every other byte.
const VALUES: [u8; 256] = {
    let mut values = [64; 256];
    let mut at = 0;
    while at < 64 {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
};

impl RhombusUuid {
    /// The id of 128 zero bits, which the vendor uses for "none".
    pub const NIL: Self = Self::from_bytes([0; 16]);

    /// Returns the id with these 16 bytes, in network order.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::inline(encode(bytes))
    }

    const fn inline(text: [u8; LENGTH]) -> Self {
        Self(Repr::Inline(Inline {
            text,
            spare: Spare::Zero,
        }))
    }

    /// Returns the 16 bytes in network order; `None` if the id is not canonical.
    pub fn to_bytes(&self) -> Option<[u8; 16]> {
        parse(self.as_str()).ok()
    }

    /// Keeps an id that the server gave, canonical or not.
    ///
    /// For an id that was typed in use [`str::parse`], which errors if it is not canonical.
    pub fn from_server(text: &str) -> Self {
        match text.as_bytes().try_into() {
            Ok(text) => Self::inline(text),
            Err(_) => Self(Repr::Boxed(text.into())),
        }
    }

    /// Returns whether the id has the documented form.
    pub fn is_canonical(&self) -> bool {
        parse(self.as_str()).is_ok()
    }

    /// Returns the id without the facet `.v0`, which cameras are listed with and which settings leave out: with and without it, the id
    /// means the same camera.
    ///
    /// ```
    /// use rhombus_kisi_runtime::RhombusUuid;
    ///
    /// let listed = RhombusUuid::from_server("AAAAAAAAAAAAAAAAAAAAAQ.v0");
    /// assert_eq!(listed.without_facet(), "AAAAAAAAAAAAAAAAAAAAAQ");
    /// assert_eq!(RhombusUuid::from_server("odd.v0").without_facet(), "odd.v0");
    /// ```
    pub fn without_facet(&self) -> &str {
        without_facet(self.as_str())
    }

    /// Returns the id as the API writes it.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // It was made of text, so it is text.
            Repr::Inline(inline) => std::str::from_utf8(&inline.text).unwrap_or_default(),
            Repr::Boxed(text) => text,
        }
    }
}

fn parse(text: &str) -> Result<[u8; 16], ParseUuidError> {
    let characters = text.as_bytes();
    if characters.len() != LENGTH {
        return Err(ParseUuidError::Length {
            found: text.chars().count(),
        });
    }
    let mut bits: u128 = 0;
    for (at, &character) in characters.iter().enumerate() {
        let value = VALUES[usize::from(character)];
        if value == 64 {
            return Err(ParseUuidError::Character { position: at + 1 });
        }
        if at < LENGTH - 1 {
            bits = bits << 6 | u128::from(value);
        } else if value & 0b1111 == 0 {
            bits = bits << 2 | u128::from(value >> 4);
        } else {
            return Err(ParseUuidError::LastCharacter);
        }
    }
    Ok(bits.to_be_bytes())
}

const fn encode(bytes: [u8; 16]) -> [u8; LENGTH] {
    let bits = u128::from_be_bytes(bytes);
    let mut text = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        // 21 characters of six bits each; the last has the two that are left, at its top.
        let value = if at < LENGTH - 1 {
            bits >> (122 - 6 * at)
        } else {
            bits << 4
        };
        text[at] = ALPHABET[(value & 0b11_1111) as usize];
        at += 1;
    }
    text
}

impl Default for RhombusUuid {
    fn default() -> Self {
        Self::NIL
    }
}

/// As it is if it is canonical. Another id from a server is shown on one line and not longer than 100 characters:
/// [`as_str`](RhombusUuid::as_str) is the exact one.
impl fmt::Display for RhombusUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        if text.len() <= SHOWN && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            f.pad(text)
        } else {
            f.pad(&one_line(text, SHOWN))
        }
    }
}

impl fmt::Debug for RhombusUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RhombusUuid({})", OneLine(self.as_str(), SHOWN))
    }
}

/// Returns the text of an id without the facet `.v0`; what is no canonical id before it stays as it is.
pub fn without_facet(text: &str) -> &str {
    let plain = text.strip_suffix(FACET);
    plain.filter(|plain| parse(plain).is_ok()).unwrap_or(text)
}

/// A camera's id with the facet `.v0` is that of the device.
impl FromStr for RhombusUuid {
    type Err = ParseUuidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = without_facet(text);
        parse(text).map(|_| Self::from_server(text))
    }
}

impl TryFrom<&str> for RhombusUuid {
    type Error = ParseUuidError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<String> for RhombusUuid {
    type Error = ParseUuidError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<[u8; 16]> for RhombusUuid {
    fn from(bytes: [u8; 16]) -> Self {
        Self::from_bytes(bytes)
    }
}

impl From<&RhombusUuid> for RhombusUuid {
    fn from(id: &RhombusUuid) -> Self {
        id.clone()
    }
}

impl Serialize for RhombusUuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RhombusUuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UuidVisitor;

        impl Visitor<'_> for UuidVisitor {
            type Value = RhombusUuid;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Rhombus id (a string)")
            }

            fn visit_str<E>(self, text: &str) -> Result<RhombusUuid, E> {
                Ok(RhombusUuid::from_server(text))
            }
        }

        deserializer.deserialize_str(UuidVisitor)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for RhombusUuid {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RhombusUuid".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A 128-bit id in URL-safe base 64 without padding.",
            "pattern": "^[A-Za-z0-9_-]{21}[AQgw]$",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ParseUuidError, RhombusUuid};

    #[test]
    fn an_id_is_as_large_as_a_string() {
        assert_eq!(size_of::<RhombusUuid>(), size_of::<String>());
        assert_eq!(size_of::<Option<RhombusUuid>>(), size_of::<String>());
    }

    #[test]
    fn nil_is_all_a() {
        assert_eq!(RhombusUuid::NIL.to_string(), "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!("AAAAAAAAAAAAAAAAAAAAAA".parse(), Ok(RhombusUuid::NIL));
    }

    #[test]
    fn a_camera_with_its_facet_is_the_device() {
        let id = "AAAAAAAAAAAAAAAAAAAAAQ";
        let listed: RhombusUuid = format!("{id}.v0").parse().unwrap();
        assert_eq!(listed, id.parse().unwrap());
        for other in [format!("{id}.v1"), format!("{id}.v0.v0"), ".v0".to_owned()] {
            assert!(other.parse::<RhombusUuid>().is_err(), "{other}");
            assert_eq!(RhombusUuid::from_server(&other).without_facet(), other);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let parse = |text: &str| text.parse::<RhombusUuid>().unwrap_err();
        assert_eq!(parse(""), ParseUuidError::Length { found: 0 });
        assert_eq!(
            parse("AAAAAAAAAA+AAAAAAAAAAA"),
            ParseUuidError::Character { position: 11 }
        );
        assert_eq!(parse("AAAAAAAAAAAAAAAAAAAAAB"), ParseUuidError::LastCharacter);
    }

    proptest! {
        #[test]
        fn bytes_survive_the_text(bytes: [u8; 16]) {
            let id = RhombusUuid::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<RhombusUuid>(), Ok(id));
        }

        #[test]
        fn what_parses_prints_the_same(text in "[A-Za-z0-9_-]{21}[AQgw]") {
            prop_assert_eq!(text.parse::<RhombusUuid>().unwrap().to_string(), text);
        }

        #[test]
        fn any_text_of_the_server_survives(text in ".*|.{22}|[A-Za-z0-9_-]{22}") {
            let json = serde_json::to_string(&text).unwrap();
            let id: RhombusUuid = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(serde_json::to_string(&id).unwrap(), json);
        }
    }
}
