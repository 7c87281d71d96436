use std::path::Path;

use super::{Setters, file, of};
use crate::api::Api;
use crate::document::Document;
use crate::generate::header::Header;
use crate::normalise::{Options, normalise};

const RULES: &str = r#"
    ids = { format = "RUUID", names = ["*Uuid", "*Uuids", "*UuidMap"] }
    settings = { roots = ["Settings"] }
    units = { s = ["*Seconds", "*Secs"], instants = ["*Timestamp*"] }
"#;

fn setters() -> Setters {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/settings.yaml");
    let api = Api::parse("api.toml".as_ref(), RULES).unwrap();
    let options = Options {
        api: api.clone(),
        ..Options::default()
    };
    of(&normalise(&Document::load(path).unwrap(), &options).unwrap(), &api)
}

/// A line for each property, of every kind; `tests/setters.rs` has them compiled and run.
#[test]
fn every_kind_of_property_has_its_setters() {
    let header = Header {
        inputs: "settings.yaml".to_owned(),
        fingerprint: "0".to_owned(),
    };
    let setters = setters();
    insta::assert_snapshot!(file(&header, &setters).unwrap());
    insta::assert_snapshot!(setters.notes.join("\n"), @r"
    the x-unit of `tally` in `Settings` is `h`, which is none of `s`, `ms` or `none`
    the x-key of `tally` in `Settings` is `text`, which is none of `int32`
    the setter of `with` in `Settings` is `with_setting`: a name that it would have is taken
    the setter of `clearArmed` in `Settings` is `clear_armed_setting`: a name that it would have is taken
    ");
}

#[test]
fn no_two_methods_have_one_name() {
    for ty in setters().types {
        let methods: Vec<&String> = ty.properties.iter().flat_map(|named| &named.methods).collect();
        let unique: std::collections::BTreeSet<_> = methods.iter().collect();
        assert_eq!(methods.len(), unique.len(), "{}", ty.name);
    }
}
