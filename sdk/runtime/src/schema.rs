use schemars::Schema;

/// Takes `required` out of an object's JSON Schema: the API may leave out any property. Generated types name it.
pub fn optional_properties(schema: &mut Schema) {
    schema.remove("required");
}

impl schemars::JsonSchema for crate::Extra {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Extra".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": true })
    }
}
