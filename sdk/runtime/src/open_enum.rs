/// Makes an enum of strings open: a value that this release does not know survives as text.
///
/// The enum has a unit variant for each known value and one last variant that carries a `Box<str>`.
///
/// ```
/// #[derive(Clone, PartialEq)] // and `Debug`, from the macro
/// enum Kind {
///     Kisi,
///     Unrecognized(Box<str>),
/// }
/// rhombus_kisi_runtime::open_enum!(Kind { Kisi = "KISI" } Unrecognized);
///
/// assert_eq!(Kind::from("KISI"), Kind::Kisi);
/// let newer: Kind = serde_json::from_str(r#""FUTURE""#)?;
/// assert_eq!(newer.as_str(), "FUTURE");
/// assert_eq!(serde_json::to_string(&newer)?, r#""FUTURE""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! open_enum {
    ($type:ident { $($variant:ident = $text:literal),* $(,)? } $other:ident) => {
        #[allow(unreachable_pub)]
        impl $type {
            /// The values that this release knows, as the API writes them.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// The value as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::$other(text) => text,
                }
            }
        }

        impl ::std::convert::From<&str> for $type {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::$other(text.into()),
                }
            }
        }

        /// The empty text, which is no value of the API.
        impl ::std::default::Default for $type {
            fn default() -> Self {
                Self::$other(::std::default::Default::default())
            }
        }

        /// As the API writes it. A value that this release does not know is shown on one line and not longer than 100
        /// characters: `as_str` is the exact one.
        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    Self::$other(text) => f.pad(&$crate::one_line(text, 100)),
                    _ => f.pad(self.as_str()),
                }
            }
        }

        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str(stringify!($variant)),)*
                    Self::$other(text) => f
                        .debug_tuple(stringify!($other))
                        .field(&$crate::one_line(text, 100))
                        .finish(),
                }
            }
        }

        impl $crate::walk::Walk for $type {
            fn kind() -> $crate::Kind {
                $crate::Kind::Enumeration(Self::KNOWN)
            }

            fn visit<'a>(&'a self, path: $crate::walk::Path<'_>, visitor: &mut dyn $crate::walk::Visit<'a>) {
                if let Self::$other(_) = self {
                    visitor.novel(path, $crate::walk::Novelty::Value);
                }
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let value = $crate::union::text(deserializer, |text| Self::from(text))?;
                if let Self::$other(_) = value {
                    $crate::novelty::note();
                }
                ::std::result::Result::Ok(value)
            }
        }

        $crate::open_enum_schema!($type);
    };
}

/// The JSON Schema of an open enum: a string, with the known values as examples.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum_schema {
    ($type:ident) => {
        impl $crate::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
                $crate::schemars::json_schema!({ "type": "string", "examples": Self::KNOWN })
            }
        }
    };
}

#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum_schema {
    ($type:ident) => {};
}
