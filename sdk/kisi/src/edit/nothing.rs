//! Whether an object that an edit has made says anything.

use std::io;

use rhombus_kisi_runtime::Object;
use serde::Serialize;
use serde::ser::{Error as _, SerializeMap};
use serde_json::Error;

use super::Scope;
use crate::compare::Json;

/// Whether there is nothing in the object: no property, or, where it is the root, none but `null`s and empty
/// objects.
pub(crate) fn says_nothing<T: Object + PartialEq>(object: &T, scope: Scope) -> bool {
    match scope {
        Scope::Part => *object == T::default(),
        Scope::Whole => {
            let extra = object.extra().into_iter().flat_map(|extra| extra.iter());
            object.write(&mut Nothing).is_ok() && extra.into_iter().all(|(_, value)| is_nothing(value))
        }
    }
}

/// A map that takes no value.
struct Nothing;

impl SerializeMap for Nothing {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if is_nothing(value) {
            Ok(())
        } else {
            Err(Error::custom("something"))
        }
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

/// Whether a value is `null`, or objects that hold nothing else.
fn is_nothing<T: Serialize + ?Sized>(value: &T) -> bool {
    let mut begins = First(None);
    // It fails by design, at the first byte.
    let _ = serde_json::to_writer(&mut begins, value);
    match begins.0 {
        Some(b'n') => true,
        Some(b'{') => holds_nothing(&Json::of(value)),
        _ => false,
    }
}

fn holds_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Object(properties) => properties.values().all(holds_nothing),
        _ => false,
    }
}

/// PERF: takes the first byte and stops, for most of what is written says something.
struct First(Option<u8>);

impl io::Write for First {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.or(bytes.first().copied());
        Err(io::ErrorKind::Other.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
