use std::borrow::Cow;
use std::fmt::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroize;

use crate::text::{Elements, Members, unquote};

/// What RFC 3986 calls unreserved stays as it is; everything else is escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a query may hold without ending a value, or being read as a space, stays as it is too.
const ALLOWED: &AsciiSet = &RESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'?')
    .remove(b'@');

/// How a parameter or the field of a form is written: OpenAPI's `style`, `explode` and `allowReserved`.
///
/// A scalar is the same in most of them; they differ in what becomes of lists and objects.
///
/// ```
/// use rhombus_kisi_runtime::http::Method;
/// use rhombus_kisi_runtime::{Operation, Repeat, Request, Style};
///
/// static FIND: Operation = Operation::new("find", Method::GET, "/doors", Repeat::Safe);
///
/// let request = Request::new(&FIND)
///     .query_as("id", &[1, 2], Style::FORM)?
///     .query_as("tag", &["a", "b"], Style::FORM.exploded(false))?;
/// assert_eq!(request.query, "id=1&id=2&tag=a,b");
/// # Ok::<(), rhombus_kisi_runtime::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Style {
    way: Way,
    explode: bool,
    allow_reserved: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Simple,
    Label,
    Matrix,
    Form,
    Space,
    Pipe,
    Deep,
    Json,
    Field,
}

impl Style {
    /// `a,b`: the default in paths and headers.
    pub const SIMPLE: Self = Self::new(Way::Simple, false);
    /// `.a,b`, in a path.
    pub const LABEL: Self = Self::new(Way::Label, false);
    /// `;name=a,b`, in a path.
    pub const MATRIX: Self = Self::new(Way::Matrix, false);
    /// `name=a&name=b`: the default in queries. The properties of an object are parameters of their own.
    pub const FORM: Self = Self::new(Way::Form, true);
    /// `name=a%20b`.
    pub const SPACE_DELIMITED: Self = Self::new(Way::Space, false);
    /// `name=a%7Cb`.
    pub const PIPE_DELIMITED: Self = Self::new(Way::Pipe, false);
    /// `name[key]=a`. What is inside goes on in brackets: `name[key][inner]=a`, and a list by its indices, `name[0]=a`.
    pub const DEEP_OBJECT: Self = Self::new(Way::Deep, true);
    /// The value as JSON text, for a parameter with a `content`.
    pub const JSON: Self = Self::new(Way::Json, false);
    /// The default of the fields of a form: a list once for each element, and an object as JSON text.
    pub const FIELD: Self = Self::new(Way::Field, true);

    const fn new(way: Way, explode: bool) -> Self {
        Self {
            way,
            explode,
            allow_reserved: false,
        }
    }

    /// Returns the style with the elements of a list, or the properties of an object, written apart or together.
    #[must_use]
    pub const fn exploded(mut self, explode: bool) -> Self {
        self.explode = explode;
        self
    }

    /// Returns the style with reserved characters as they are, but for those that would end the value (`&`, `#`), that are
    /// read as a space (`+`) or that no query may hold.
    #[must_use]
    pub const fn allow_reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }
}

/// Why a value cannot be written.
pub(crate) type Unwritable = &'static str;

const NESTED: Unwritable = "a parameter of this style is a scalar, or a list or an object of scalars";
const NULL: Unwritable = "a null inside a parameter or a form cannot be written: leave it out";

/// A text of the value, overwritten if it is a copy.
struct Text<'a>(Cow<'a, str>);

impl Drop for Text<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

enum Shape<'a> {
    Null,
    Scalar(Text<'a>),
    List(Elements<'a>),
    Object(Members<'a>),
}

/// The shape of a value, of its JSON.
fn shape(json: &str) -> Shape<'_> {
    match json.as_bytes().first() {
        Some(b'"') => Shape::Scalar(Text(unquote(json))),
        Some(b'[') => Shape::List(Elements::of(json)),
        Some(b'{') => Shape::Object(Members::of(json)),
        _ if json == "null" => Shape::Null,
        _ => Shape::Scalar(Text(Cow::Borrowed(json))),
    }
}

/// The text of a value inside another.
fn inner(json: &str) -> Result<Text<'_>, Unwritable> {
    match shape(json) {
        Shape::Scalar(text) => Ok(text),
        Shape::Null => Err(NULL),
        Shape::List(_) | Shape::Object(_) => Err(NESTED),
    }
}

/// Whether a list or an object has nothing in it.
fn is_empty(json: &str) -> bool {
    Elements::of(json).next().is_none()
}

/// Calls `see` with each scalar in a value.
pub(crate) fn scalars(json: &str, see: &mut dyn FnMut(&str)) {
    match shape(json) {
        Shape::Null => {}
        Shape::Scalar(text) => see(&text.0),
        Shape::List(elements) => elements.for_each(|element| scalars(element, see)),
        Shape::Object(members) => members.for_each(|(_, value)| scalars(value, see)),
    }
}

/// Writes texts, escaped as the place wants it, and tells whether anything was written.
struct Out<'a> {
    into: &'a mut dyn Write,
    escape: Option<&'static AsciiSet>,
}

impl Out<'_> {
    fn raw(&mut self, text: &str) {
        // A string takes any text.
        let _ = self.into.write_str(text);
    }

    fn text(&mut self, text: &str) {
        match self.escape {
            None => self.raw(text),
            Some(set) => {
                for piece in utf8_percent_encode(text, set) {
                    self.raw(piece);
                }
            }
        }
    }

    fn texts(&mut self, elements: Elements<'_>, separator: &str) -> Result<(), Unwritable> {
        for (at, element) in elements.enumerate() {
            if at > 0 {
                self.raw(separator);
            }
            self.text(&inner(element)?.0);
        }
        Ok(())
    }

    /// Each member as its name, `between` and its value.
    fn members(&mut self, members: Members<'_>, between: &str, separator: &str) -> Result<(), Unwritable> {
        for (at, (name, value)) in members.enumerate() {
            if at > 0 {
                self.raw(separator);
            }
            self.text(&unquote(name));
            self.raw(between);
            self.text(&inner(value)?.0);
        }
        Ok(())
    }
}

/// Writes a value as one text of a path (escaped) or of a header (as it is). Nothing for `null`.
///
/// # Errors
/// Why it cannot be.
pub(crate) fn one(name: &str, json: &str, style: Style, escaped: bool, into: &mut dyn Write) -> Result<(), Unwritable> {
    let mut out = Out {
        into,
        escape: escaped.then_some(RESERVED),
    };
    if style.way == Way::Json {
        if json != "null" {
            out.text(json);
        }
        return Ok(());
    }
    let explode = style.explode;
    let (prefix, apart) = match style.way {
        Way::Label => (".", "."),
        Way::Matrix => (";", ";"),
        _ => ("", ","),
    };
    let separator = if explode { apart } else { "," };
    let named = style.way == Way::Matrix;
    match shape(json) {
        Shape::Null => {}
        Shape::Scalar(text) => {
            out.raw(prefix);
            if named {
                out.text(name);
                out.raw(if text.0.is_empty() { "" } else { "=" });
            }
            out.text(&text.0);
        }
        // An empty one is none: RFC 6570.
        Shape::List(_) | Shape::Object(_) if is_empty(json) => {}
        Shape::List(_) if named && explode => {
            for element in Elements::of(json) {
                out.raw(prefix);
                out.text(name);
                out.raw("=");
                out.text(&inner(element)?.0);
            }
        }
        Shape::List(_) => {
            out.raw(prefix);
            if named {
                out.text(name);
                out.raw("=");
            }
            out.texts(Elements::of(json), separator)?;
        }
        Shape::Object(_) => {
            out.raw(prefix);
            if named && !explode {
                out.text(name);
                out.raw("=");
            }
            out.members(Members::of(json), if explode { "=" } else { "," }, separator)?;
        }
    }
    Ok(())
}

/// Writes pairs of a query or a form.
struct Pairs<'a> {
    out: Out<'a>,
    /// Whether there is a pair already.
    any: bool,
}

impl Pairs<'_> {
    fn name(&mut self, name: fmt::Arguments<'_>) {
        if std::mem::replace(&mut self.any, true) {
            self.out.raw("&");
        }
        // What is reserved in a name separates names.
        for piece in utf8_percent_encode(&name.to_string(), RESERVED) {
            self.out.raw(piece);
        }
        self.out.raw("=");
    }

    fn pair(&mut self, name: &str, value: &str) {
        self.name(format_args!("{name}"));
        self.out.text(value);
    }

    fn deep(&mut self, name: &str, json: &str) -> Result<(), Unwritable> {
        match shape(json) {
            Shape::Null => return Err(NULL),
            Shape::Scalar(text) => self.pair(name, &text.0),
            Shape::List(elements) => {
                for (at, element) in elements.enumerate() {
                    self.deep(&format!("{name}[{at}]"), element)?;
                }
            }
            Shape::Object(members) => {
                for (key, value) in members {
                    self.deep(&format!("{name}[{}]", unquote(key)), value)?;
                }
            }
        }
        Ok(())
    }
}

/// Writes a value as the pairs of a query or a form, after what is there where `any` says that there is something. Nothing
/// for `null`.
///
/// # Errors
/// Why it cannot be.
pub(crate) fn pairs(name: &str, json: &str, style: Style, any: bool, into: &mut dyn Write) -> Result<(), Unwritable> {
    let escape = Some(if style.allow_reserved { ALLOWED } else { RESERVED });
    let mut pairs = Pairs {
        out: Out { into, escape },
        any,
    };
    let separator = match style.way {
        Way::Space => "%20",
        Way::Pipe => "%7C",
        _ => ",",
    };
    match (style.way, shape(json)) {
        (_, Shape::Null) => {}
        (Way::Json, _) => pairs.pair(name, json),
        (Way::Deep, _) => pairs.deep(name, json)?,
        (_, Shape::Scalar(text)) => pairs.pair(name, &text.0),
        (Way::Field, Shape::Object(_)) => pairs.pair(name, json),
        (Way::Field, Shape::List(elements)) => {
            for element in elements {
                match shape(element) {
                    Shape::Null => return Err(NULL),
                    Shape::Scalar(text) => pairs.pair(name, &text.0),
                    Shape::List(_) | Shape::Object(_) => pairs.pair(name, element),
                }
            }
        }
        (_, Shape::List(elements)) if style.explode => {
            for element in elements {
                pairs.pair(name, &inner(element)?.0);
            }
        }
        (_, Shape::Object(members)) if style.explode => {
            for (key, value) in members {
                pairs.pair(&unquote(key), &inner(value)?.0);
            }
        }
        // An empty one is none: RFC 6570.
        (_, Shape::List(_) | Shape::Object(_)) if is_empty(json) => {}
        (_, Shape::List(_)) => {
            pairs.name(format_args!("{name}"));
            pairs.out.texts(Elements::of(json), separator)?;
        }
        (_, Shape::Object(_)) => {
            pairs.name(format_args!("{name}"));
            pairs.out.members(Members::of(json), separator, separator)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Style, one, pairs};

    fn in_path(value: &Value, style: Style) -> String {
        let mut text = String::new();
        one("color", &value.to_string(), style, true, &mut text).unwrap();
        text
    }

    fn in_query(value: &Value, style: Style) -> String {
        let mut text = String::new();
        pairs("color", &value.to_string(), style, false, &mut text).unwrap();
        text
    }

    /// The table of the specification, 3.0.4 and 3.1.1, but for the order of an object's properties.
    #[test]
    fn the_table_of_styles() {
        let values = [
            json!(""),
            json!("blue"),
            json!(["blue", "black"]),
            json!({ "B": 150, "R": 100 }),
        ];
        let table: [(Style, bool, [&str; 4]); 14] = [
            (
                Style::MATRIX,
                true,
                [";color", ";color=blue", ";color=blue,black", ";color=B,150,R,100"],
            ),
            (
                Style::MATRIX.exploded(true),
                true,
                [";color", ";color=blue", ";color=blue;color=black", ";B=150;R=100"],
            ),
            (Style::LABEL, true, [".", ".blue", ".blue,black", ".B,150,R,100"]),
            (
                Style::LABEL.exploded(true),
                true,
                [".", ".blue", ".blue.black", ".B=150.R=100"],
            ),
            (Style::SIMPLE, true, ["", "blue", "blue,black", "B,150,R,100"]),
            (
                Style::SIMPLE.exploded(true),
                true,
                ["", "blue", "blue,black", "B=150,R=100"],
            ),
            (
                Style::FORM.exploded(false),
                false,
                ["color=", "color=blue", "color=blue,black", "color=B,150,R,100"],
            ),
            (
                Style::FORM,
                false,
                ["color=", "color=blue", "color=blue&color=black", "B=150&R=100"],
            ),
            (
                Style::SPACE_DELIMITED,
                false,
                ["color=", "color=blue", "color=blue%20black", "color=B%20150%20R%20100"],
            ),
            (
                Style::PIPE_DELIMITED,
                false,
                ["color=", "color=blue", "color=blue%7Cblack", "color=B%7C150%7CR%7C100"],
            ),
            (
                Style::PIPE_DELIMITED.exploded(true),
                false,
                ["color=", "color=blue", "color=blue&color=black", "B=150&R=100"],
            ),
            (
                Style::DEEP_OBJECT,
                false,
                [
                    "color=",
                    "color=blue",
                    "color%5B0%5D=blue&color%5B1%5D=black",
                    "color%5BB%5D=150&color%5BR%5D=100",
                ],
            ),
            (
                Style::JSON,
                false,
                [
                    "color=%22%22",
                    "color=%22blue%22",
                    "color=%5B%22blue%22%2C%22black%22%5D",
                    "color=%7B%22B%22%3A150%2C%22R%22%3A100%7D",
                ],
            ),
            (
                Style::FIELD,
                false,
                [
                    "color=",
                    "color=blue",
                    "color=blue&color=black",
                    "color=%7B%22B%22%3A150%2C%22R%22%3A100%7D",
                ],
            ),
        ];
        for (style, path, expected) in table {
            let written = values.each_ref().map(|value| match path {
                true => in_path(value, style),
                false => in_query(value, style),
            });
            assert_eq!(written, expected, "{style:?}");
        }
    }

    #[test]
    fn what_separates_is_escaped_inside() {
        assert_eq!(
            in_query(&json!(["a,b", "c\"d"]), Style::FORM.exploded(false)),
            "color=a%2Cb,c%22d"
        );
        assert_eq!(
            in_path(&json!(["a.b", "c/d"]), Style::LABEL.exploded(true)),
            ".a.b.c%2Fd"
        );
        assert_eq!(in_path(&json!(["a;b", "c=d"]), Style::MATRIX), ";color=a%3Bb,c%3Dd");
        let reserved = json!("a/b:c,d=e&f+g#h[i] j");
        assert_eq!(
            in_query(&reserved, Style::FORM.allow_reserved()),
            "color=a/b:c,d=e%26f%2Bg%23h%5Bi%5D%20j"
        );
        let nested = json!({ "a": { "b c": [true, { "d": 1.0 }] } });
        assert_eq!(
            in_query(&nested, Style::DEEP_OBJECT),
            "color%5Ba%5D%5Bb%20c%5D%5B0%5D=true&color%5Ba%5D%5Bb%20c%5D%5B1%5D%5Bd%5D=1.0"
        );
        let mut header = String::new();
        one("x", r#"["a b","c"]"#, Style::SIMPLE, false, &mut header).unwrap();
        assert_eq!(header, "a b,c");
    }

    #[test]
    fn what_has_no_form_is_an_error() {
        let fails = |value: Value, style| pairs("q", &value.to_string(), style, false, &mut String::new()).is_err();
        assert!(fails(json!([[1]]), Style::FORM));
        assert!(fails(json!({ "a": {} }), Style::FORM));
        assert!(fails(json!([null]), Style::FORM.exploded(false)));
        assert!(fails(json!({ "a": null }), Style::DEEP_OBJECT));
        assert!(fails(json!([null]), Style::FIELD));
        for style in [Style::FORM, Style::JSON, Style::DEEP_OBJECT, Style::SPACE_DELIMITED] {
            assert_eq!(in_query(&json!(null), style), "");
        }
        for empty in [json!([]), json!({})] {
            assert_eq!(in_query(&empty, Style::FORM), "");
            assert_eq!(in_query(&empty, Style::FORM.exploded(false)), "");
            assert_eq!(in_path(&empty, Style::MATRIX), "");
        }
    }
}
