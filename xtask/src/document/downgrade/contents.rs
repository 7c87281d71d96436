//! `contentEncoding` and `contentMediaType` are the formats `byte` and `binary` in 3.0.

use serde_json::{Map, Value};

use crate::document::{Warning, pointer};

pub(super) fn lower(schema: &mut Map<String, Value>, place: &str, warnings: &mut Vec<Warning>) {
    let encoding = schema.remove("contentEncoding");
    let media_type = schema.remove("contentMediaType");
    let mut left_out = |key: &str, value: &Value| {
        let message = format!("left out: OpenAPI 3.0 cannot express {key} {value}");
        warnings.push(Warning::new(pointer::child(place, key), message));
    };
    let format = match (&encoding, &media_type) {
        (None, None) => return,
        (Some(encoding), _)
            if encoding
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case("base64")) =>
        {
            "byte"
        }
        (None, Some(media_type)) if media_type == "application/octet-stream" => "binary",
        _ => {
            if let Some(encoding) = &encoding {
                left_out("contentEncoding", encoding);
            }
            if let Some(media_type) = &media_type {
                left_out("contentMediaType", media_type);
            }
            return;
        }
    };
    if let (Some(_), Some(media_type)) = (&encoding, media_type.filter(|name| name != "application/octet-stream")) {
        left_out("contentMediaType", &media_type);
    }
    schema.entry("type").or_insert_with(|| "string".into());
    schema.entry("format").or_insert_with(|| format.into());
}
