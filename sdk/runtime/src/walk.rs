//! Walks over typed values: what they are, which secrets they hold, and where two of them differ.
//!
//! [`object!`](crate::object!) and the other macros implement [`Walk`] for generated types, from the types of their fields:
//! a property that a release adds takes part without a line by hand.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Extra, Field, Kind, List, Map, RhombusUuid, Secret};

/// A value of the API that can be walked over.
///
/// ```
/// use rhombus_kisi_runtime::walk::{Compare, Path, ToJson, Walk};
/// use rhombus_kisi_runtime::{Extra, Field};
///
/// #[derive(Clone, Debug, Default, PartialEq)]
/// struct Door {
///     name: Field<String>,
///     seconds: Field<i32>,
///     extra: Extra,
/// }
/// rhombus_kisi_runtime::object!(Door { name = "name", seconds = "seconds" } extra);
///
/// struct Show(Vec<String>);
/// impl Compare for Show {
///     fn differ(&mut self, path: Path<'_>, before: Option<&dyn ToJson>, after: Option<&dyn ToJson>) {
///         let [before, after] = [before, after].map(|value| value.map(ToJson::to_json));
///         self.0.push(format!("{:?}: {before:?} {after:?}", path.names()));
///     }
/// }
///
/// let before: Door = serde_json::from_str(r#"{"name":"Lobby","seconds":20}"#)?;
/// let after: Door = serde_json::from_str(r#"{"name":"Lobby","seconds":null}"#)?;
/// let mut shown = Show(Vec::new());
/// before.compare(&after, Path::ROOT, &mut shown);
/// assert_eq!(shown.0, [r#"["seconds"]: Some("20") Some("null")"#]);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait Walk: PartialEq + Serialize + Sized {
    /// Whether no visitor is shown anything of a value of this type.
    const IS_LEAF: bool = false;

    /// Returns what a value of this type may be.
    fn kind() -> Kind;

    /// Shows the visitor each secret, and each set of properties that this release does not know.
    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        let _ = (path, visitor);
    }

    /// Shows the visitor where two values differ: of objects the properties, of maps the entries, all else as a whole.
    fn compare(&self, after: &Self, path: Path<'_>, visitor: &mut dyn Compare) {
        if self != after {
            visitor.differ(path, Some(self), Some(after));
        }
    }

    /// Compares with nothing, where the visitor is to see that by parts: of a map each entry. Returns whether it is.
    fn appear(&self, path: Path<'_>, visitor: &mut dyn Compare) -> bool {
        let _ = (path, visitor);
        false
    }
}

/// The way from the root of a walk, by the names of properties and the keys of maps. It is made of references alone.
#[derive(Clone, Copy, Debug)]
pub struct Path<'p>(Option<(&'p Path<'p>, Step<'p>)>);

/// One step of a [`Path`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step<'p> {
    /// To a property, by its name.
    Property(&'p str),
    /// To the value of a map, by its key.
    Key(&'p str),
    /// To an element of a list.
    Element,
}

impl<'p> Path<'p> {
    /// Where a walk begins.
    pub const ROOT: Path<'static> = Path(None);

    /// Returns the path that goes to a property.
    pub fn then(&'p self, name: &'p str) -> Self {
        Self(Some((self, Step::Property(name))))
    }

    /// Returns the path that goes to a map's value.
    pub fn key(&'p self, key: &'p str) -> Self {
        Self(Some((self, Step::Key(key))))
    }

    /// Returns the path that goes to an element of a list.
    pub fn element(&'p self) -> Self {
        Self(Some((self, Step::Element)))
    }

    /// Returns the last step, and the path before it; `None` at the root.
    pub fn split_last(&self) -> Option<(&'p Path<'p>, Step<'p>)> {
        self.0
    }

    /// Returns the names of the properties and the keys of the maps from the root: a list is one value.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut at = self;
        while let Some((above, step)) = at.0 {
            match step {
                Step::Property(name) | Step::Key(name) => names.push(name),
                Step::Element => {}
            }
            at = above;
        }
        names.reverse();
        names
    }
}

/// Is shown what may be secret.
pub trait Visit<'a> {
    /// Takes a secret.
    fn secret(&mut self, path: Path<'_>, secret: &'a Secret);

    /// Takes the unknown properties of the object at the path; there are some.
    fn unknown(&mut self, path: Path<'_>, properties: &'a Extra);

    /// Returns whether it need not be shown more: the lists and maps that come next are then passed over.
    fn is_done(&self) -> bool {
        false
    }

    /// Takes what the document of the API does not have. What of it is kept as JSON is shown by `unknown` too.
    fn novel(&mut self, path: Path<'_>, novelty: Novelty<'a>) {
        let _ = (path, novelty);
    }
}

/// What a value has and the document of the API has not.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Novelty<'a> {
    /// These properties of the object.
    Properties(&'a Extra),
    /// The value of an enumeration.
    Value,
    /// The type of an object that is one of several.
    Variant,
    /// The type of the JSON value: it is no text, where the document has one.
    JsonType,
}

/// Shows the properties of an object that this release does not know. [`object!`](crate::object!) calls it.
pub fn visit_extra<'a>(extra: &'a Extra, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
    if !extra.is_empty() {
        visitor.unknown(path, extra);
        visitor.novel(path, Novelty::Properties(extra));
    }
}

/// Returns the kind of a union's variant; [`tagged_union!`](crate::tagged_union!) calls it, so that it need not name
/// its type.
pub fn kind_of_variant<V: Walk, U>(_: fn(Box<V>) -> U) -> fn() -> Kind {
    V::kind
}

/// Is shown what differs.
pub trait Compare {
    /// Takes the two sides of a difference; `None` where the property or the entry is not there.
    fn differ(&mut self, path: Path<'_>, before: Option<&dyn ToJson>, after: Option<&dyn ToJson>);
}

/// What can be written as JSON, behind a reference.
pub trait ToJson {
    /// Returns the JSON text. What the API's types are made of can always be written; anything else is `null`.
    fn to_json(&self) -> String;
}

impl<T: Serialize> ToJson for T {
    fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }
}

/// Returns the kind of a field's values; [`object!`](crate::object!) calls it, so that it need not name their type.
pub const fn kind_of<T, V: Walk>(_: fn(&T) -> &Field<V>) -> fn() -> Kind {
    V::kind
}

/// Compares a property where it is, or is not, a map: single properties are shown before the maps.
/// [`object!`](crate::object!) calls it.
pub fn compare_property<V: Walk>(
    maps: bool,
    [before, after]: [&Field<V>; 2],
    path: Path<'_>,
    visitor: &mut dyn Compare,
) {
    if matches!(V::kind(), Kind::Map(_)) == maps {
        before.compare(after, path, visitor);
    }
}

/// Compares the unknown properties of two objects, but those that `is_known`: they are not sent.
/// [`object!`](crate::object!) calls it.
pub fn compare_unknown(
    [before, after]: [&Extra; 2],
    is_known: fn(&str) -> bool,
    path: Path<'_>,
    visitor: &mut dyn Compare,
) {
    if before == after {
        return;
    }
    let [before, after] = [before, after].map(|extra| extra.iter().collect::<BTreeMap<_, _>>());
    let [before, after] = [&before, &after].map(|map| map.iter().filter(|(name, _)| !is_known(name)));
    side_by_side(before, after, |name, before, after| {
        if before.map(|value| value.get()) != after.map(|value| value.get()) {
            let [before, after] = [&before, &after].map(|side| side.as_ref().map(|value| *value as &dyn ToJson));
            visitor.differ(path.then(name), before, after);
        }
    });
}

/// Steps through the entries of two sorted maps.
fn side_by_side<'a, K: Ord + 'a, V: 'a>(
    before: impl Iterator<Item = (&'a K, &'a V)>,
    after: impl Iterator<Item = (&'a K, &'a V)>,
    mut step: impl FnMut(&K, Option<&'a V>, Option<&'a V>),
) {
    let (mut befores, mut afters) = (before.peekable(), after.peekable());
    loop {
        let order = match (befores.peek(), afters.peek()) {
            (Some((before, _)), Some((after, _))) => before.cmp(after),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let before = befores.next_if(|_| order.is_le());
        let after = afters.next_if(|_| order.is_ge());
        if let Some((key, _)) = before.or(after) {
            step(key, before.map(|(_, value)| value), after.map(|(_, value)| value));
        }
    }
}

impl<V: Walk> Walk for Field<V> {
    const IS_LEAF: bool = V::IS_LEAF;

    fn kind() -> Kind {
        V::kind()
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        if let Self::Value(value) = self {
            value.visit(path, visitor);
        }
    }

    fn compare(&self, after: &Self, path: Path<'_>, visitor: &mut dyn Compare) {
        match (self, after) {
            (Self::Value(before), Self::Value(after)) => before.compare(after, path, visitor),
            (Self::Absent, Self::Absent) | (Self::Null, Self::Null) => {}
            (Self::Absent | Self::Null, Self::Value(after)) if after.appear(path, visitor) => {}
            (before, after) => {
                let [before, after] = [before, after].map(|side| (!side.is_absent()).then_some(side as &dyn ToJson));
                visitor.differ(path, before, after);
            }
        }
    }
}

impl<V: Walk> Walk for Option<V> {
    const IS_LEAF: bool = V::IS_LEAF;

    fn kind() -> Kind {
        V::kind()
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        if let Some(value) = self {
            value.visit(path, visitor);
        }
    }

    fn compare(&self, after: &Self, path: Path<'_>, visitor: &mut dyn Compare) {
        match (self, after) {
            (Some(before), Some(after)) => before.compare(after, path, visitor),
            (None, None) => {}
            (before, after) => visitor.differ(path, Some(before), Some(after)),
        }
    }
}

impl<V: Walk> Walk for Vec<V> {
    fn kind() -> Kind {
        Kind::List(V::kind)
    }

    /// A list is one value: what is found in it has its path.
    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        if V::IS_LEAF || visitor.is_done() {
            return;
        }
        for value in self {
            value.visit(path.element(), visitor);
        }
    }
}

impl<V: Walk> Walk for BTreeMap<String, V> {
    fn kind() -> Kind {
        Kind::Map(V::kind)
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        if V::IS_LEAF || visitor.is_done() {
            return;
        }
        for (key, value) in self {
            value.visit(path.key(key), visitor);
        }
    }

    fn compare(&self, after: &Self, path: Path<'_>, visitor: &mut dyn Compare) {
        side_by_side(self.iter(), after.iter(), |key, before, after| match (before, after) {
            // PERF: most entries are the same, and equality stops at the first difference.
            (Some(before), Some(after)) if before == after => {}
            (Some(before), Some(after)) => before.compare(after, path.key(key), visitor),
            (before, after) => {
                let [before, after] = [before, after].map(|side| side.map(|value| value as &dyn ToJson));
                visitor.differ(path.key(key), before, after);
            }
        });
    }

    fn appear(&self, path: Path<'_>, visitor: &mut dyn Compare) -> bool {
        Self::new().compare(self, path, visitor);
        !self.is_empty()
    }
}

/// As the vector of its elements.
impl<V: Walk> Walk for List<V> {
    fn kind() -> Kind {
        Vec::<V>::kind()
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        if V::IS_LEAF || visitor.is_done() {
            return;
        }
        for value in self {
            value.visit(path.element(), visitor);
        }
    }
}

/// As the map inside.
impl<V: Walk> Walk for Map<V> {
    fn kind() -> Kind {
        Kind::Map(V::kind)
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        self.as_map().visit(path, visitor);
    }

    fn compare(&self, after: &Self, path: Path<'_>, visitor: &mut dyn Compare) {
        self.as_map().compare(after.as_map(), path, visitor);
    }

    fn appear(&self, path: Path<'_>, visitor: &mut dyn Compare) -> bool {
        self.as_map().appear(path, visitor)
    }
}

impl<V: Walk> Walk for Box<V> {
    const IS_LEAF: bool = V::IS_LEAF;

    fn kind() -> Kind {
        V::kind()
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        (**self).visit(path, visitor);
    }

    fn compare(&self, after: &Self, path: Path<'_>, visitor: &mut dyn Compare) {
        (**self).compare(after, path, visitor);
    }

    fn appear(&self, path: Path<'_>, visitor: &mut dyn Compare) -> bool {
        (**self).appear(path, visitor)
    }
}

impl Walk for Secret {
    fn kind() -> Kind {
        Kind::Secret
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        visitor.secret(path, self);
    }
}

impl Walk for Extra {
    fn kind() -> Kind {
        Kind::Unknown
    }

    fn visit<'a>(&'a self, path: Path<'_>, visitor: &mut dyn Visit<'a>) {
        if !self.is_empty() {
            visitor.unknown(path, self);
        }
    }

    fn compare(&self, after: &Self, path: Path<'_>, visitor: &mut dyn Compare) {
        compare_unknown([self, after], |_| false, path, visitor);
    }
}

/// Types that hold nothing else.
macro_rules! leaves {
    ($($type:ty: $kind:ident),* $(,)?) => {
        $(impl Walk for $type {
            const IS_LEAF: bool = true;

            fn kind() -> Kind {
                Kind::$kind
            }
        })*
    };
}

leaves! {
    bool: Boolean,
    i8: Int32,
    i16: Int32,
    i32: Int32,
    u8: Int32,
    u16: Int32,
    i64: Int64,
    u32: Int64,
    u64: Number,
    f32: Number,
    f64: Number,
    String: Text,
    RhombusUuid: Id,
    Value: Unknown,
    (): Unknown,
}

#[cfg(test)]
mod tests {
    use super::{Compare, Path, ToJson, Visit, Walk};
    use crate::{Extra, Field, Kind, List, Map, Secret};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Node {
        name: Field<String>,
        token: Field<Secret>,
        stamp: Field<i64>,
        tags: Field<List<i32>>,
        inside: Field<Box<Node>>,
        nodes: Field<Map<Node>>,
        list: Field<List<Node>>,
        thing: Field<Thing>,
        colour: Field<Colour>,
        extra: Extra,
    }
    crate::object!(Node {
        colour = "colour",
        inside = "inside",
        list = "list",
        name = "name",
        nodes = "nodes",
        stamp = "stampMs" read_only,
        tags = "tags",
        thing = "thing",
        token = "apiToken",
    } extra);

    #[derive(Clone, Debug, PartialEq)]
    enum Thing {
        Node(Box<Node>),
        Unrecognized(Extra),
    }
    crate::tagged_union!(Thing, "type" { Node = "NODE" } Unrecognized);

    #[derive(Clone, PartialEq)]
    enum Colour {
        Red,
        Unrecognized(Box<str>),
    }
    crate::open_enum!(Colour { Red = "RED" } Unrecognized);

    fn node(json: &str) -> Node {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn kinds_are_those_of_the_types_and_may_refer_to_themselves() {
        let root = Node::kind();
        let shown = |path: &[&str]| format!("{:?}", path.iter().fold(root, |kind, name| kind.of(name)));
        assert_eq!(shown(&["name"]), "Text");
        assert_eq!(shown(&["nodes", "7", "inside", "nodes", "8", "apiToken"]), "Secret");
        assert_eq!(shown(&["colour"]), r#"Enumeration(["RED"])"#);
        assert!(shown(&["tags"]).starts_with("List("));
        assert_eq!(shown(&["thing"]), "Unknown");
        assert_eq!(shown(&["nobody", "knows"]), "Unknown");
        let read_only = |name| root.property(name).map(|property| property.read_only);
        assert_eq!(
            [read_only("stampMs"), read_only("name"), read_only("nobody")],
            [Some(true), Some(false), None]
        );
    }

    #[test]
    fn a_name_that_speaks_of_a_secret_is_one_whatever_its_type() {
        #[derive(Clone, Debug, Default, PartialEq)]
        struct Odd {
            door_pin: Field<i32>,
        }
        crate::object!(Odd { door_pin = "doorPin" });
        assert!(matches!(Odd::kind().of("doorPin"), Kind::Secret));
    }

    #[test]
    fn secrets_and_unknown_properties_are_found_wherever_they_are() {
        struct Found(Vec<String>);
        impl<'a> Visit<'a> for Found {
            fn secret(&mut self, path: Path<'_>, secret: &'a Secret) {
                self.0.push(format!("{} = {}", path.names().join("."), secret.expose()));
            }

            fn unknown(&mut self, path: Path<'_>, properties: &'a Extra) {
                self.0.push(format!("{} {properties:?}", path.names().join(".")));
            }
        }
        let node = node(
            r#"{"apiToken":"a","x":1,"inside":{"apiToken":"b"},"nodes":{"1":null,"2":{"y":1,"apiToken":"c"}},
                "list":[null,{"apiToken":"d"}],"thing":{"type":"NODE","apiToken":"e"}}"#,
        );
        let mut found = Found(Vec::new());
        node.visit(Path::ROOT, &mut found);
        found.0.sort();
        assert_eq!(
            found.0,
            [
                " {x: ..}",
                "apiToken = a",
                "inside.apiToken = b",
                "list.apiToken = d",
                "nodes.2 {y: ..}",
                "nodes.2.apiToken = c",
                "thing {type: ..}",
                "thing.apiToken = e",
            ]
        );
    }

    fn differences(before: &str, after: &str) -> Vec<String> {
        struct Shown(Vec<String>);
        impl Compare for Shown {
            fn differ(&mut self, path: Path<'_>, before: Option<&dyn ToJson>, after: Option<&dyn ToJson>) {
                let [before, after] =
                    [before, after].map(|side| side.map_or_else(|| "nothing".to_owned(), ToJson::to_json));
                self.0.push(format!("{}: {before} -> {after}", path.names().join(".")));
            }
        }
        let mut shown = Shown(Vec::new());
        node(before).compare(&node(after), Path::ROOT, &mut shown);
        shown.0
    }

    #[test]
    fn only_what_differs_is_shown_and_by_its_parts() {
        let before = r#"{"name":"a","nodes":{"1":{"name":"b","tags":[1]},"2":null,"3":{}},"tags":[1,2],"x":1.0,"y":1}"#;
        let after = r#"{"name":null,"nodes":{"1":{"name":"b","tags":[2]},"2":{},"4":{}},"tags":[2,1],"x":1.0,"z":[]}"#;
        assert_eq!(
            differences(before, after),
            [
                r#"name: "a" -> null"#,
                "tags: [1,2] -> [2,1]",
                "y: 1 -> nothing",
                "z: nothing -> []",
                "nodes.1.tags: [1] -> [2]",
                "nodes.2: null -> {}",
                "nodes.3: {} -> nothing",
                "nodes.4: nothing -> {}",
            ]
        );
        assert_eq!(differences(before, before), [""; 0]);
    }

    #[test]
    fn a_map_that_comes_is_shown_by_entries_and_one_that_goes_as_a_whole() {
        assert_eq!(
            differences(r#"{"nodes":null}"#, r#"{"nodes":{"1":{}}}"#),
            ["nodes.1: nothing -> {}"]
        );
        assert_eq!(differences("{}", r#"{"nodes":{}}"#), ["nodes: nothing -> {}"]);
        assert_eq!(
            differences(r#"{"nodes":{"1":{}}}"#, "{}"),
            [r#"nodes: {"1":{}} -> nothing"#]
        );
        assert_eq!(
            differences("{}", r#"{"inside":{"name":"a"}}"#),
            [r#"inside: nothing -> {"name":"a"}"#]
        );
        assert_eq!(differences("{}", r#"{"inside":null}"#), ["inside: nothing -> null"]);
    }

    #[test]
    fn a_read_only_property_is_sent_back() {
        let json = r#"{"stampMs":7}"#;
        assert_eq!(serde_json::to_string(&node(json)).unwrap(), json);
    }
}
