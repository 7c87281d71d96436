//! JSON objects that lose nothing: known properties go to fields, all others to [`Extra`].
//!
//! `#[derive(Serialize, Deserialize)]` with `#[serde(flatten)]` would do the same by copying every object into
//! an intermediate form first. Here the reader hands each property straight to its field.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

use crate::walk::{Visit, Walk};
use crate::{Extra, Field, Kind, List, Map, Property, RhombusUuid, budget, secrets};

/// An object of the API, as [`object!`](crate::object!) describes it. Generated types implement it.
pub trait Object: Default {
    /// Names the object's known properties.
    type Known: Copy;

    /// The wire names of the known properties, sorted as they are written.
    const NAMES: &'static [&'static str];

    /// The known properties, in the same order.
    const PROPERTIES: &'static [Property];

    /// The known property with this wire name.
    fn known(name: &str) -> Option<Self::Known>;

    /// Reads the value of a known property into its field.
    fn read<'de, A: MapAccess<'de>>(&mut self, property: Self::Known, map: &mut A) -> Result<(), A::Error>;

    /// Writes every field that is not absent.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Where unknown properties are kept; `None` for an object that drops them.
    fn extra(&self) -> Option<&Extra>;

    /// The same, to add to.
    fn extra_mut(&mut self) -> Option<&mut Extra>;
}

/// What the API says in a 200 response that is a refusal all the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refusal<'a> {
    /// The vendor's message (`errorMsg`), if it gave one.
    pub message: Option<&'a str>,
    /// Whether the integrated system rejected its credential (`authError`).
    pub auth: bool,
}

impl<'a> Refusal<'a> {
    /// The refusal that a response's own fields speak of, if they do.
    pub fn from_fields(error: bool, auth: bool, message: Option<&'a str>) -> Option<Self> {
        (error || auth).then_some(Self { message, auth })
    }
}

/// A response type: what it decodes from, and what it says of the call.
///
/// Which property plays which role, the rules of the API say (`spec/api.toml`). Where a type has no property for a role,
/// its accessor returns nothing, so that code that asks by role compiles with any release of the API.
pub trait Respond: DeserializeOwned {
    /// Returns whether the server rejected the request.
    fn is_error(&self) -> bool {
        false
    }

    /// Returns whether the integrated system rejected its credential.
    fn is_integration_auth(&self) -> bool {
        false
    }

    /// Returns the reason of a rejection.
    fn message(&self) -> Option<&str> {
        None
    }

    /// Returns the caveat that a success comes with.
    fn warning(&self) -> Option<&str> {
        None
    }

    /// The same, to change: what the client's caller sees of it has no secret.
    fn warning_mut(&mut self) -> Option<&mut String> {
        None
    }

    /// Returns the ids of what was not carried out.
    fn failed_ids(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// Changes them, if there are any: what the client's caller sees of them has no secret.
    fn change_failed_ids(&mut self, _change: &mut dyn FnMut(&mut List<String>)) {}

    /// Returns the names of what is there more than once.
    fn misconfigured(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// Changes them, if there are any.
    fn change_misconfigured(&mut self, _change: &mut dyn FnMut(&mut List<String>)) {}

    /// Returns what a response of this type may be.
    fn kind() -> Kind {
        Kind::Unknown
    }

    /// Shows the visitor what [`Walk::visit`] shows it, if the type has parts.
    fn visit_parts<'a>(&'a self, visitor: &mut dyn Visit<'a>) {
        let _ = visitor;
    }

    /// Returns the rejection that the response is, if it is one.
    fn refusal(&self) -> Option<Refusal<'_>> {
        Refusal::from_fields(self.is_error(), self.is_integration_auth(), self.message())
    }
}

/// A list that a role names; `respond!` calls it. The release says whether it is of texts or of ids.
pub trait Texts {
    /// Returns what there is in it.
    fn texts(&self) -> impl Iterator<Item = &str>;

    /// Changes the list, if it is there.
    fn change(&mut self, change: &mut dyn FnMut(&mut List<String>));
}

impl Texts for Field<List<String>> {
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.get().into_iter().flatten().map(String::as_str)
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut List<String>)) {
        if let Some(list) = self.get_mut() {
            change(list);
        }
    }
}

impl Texts for Field<List<RhombusUuid>> {
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.get().into_iter().flatten().map(RhombusUuid::as_str)
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut List<String>)) {
        if let Some(list) = self.get_mut() {
            let texts = list.elements().map(|id| id.map(|id| id.as_str().to_owned()));
            let mut texts: List<String> = texts.collect();
            change(&mut texts);
            *list = texts
                .elements()
                .map(|text| text.map(|text| RhombusUuid::from_server(text)))
                .collect();
        }
    }
}

impl Respond for serde_json::Value {}

impl<T: DeserializeOwned + Walk> Respond for List<T> {
    crate::respond!(@parts);
}

impl<T: DeserializeOwned + Walk> Respond for Map<T> {
    crate::respond!(@parts);
}

impl<T: DeserializeOwned + Walk> Respond for Vec<T> {
    crate::respond!(@parts);
}

impl<T: DeserializeOwned + Walk> Respond for BTreeMap<String, T> {
    crate::respond!(@parts);
}

impl Respond for String {}

impl Respond for bool {}

impl Respond for i32 {}

impl Respond for i64 {}

impl Respond for u64 {}

impl Respond for f64 {}

impl Respond for RhombusUuid {}

impl Respond for Extra {}

enum Key<K> {
    Known(K),
    Unknown,
}

/// Reads a name. One that is not known goes where the unknown properties are.
struct KeySeed<'a, T>(&'a mut T);

impl<'de, T: Object> DeserializeSeed<'de> for KeySeed<'_, T> {
    type Value = Key<T::Known>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Object> Visitor<'_> for KeySeed<'_, T> {
    type Value = Key<T::Known>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(match T::known(name) {
            Some(property) => Key::Known(property),
            None => {
                if let Some(extra) = self.0.extra_mut() {
                    extra.begin_unknown(name);
                }
                Key::Unknown
            }
        })
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::default();
        while let Some(key) = map.next_key_seed(KeySeed(&mut object))? {
            match key {
                Key::Known(property) => object.read(property, &mut map)?,
                Key::Unknown => match object.extra_mut() {
                    Some(extra) => extra.read_value(&mut map)?,
                    None => drop(map.next_value::<IgnoredAny>()?),
                },
            }
        }
        if let Some(extra) = object.extra_mut() {
            extra.end();
            budget::charge(extra.overhead())?;
        }
        Ok(object)
    }
}

/// Decodes an object. [`object!`](crate::object!) calls it.
pub fn deserialize<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// Encodes an object: its fields, then what it does not know. [`object!`](crate::object!) calls it.
///
/// A known name in [`Extra`] is left out: its field says what goes on the wire.
pub fn serialize<T: Object, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    write(object, &mut map)?;
    map.end()
}

/// Writes an object's members into a map that is being written. [`object!`](crate::object!) calls it.
///
/// # Errors
/// Those of the serializer.
pub fn write<T: Object, M: SerializeMap>(object: &T, map: &mut M) -> Result<(), M::Error> {
    secrets::note_type();
    object.write(map)?;
    match object.extra() {
        Some(extra) => extra.write(map, &|name| T::known(name).is_some()),
        None => Ok(()),
    }
}

/// Makes a struct of [`Field`](crate::Field)s a lossless JSON object.
///
/// `read_only` behind a property's name says that the server sets it by itself; it is sent all the same.
///
/// ```
/// use rhombus_kisi_runtime::{Extra, Field};
///
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct Door {
///     door_name: Field<String>,
///     extra: Extra,
/// }
/// rhombus_kisi_runtime::object!(Door { door_name = "doorName" } extra);
///
/// let json = r#"{"doorName":null,"floor":3}"#;
/// let door: Door = serde_json::from_str(json)?;
/// assert!(door.door_name.is_null());
/// assert_eq!(serde_json::to_string(&door)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! object {
    ($type:ident { $($field:ident = $name:literal $($read_only:ident)?),* $(,)? } $($extra:ident)?) => {
        const _: () = {
            #[allow(non_camel_case_types, unreachable_pub)]
            #[derive(Clone, Copy)]
            pub enum Known { $($field),* }

            impl $crate::Object for $type {
                type Known = Known;

                const NAMES: &'static [&'static str] = &[$($name),*];

                const PROPERTIES: &'static [$crate::Property] = &[$($crate::Property {
                    name: $name,
                    kind: $crate::walk::kind_of(|object: &$type| &object.$field),
                    read_only: $crate::object!(@read_only $($read_only)?),
                }),*];

                fn known(name: &str) -> ::std::option::Option<Known> {
                    match name {
                        $($name => ::std::option::Option::Some(Known::$field),)*
                        _ => ::std::option::Option::None,
                    }
                }

                #[allow(unused_variables)]
                fn read<'de, A: $crate::serde::de::MapAccess<'de>>(
                    &mut self,
                    property: Known,
                    map: &mut A,
                ) -> ::std::result::Result<(), A::Error> {
                    match property {
                        $(Known::$field => self.$field = map.next_value()?,)*
                    }
                    #[allow(unreachable_code)]
                    ::std::result::Result::Ok(())
                }

                #[allow(unused_variables)]
                fn write<M: $crate::serde::ser::SerializeMap>(&self, map: &mut M) -> ::std::result::Result<(), M::Error> {
                    $(if !self.$field.is_absent() {
                        map.serialize_entry($name, &self.$field)?;
                    })*
                    ::std::result::Result::Ok(())
                }

                fn extra(&self) -> ::std::option::Option<&$crate::Extra> {
                    $crate::object!(@extra [&self] $($extra)?)
                }

                fn extra_mut(&mut self) -> ::std::option::Option<&mut $crate::Extra> {
                    $crate::object!(@extra [&mut self] $($extra)?)
                }
            }
        };

        #[allow(unused_variables)]
        impl $crate::walk::Walk for $type {
            fn kind() -> $crate::Kind {
                $crate::Kind::Object(<Self as $crate::Object>::PROPERTIES)
            }

            fn visit<'a>(&'a self, path: $crate::walk::Path<'_>, visitor: &mut dyn $crate::walk::Visit<'a>) {
                $($crate::walk::visit_extra(&self.$extra, path, visitor);)?
                $($crate::walk::Walk::visit(&self.$field, path.then($name), visitor);)*
            }

            fn compare(&self, after: &Self, path: $crate::walk::Path<'_>, visitor: &mut dyn $crate::walk::Compare) {
                for maps in [false, true] {
                    $($crate::walk::compare_property(maps, [&self.$field, &after.$field], path.then($name), visitor);)*
                    $(if !maps {
                        let is_known = |name: &str| <Self as $crate::Object>::known(name).is_some();
                        $crate::walk::compare_unknown([&self.$extra, &after.$extra], is_known, path, visitor);
                    })?
                }
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::object::serialize(self, serializer)
            }
        }

        impl $crate::union::Variant for $type {
            fn write_members<M: $crate::serde::ser::SerializeMap>(&self, map: &mut M) -> ::std::result::Result<(), M::Error> {
                $crate::object::write(self, map)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::object::deserialize(deserializer)
            }
        }
    };
    (@read_only) => { false };
    (@read_only read_only) => { true };
    (@extra [$($self:tt)*]) => { ::std::option::Option::None };
    (@extra [$($self:tt)*] $extra:ident) => { ::std::option::Option::Some($($self)*.$extra) };
}

/// Implements [`Respond`] for a response type: which of its fields plays which role.
#[macro_export]
macro_rules! respond {
    ($type:ident) => {
        impl $crate::Respond for $type {
            $crate::respond!(@parts);
        }
    };
    ($type:ident: $($role:ident = $field:ident),+ $(,)?) => {
        impl $crate::Respond for $type {
            $crate::respond!(@parts);
            $($crate::respond!(@ $role $field);)+
        }
    };
    (@parts) => {
        fn kind() -> $crate::Kind {
            <Self as $crate::walk::Walk>::kind()
        }

        fn visit_parts<'a>(&'a self, visitor: &mut dyn $crate::walk::Visit<'a>) {
            $crate::walk::Walk::visit(self, $crate::walk::Path::ROOT, visitor);
        }
    };
    (@ error $field:ident) => {
        fn is_error(&self) -> bool {
            self.$field.get().copied().unwrap_or(false)
        }
    };
    (@ integration_auth $field:ident) => {
        fn is_integration_auth(&self) -> bool {
            self.$field.get().copied().unwrap_or(false)
        }
    };
    (@ message $field:ident) => {
        fn message(&self) -> ::std::option::Option<&str> {
            self.$field.get().map(|text| text.as_str())
        }
    };
    (@ warning $field:ident) => {
        fn warning(&self) -> ::std::option::Option<&str> {
            self.$field.get().map(|text| text.as_str())
        }

        fn warning_mut(&mut self) -> ::std::option::Option<&mut ::std::string::String> {
            self.$field.get_mut()
        }
    };
    (@ failed_ids $field:ident) => {
        fn failed_ids(&self) -> impl ::std::iter::Iterator<Item = &str> {
            $crate::object::Texts::texts(&self.$field)
        }

        fn change_failed_ids(
            &mut self,
            change: &mut dyn ::std::ops::FnMut(&mut $crate::List<::std::string::String>),
        ) {
            $crate::object::Texts::change(&mut self.$field, change);
        }
    };
    (@ misconfigured $field:ident) => {
        fn misconfigured(&self) -> impl ::std::iter::Iterator<Item = &str> {
            $crate::object::Texts::texts(&self.$field)
        }

        fn change_misconfigured(
            &mut self,
            change: &mut dyn ::std::ops::FnMut(&mut $crate::List<::std::string::String>),
        ) {
            $crate::object::Texts::change(&mut self.$field, change);
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{Extra, Field, List, Respond, RhombusUuid};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Response {
        error: Field<bool>,
        error_msg: Field<String>,
        auth_error: Field<bool>,
        failed: Field<List<String>>,
        r#type: Field<List<i32>>,
        extra: Extra,
    }
    crate::object!(Response { error = "error", error_msg = "errorMsg", auth_error = "authError", failed = "failed", r#type = "type" } extra);
    crate::respond!(Response: error = error, message = error_msg, integration_auth = auth_error, failed_ids = failed);

    #[test]
    fn a_read_and_a_write_lose_nothing() {
        let json = r#"{"error":null,"type":[1,null],"future":{"a":[null]}}"#;
        let response: Response = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&response).unwrap(), json);
        assert_eq!(response.error, Field::Null);
        assert_eq!(response.error_msg, Field::Absent);
    }

    #[test]
    fn of_an_unknown_property_that_comes_twice_the_last_counts() {
        let response: Response = serde_json::from_str(r#"{"a":1,"error":true,"a":2,"error":false}"#).unwrap();
        assert_eq!(serde_json::to_string(&response).unwrap(), r#"{"error":false,"a":2}"#);
    }

    #[test]
    fn a_known_name_in_extra_does_not_go_out_twice() {
        let mut response = Response {
            error: true.into(),
            ..Response::default()
        };
        response.extra.insert_value("error", false.into());
        assert_eq!(serde_json::to_string(&response).unwrap(), r#"{"error":true}"#);
    }

    #[test]
    fn refusals_are_seen() {
        let parse = |json: &str| serde_json::from_str::<Response>(json).unwrap();
        assert!(parse(r#"{"error":false}"#).refusal().is_none());
        assert!(parse("{}").refusal().is_none());
        let refused = parse(r#"{"error":true,"errorMsg":"no"}"#);
        assert_eq!(refused.refusal().unwrap().message, Some("no"));
        assert!(parse(r#"{"authError":true}"#).refusal().unwrap().auth);
        // A role that no property plays is ignored, one that a property plays returns its value.
        assert_eq!(refused.warning(), None);
        assert_eq!(refused.misconfigured().count(), 0);
        let failed = parse(r#"{"failed":["a",null,"b"]}"#);
        assert_eq!(failed.failed_ids().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn lists_of_texts_and_of_ids_are_changed_alike() {
        fn changed<T: super::Texts>(mut list: T) -> T {
            list.change(&mut |texts| {
                texts.retain(|text| text != "b");
                texts.iter_mut().for_each(|text| text.push('!'));
            });
            list
        }
        let texts = |text: &str| Field::from(List::from(vec![Some(text.to_owned()), None]));
        let two: Field<List<String>> = vec![Some("a".to_owned()), None, Some("b".to_owned())].into();
        assert_eq!(changed(two), texts("a!"));
        let id = |text| Some(RhombusUuid::from_server(text));
        let ids: Field<List<RhombusUuid>> = vec![id("a"), None, id("b")].into();
        assert_eq!(changed(ids), List::from([id("a!"), None]));
        assert_eq!(changed(Field::<List<String>>::Null), Field::Null);
    }
}
