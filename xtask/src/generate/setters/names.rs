//! The names of a property's methods: the overlay's, or made from the property's own, and no two alike.

use std::collections::BTreeSet;

use super::Named;
use super::model::{Form, Property};
use crate::generate::docs;
use crate::normalise::snake;

/// The methods that an edit has by hand, and those that all values have.
const RESERVED: [&str; 16] = [
    "checked",
    "clone",
    "clone_into",
    "default",
    "finish",
    "into",
    "note",
    "preview",
    "put",
    "refusal",
    "request",
    "send",
    "settings",
    "start",
    "to_owned",
    "with",
];

/// How the names begin that setters are made with.
const BEGINNINGS: [&str; 4] = ["add_to_", "clear_", "maybe_", "remove_"];

/// The properties with names for their methods. A name that could not be given is noted.
pub(super) fn given(type_name: &str, properties: Vec<Property>, notes: &mut Vec<String>) -> Vec<Named> {
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
    let mut properties = properties;
    // What the overlay names goes first, and what looks like a method of another property last.
    properties.sort_by_cached_key(|property| {
        let is_named = property.setter.is_some() || property.item.is_some();
        let is_odd = BEGINNINGS.iter().any(|beginning| property.field.starts_with(beginning));
        (!is_named, is_odd, property.field.clone())
    });
    let name = |property: Property| {
        let methods = claim(&property, &mut taken, |why| {
            notes.push(format!(
                "the setter of {} in `{type_name}` is {why}",
                docs::code(&property.wire)
            ));
        });
        Named { property, methods }
    };
    let mut named: Vec<Named> = properties.into_iter().map(name).collect();
    named.sort_by(|one, other| one.property.field.cmp(&other.property.field));
    named
}

/// The first names that are all free.
fn claim(property: &Property, taken: &mut BTreeSet<String>, mut note: impl FnMut(String)) -> Vec<String> {
    let own = property.field.as_str();
    let wanted = (property.setter.as_deref().unwrap_or(own), property.item.as_deref());
    let others = [(own.to_owned(), None), (format!("{own}_setting"), None)].into_iter();
    let numbered = (2..).map(|number| (format!("{own}_setting{number}"), None));
    let first = (wanted.0.to_owned(), wanted.1);
    for (at, (base, item)) in std::iter::once(first).chain(others).chain(numbered).enumerate() {
        let methods = methods(&property.form, &base, item);
        let unique: BTreeSet<&String> = methods.iter().collect();
        if unique.len() == methods.len() && !methods.iter().any(|method| taken.contains(method)) {
            if at > 0 {
                note(format!(
                    "`{}`: a name that it would have is taken",
                    methods.first().map_or("", String::as_str)
                ));
            }
            taken.extend(methods.iter().cloned());
            return methods;
        }
    }
    Vec::new()
}

/// The names in the order of the macro.
fn methods(form: &Form, base: &str, item: Option<&str>) -> Vec<String> {
    // Alone a name may be a keyword; behind another word it is none.
    let base = snake(base);
    let word = base.trim_end_matches('_');
    let item = item.map(snake);
    let entry = item.clone().unwrap_or_else(|| format!("{word}_entry"));
    let entry_word = entry.trim_end_matches('_').to_owned();
    let prefixed = |prefix: &str, word: &str| format!("{prefix}_{word}");
    let (maybe, clear) = (prefixed("maybe", word), prefixed("clear", word));
    let (remove_entry, clear_entry) = (prefixed("remove", &entry_word), prefixed("clear", &entry_word));
    match form {
        Form::Value(_) | Form::List(_, false) => vec![base, maybe, clear],
        Form::List(_, true) => {
            let (add, remove) = match item {
                Some(_) => (entry, remove_entry),
                None => (prefixed("add_to", word), prefixed("remove_from", word)),
            };
            vec![base, maybe, clear, add, remove]
        }
        Form::Object(_) => vec![base, clear],
        Form::Map(..) => vec![entry, remove_entry, clear_entry, clear],
        Form::Values(..) | Form::Lists(..) => {
            let maybe = prefixed("maybe", &entry_word);
            vec![entry, maybe, remove_entry, clear_entry, clear]
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::RESERVED;

    /// The methods by hand, as the code has them.
    #[test]
    fn no_setter_takes_the_name_of_a_method_by_hand() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk/kisi/src");
        let mut methods = BTreeSet::new();
        for file in ["edit/mod.rs", "operations/update.rs"] {
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            for item in syn::parse_file(&text).unwrap().items {
                if let syn::Item::Impl(item) = item
                    && item.trait_.is_none()
                    && let syn::Type::Path(ty) = &*item.self_ty
                    && ty.path.is_ident("Edit") | ty.path.segments.iter().any(|segment| segment.ident == "Edit")
                {
                    methods.extend(item.items.iter().filter_map(|item| match item {
                        syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                        _ => None,
                    }));
                }
            }
        }
        assert!(methods.contains("with") && methods.contains("send"));
        let free: Vec<_> = methods
            .iter()
            .filter(|method| !RESERVED.contains(&method.as_str()))
            .collect();
        assert_eq!(free, Vec::<&String>::new());
    }
}
