use serde_json::json;

use super::*;

fn lowered(version: &str, schema: &Value) -> (Value, Vec<String>) {
    let root = json!({"openapi": version, "components": {"schemas": {"A": schema}}});
    let document = Document {
        file: "a.json".into(),
        root,
    };
    let lowered = to_3_0(&document).unwrap();
    let warnings = lowered.warnings.iter().map(ToString::to_string).collect();
    (lowered.root["components"]["schemas"]["A"].clone(), warnings)
}

#[track_caller]
fn check(schema: Value, expected: Value) {
    let (found, warnings) = lowered("3.1.0", &schema);
    assert_eq!(found, expected);
    assert_eq!(warnings, <[&str; 0]>::default(), "{schema}");
    // What came out says the same once more.
    assert_eq!(lowered("3.0.3", &found), (found, vec![]));
}

#[track_caller]
fn check_warned(schema: Value, expected: Value, warning: &str) {
    let (found, warnings) = lowered("3.1.0", &schema);
    assert_eq!(found, expected);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains(warning), "{warnings:?}");
}

#[test]
fn null_among_the_types_is_nullable() {
    check(
        json!({"type": ["string", "null"], "format": "uuid"}),
        json!({"type": "string", "format": "uuid", "nullable": true}),
    );
    check(json!({"type": ["string"]}), json!({"type": "string"}));
    check(json!({"type": "null"}), json!({"enum": [null], "nullable": true}));
    check(json!({"type": ["null"]}), json!({"enum": [null], "nullable": true}));
    check_warned(json!({"type": []}), json!({}), "#/components/schemas/A/type: left out");
}

#[test]
fn several_types_are_branches_each_with_its_own_keywords() {
    check(
        json!({"type": ["string", "integer", "null"], "minLength": 1, "maximum": 7, "deprecated": true}),
        json!({
            "anyOf": [{"type": "integer", "maximum": 7}, {"type": "string", "minLength": 1}],
            "deprecated": true, "nullable": true
        }),
    );
    check(
        json!({"type": ["array", "boolean"], "items": {"type": ["string", "null"]}}),
        json!({"anyOf": [{"type": "array", "items": {"type": "string", "nullable": true}}, {"type": "boolean"}]}),
    );
}

#[test]
fn an_array_has_items() {
    check(json!({"type": "array"}), json!({"type": "array", "items": {}}));
}

#[test]
fn a_constant_is_an_enum_of_one() {
    check(json!({"const": "KISI"}), json!({"enum": ["KISI"]}));
    check(
        json!({"properties": {"const": {"const": 1}}}),
        json!({"properties": {"const": {"enum": [1]}}}),
    );
}

#[test]
fn the_first_example_is_the_example() {
    check(json!({"examples": [1, 2]}), json!({"example": 1}));
    check(json!({"example": 0, "examples": [1, 2]}), json!({"example": 0}));
    check(
        json!({"properties": {"examples": {"type": "string"}}}),
        json!({"properties": {"examples": {"type": "string"}}}),
    );
}

#[test]
fn siblings_of_a_reference_count_since_3_1() {
    check(
        json!({"$ref": "#/components/schemas/B", "description": "A b"}),
        json!({"$ref": "#/components/schemas/B"}),
    );
    check(
        json!({"$ref": "#/components/schemas/B", "deprecated": true}),
        json!({"allOf": [{"$ref": "#/components/schemas/B"}], "deprecated": true}),
    );
    let in_3_0 = json!({"$ref": "#/components/schemas/B", "deprecated": true});
    assert_eq!(lowered("3.0.3", &in_3_0), (in_3_0, vec![]));
}

#[test]
fn of_two_bounds_the_stricter_counts() {
    check(
        json!({"exclusiveMinimum": 1}),
        json!({"minimum": 1, "exclusiveMinimum": true}),
    );
    check(json!({"exclusiveMinimum": 1, "minimum": 5}), json!({"minimum": 5}));
    check(
        json!({"exclusiveMaximum": 4.5, "maximum": 5}),
        json!({"maximum": 4.5, "exclusiveMaximum": true}),
    );
    check(
        json!({"exclusiveMaximum": true, "maximum": 5}),
        json!({"maximum": 5, "exclusiveMaximum": true}),
    );
}

#[test]
fn a_tuple_is_an_array_of_all_its_kinds() {
    check_warned(
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}),
        json!({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "maxItems": 2}),
        "#/components/schemas/A/prefixItems: ",
    );
    check_warned(
        json!({"type": "array", "prefixItems": [{"type": "string"}]}),
        json!({"type": "array", "items": {}}),
        "the order is lost",
    );
}

#[test]
fn a_branch_of_null_makes_the_whole_nullable() {
    check(
        json!({"anyOf": [{"$ref": "#/components/schemas/B"}, {"type": "null"}]}),
        json!({"allOf": [{"$ref": "#/components/schemas/B"}], "nullable": true}),
    );
    check(
        json!({"title": "Name", "oneOf": [{"type": "null"}, {"type": "string", "maxLength": 3}]}),
        json!({"title": "Name", "type": "string", "maxLength": 3, "nullable": true}),
    );
    check(
        json!({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}),
        json!({"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}),
    );
    check(
        json!({"anyOf": [{"type": "null"}]}),
        json!({"enum": [null], "nullable": true}),
    );
    check(
        json!({"anyOf": [{"type": "string"}]}),
        json!({"anyOf": [{"type": "string"}]}),
    );
}

#[test]
fn encoded_contents_are_formats() {
    check(
        json!({"type": "string", "contentEncoding": "base64"}),
        json!({"type": "string", "format": "byte"}),
    );
    check(
        json!({"contentMediaType": "application/octet-stream"}),
        json!({"type": "string", "format": "binary"}),
    );
    check_warned(
        json!({"type": "string", "contentMediaType": "image/png"}),
        json!({"type": "string"}),
        "#/components/schemas/A/contentMediaType: left out",
    );
    check_warned(
        json!({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}),
        json!({"type": "string", "format": "byte"}),
        "image/png",
    );
}

#[test]
fn an_empty_list_says_nothing() {
    check(
        json!({"allOf": [], "required": [], "type": "object"}),
        json!({"type": "object"}),
    );
    check_warned(json!({"enum": []}), json!({}), "#/components/schemas/A/enum: left out");
}

#[test]
fn boolean_schemas_are_objects() {
    check(
        json!({"properties": {"a": true, "b": false}}),
        json!({"properties": {"a": {}, "b": {"not": {}}}}),
    );
    check(
        json!({"additionalProperties": false}),
        json!({"additionalProperties": false}),
    );
}

#[test]
fn what_has_no_rule_is_left_out_by_name() {
    check_warned(
        json!({"type": "object", "if": {"required": ["a"]}}),
        json!({"type": "object"}),
        "#/components/schemas/A/if: left out: OpenAPI 3.0 cannot express `if`",
    );
    check_warned(
        json!({"patternProperties": {"^d": {"type": "string"}}}),
        json!({"additionalProperties": {"type": "string"}}),
        "now `additionalProperties`",
    );
    check(
        json!({"$comment": "x", "$id": "urn:a", "type": "string"}),
        json!({"$comment": "x", "type": "string"}),
    );
}

#[test]
fn definitions_move_to_the_components() {
    let root = json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "paths": {},
        "components": {"schemas": {
            "A": {
                "$defs": {"B": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A/$defs/B"}}}},
                "properties": {"b": {"$ref": "#/components/schemas/A/$defs/B"}, "c": {"$ref": "#/components/schemas/A/properties/d"}, "d": {"type": "string"}}
            },
            "B": {"type": "integer"}
        }}
    });
    let lowered = to_3_0(&Document {
        file: "a.json".into(),
        root,
    })
    .unwrap();
    assert_eq!(
        lowered.root["components"]["schemas"],
        json!({
            "A": {"properties": {
                "b": {"$ref": "#/components/schemas/B_2"},
                "c": {"$ref": "#/components/schemas/A_properties_d"},
                "d": {"type": "string"}
            }},
            "A_properties_d": {"type": "string"},
            "B": {"type": "integer"},
            "B_2": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/B_2"}}}
        })
    );
    assert_eq!(lowered.warnings.len(), 2);
}

#[test]
fn path_items_are_copied_and_later_methods_left_out() {
    let root = json!({
        "openapi": "3.2.0",
        "info": {"title": "A", "version": "1", "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": {
            "/a": {"$ref": "#/components/pathItems/Shared"},
            "/b": {
                "query": {"operationId": "find"},
                "additionalOperations": {"COPY": {"operationId": "copy"}},
                "get": {"operationId": "get"}
            }
        },
        "webhooks": {"door": {"post": {}}},
        "components": {"pathItems": {"Shared": {"post": {"operationId": "shared"}}}}
    });
    let lowered = to_3_0(&Document {
        file: "a.json".into(),
        root,
    })
    .unwrap();
    assert_eq!(
        lowered.root["paths"],
        json!({"/a": {"post": {"operationId": "shared"}}, "/b": {"get": {"operationId": "get"}}})
    );
    assert_eq!(lowered.root["openapi"], "3.0.3");
    assert_eq!(lowered.left_out.keys().collect::<Vec<_>>(), ["copy", "find"]);
    let warnings: Vec<_> = lowered.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(warnings.join("\n"));
}

#[test]
fn a_rule_does_not_nest_without_bound() {
    let mut schema = json!({"type": "string"});
    for _ in 0..MAX_DEPTH / 2 {
        schema = json!({"anyOf": [schema, {"$ref": "#/components/schemas/A", "deprecated": true}]});
        schema = json!({"type": ["array", "string"], "items": schema});
    }
    let root = json!({"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"A": schema}}});
    let error = to_3_0(&Document {
        file: "a.json".into(),
        root,
    })
    .unwrap_err()
    .to_string();
    assert!(error.starts_with("a.json#/components/schemas/A/"), "{error}");
    assert!(
        error.ends_with("nested deeper than 120 levels once written as OpenAPI 3.0.3"),
        "{error}"
    );
}
