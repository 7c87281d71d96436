//! What counts as what: every rule of the table, on documents that differ in one thing.
#![allow(clippy::unwrap_used, reason = "a test has to stop where its own documents are wrong")]

mod support;

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};
use support::{doors, fixture};
use xtask::api::Api;
use xtask::diff::rules::{RULES, table};
use xtask::diff::{Bump, Class, Report, Selection, diff, diff_by};
use xtask::document::Document;

/// The document after `edit`.
fn edited(edit: impl FnOnce(&mut Value)) -> Document {
    let mut document = doors();
    edit(&mut document.root);
    document
}

fn compared(edit: impl FnOnce(&mut Value)) -> Report {
    by_rules(&doors(), &edited(edit))
}

/// Compared by the rules of the vendor's API.
fn by_rules(old: &Document, new: &Document) -> Report {
    let rules = include_str!("../../spec/api.toml");
    let api = Api::parse("api.toml".as_ref(), rules).unwrap();
    diff_by(old, new, &Selection::All, &api).unwrap()
}

/// `class direction rule #pointer`, one a line.
fn lines(report: &Report) -> Vec<String> {
    let line = |change: &xtask::diff::Change| {
        let direction = change.direction.map_or("-", xtask::diff::Direction::name);
        format!("{} {direction} {} #{}", change.class, change.rule, change.pointer)
    };
    report.changes.iter().map(line).collect()
}

const OPEN: &str = "/paths/~1api~1doors~1openDoor/post";

fn schema<'a>(root: &'a mut Value, name: &str) -> &'a mut Value {
    &mut root["components"]["schemas"][name]
}

fn open(root: &mut Value) -> &mut Value {
    root.pointer_mut(OPEN).unwrap()
}

fn parameter(name: &str, required: bool) -> Value {
    json!({"in": "query", "name": name, "required": required, "schema": {"type": "string"}})
}

fn found(root: &mut Value) -> &mut Value {
    &mut root["paths"]["/api/doors/findDoorsV2"]["post"]["responses"]
}

fn binary() -> Value {
    json!({"type": "string", "format": "binary"})
}

/// An error with a type.
fn problem() -> Value {
    let schema = json!({"type": "object", "properties": {"why": {"type": "string"}}});
    json!({"description": "d", "content": {"application/json": {"schema": schema}}})
}

/// What a document is made into.
type Edit = fn(&mut Value);

/// Edits and what they amount to. Where there are two edits, both documents are edited.
const CASES: &[(Edit, Edit, &[&str])] = &[
    (
        same,
        |root| root["paths"]["/new"] = json!({"post": {"operationId": "new"}}),
        &["additive - operation-added #/paths/~1new/post"],
    ),
    (
        same,
        |root| {
            root["paths"].as_object_mut().unwrap().remove("/api/doors/openDoor");
        },
        &["breaking - operation-removed #/paths/~1api~1doors~1openDoor/post"],
    ),
    (
        same,
        |root| open(root)["operationId"] = json!("unlatch"),
        &["breaking - operation-renamed #/paths/~1api~1doors~1openDoor/post"],
    ),
    (
        same,
        |root| {
            let item = root["paths"]
                .as_object_mut()
                .unwrap()
                .remove("/api/doors/openDoor")
                .unwrap();
            root["paths"]["/v2"] = item;
        },
        &["breaking - operation-moved #/paths/~1v2/post"],
    ),
    (
        same,
        |root| root["paths"]["/api/doors/findDoors"]["post"]["deprecated"] = json!(true),
        &["additive - operation-deprecated #/paths/~1api~1doors~1findDoors/post"],
    ),
    (
        same,
        |root| {
            open(root).as_object_mut().unwrap().remove("deprecated");
        },
        &["additive - operation-undeprecated #/paths/~1api~1doors~1openDoor/post"],
    ),
    (
        same,
        |root| open(root)["security"] = json!([{"Key": []}]),
        &["breaking request security-changed #/paths/~1api~1doors~1openDoor/post"],
    ),
    (
        same,
        |root| root["servers"] = json!([]),
        &["additive - servers-changed #/servers"],
    ),
    (
        same,
        |root| root["info"]["version"] = json!("8"),
        &["documentation - version-changed #/info/version"],
    ),
    (
        same,
        |root| open(root)["parameters"] = json!([parameter("a", true), parameter("b", false)]),
        &[
            "breaking - signature-changed #/paths/~1api~1doors~1openDoor/post",
            "breaking request required-parameter-added #/paths/~1api~1doors~1openDoor/post/parameters/0",
            "additive request parameter-added #/paths/~1api~1doors~1openDoor/post/parameters/1",
        ],
    ),
    (
        |root| open(root)["parameters"] = json!([parameter("a", false)]),
        same,
        &[
            "breaking - signature-changed #/paths/~1api~1doors~1openDoor/post",
            "breaking request parameter-removed #/paths/~1api~1doors~1openDoor/post/parameters/0",
        ],
    ),
    (
        |root| open(root)["parameters"] = json!([parameter("a", false), parameter("b", true)]),
        |root| {
            open(root)["parameters"] = json!([parameter("a", true), parameter("b", false)]);
            open(root)["parameters"][1]["style"] = json!("spaceDelimited");
        },
        &[
            "breaking - signature-changed #/paths/~1api~1doors~1openDoor/post",
            "breaking request became-required #/paths/~1api~1doors~1openDoor/post/parameters/0",
            "breaking request parameter-style-changed #/paths/~1api~1doors~1openDoor/post/parameters/1",
            "additive request became-optional #/paths/~1api~1doors~1openDoor/post/parameters/1",
        ],
    ),
    // A method that returned a stream returns a type, although the stream is offered as before.
    (
        |root| found(root)["200"] = json!({"description": "d", "content": {"application/zip": {"schema": binary()}}}),
        |root| {
            found(root)["200"] = json!({"description": "d", "content": {
                "application/zip": {"schema": binary()},
                "application/json": {"schema": {"$ref": "#/components/schemas/Tree"}},
            }});
        },
        &[
            "breaking - signature-changed #/paths/~1api~1doors~1findDoorsV2/post",
            "additive response content-type-added #/paths/~1api~1doors~1findDoorsV2/post/responses/200/content/application~1json",
        ],
    ),
    (
        |root| found(root)["404"] = problem(),
        |_| {},
        &[
            "breaking response error-type-removed #/paths/~1api~1doors~1findDoorsV2/post",
            "additive response failure-status-removed #/paths/~1api~1doors~1findDoorsV2/post/responses/404",
        ],
    ),
    // The vendor once made this length an enumeration: nothing that a user of the SDK sees.
    (
        same,
        |root| root["components"]["parameters"]["Scheme"]["schema"] = json!({"type": "string", "enum": ["api-token"]}),
        &["documentation request transport-parameter-changed #/components/parameters/Scheme"],
    ),
    (
        same,
        |root| root["paths"]["/api/doors/findDoorsV2"]["post"]["requestBody"] = json!({"content": {}}),
        &["additive request body-added #/paths/~1api~1doors~1findDoorsV2/post/requestBody"],
    ),
    (
        same,
        |root| {
            root["paths"]["/api/doors/findDoorsV2"]["post"]["requestBody"] = json!({"content": {}, "required": true})
        },
        &["breaking request required-body-added #/paths/~1api~1doors~1findDoorsV2/post/requestBody"],
    ),
    (
        same,
        |root| {
            open(root).as_object_mut().unwrap().remove("requestBody");
        },
        &[
            "breaking request body-removed #/components/requestBodies/Open",
            "breaking - signature-changed #/paths/~1api~1doors~1openDoor/post",
        ],
    ),
    (
        same,
        |root| root["components"]["requestBodies"]["Open"]["content"]["text/plain"] = json!({}),
        &["additive request content-type-added #/components/requestBodies/Open/content/text~1plain"],
    ),
    (
        |root| root["components"]["requestBodies"]["Open"]["content"]["text/plain"] = json!({}),
        same,
        &["breaking request content-type-removed #/components/requestBodies/Open/content/text~1plain"],
    ),
    (
        same,
        |root| {
            open(root)["responses"]["202"] = json!({"description": ""});
            open(root)["responses"]["404"] = json!({"description": ""});
        },
        &[
            "breaking response success-status-added #/paths/~1api~1doors~1openDoor/post/responses/202",
            "additive response failure-status-added #/paths/~1api~1doors~1openDoor/post/responses/404",
        ],
    ),
    (
        |root| {
            open(root)["responses"]["202"] = json!({"description": ""});
            open(root)["responses"]["404"] = json!({"description": ""});
        },
        same,
        &[
            "breaking response success-status-removed #/paths/~1api~1doors~1openDoor/post/responses/202",
            "additive response failure-status-removed #/paths/~1api~1doors~1openDoor/post/responses/404",
        ],
    ),
    (
        same,
        |root| open(root)["responses"]["200"]["headers"] = json!({"x-new": {"schema": {"type": "string"}}}),
        &[
            "breaking response header-removed #/paths/~1api~1doors~1openDoor/post/responses/200/headers/x-remaining",
            "additive response header-added #/paths/~1api~1doors~1openDoor/post/responses/200/headers/x-new",
        ],
    ),
    (
        same,
        |root| {
            schema(root, "Door_OpenDoorWSRequest")["properties"]["force"] = json!({"type": "boolean"});
            schema(root, "BaseResponse")["properties"]["warningMsg"] = json!({"type": "string"});
        },
        &[
            "additive response property-added #/components/schemas/BaseResponse/properties/warningMsg",
            // Its `allOf` has it too: there the property belongs to the response that refers to it.
            "additive request property-added #/components/schemas/Door_OpenDoorWSRequest/properties/force",
        ],
    ),
    (
        same,
        |root| {
            let request = schema(root, "Door_OpenDoorWSRequest");
            request["properties"]["force"] = json!({"type": "boolean"});
            request["required"] = json!(["uuid", "force"]);
        },
        &[
            "breaking request required-property-added #/components/schemas/Door_OpenDoorWSRequest/properties/force",
            "additive request became-optional #/components/schemas/Door_OpenDoorWSRequest/properties/description",
        ],
    ),
    (
        same,
        |root| schema(root, "Tree")["required"] = json!(["children"]),
        &["additive response became-required #/components/schemas/Tree/properties/children"],
    ),
    (
        same,
        |root| schema(root, "Door_FindDoorsWSRequest")["required"] = json!(["limit"]),
        &["breaking request became-required #/components/schemas/Door_FindDoorsWSRequest/properties/limit"],
    ),
    (
        same,
        |root| {
            schema(root, "WoodDoor")["properties"]
                .as_object_mut()
                .unwrap()
                .remove("wood");
        },
        &["breaking response property-removed #/components/schemas/WoodDoor/properties/wood"],
    ),
    (
        same,
        |root| {
            schema(root, "WoodDoor")["properties"]["wood"]["nullable"] = json!(true);
            schema(root, "Door_OpenDoorWSRequest")["properties"]["uuid"]["nullable"] = json!(true);
        },
        &[
            "additive request became-nullable #/components/schemas/Door_OpenDoorWSRequest/properties/uuid",
            "additive response became-nullable #/components/schemas/WoodDoor/properties/wood",
        ],
    ),
    // A component that goes both ways is reported for both, each by its own rule.
    (
        same,
        |root| schema(root, "DoorEnum")["nullable"] = json!(false),
        &[
            "breaking request became-non-nullable #/components/schemas/DoorEnum",
            "additive response became-non-nullable #/components/schemas/DoorEnum",
        ],
    ),
    (
        same,
        |root| {
            schema(root, "WoodDoor")["properties"]["wood"]["type"] = json!("integer");
            let request = schema(root, "Door_OpenDoorWSRequest");
            request["properties"]["description"]["format"] = json!("date");
            // What is an id by its name is one whatever its format.
            request["properties"]["uuid"]["format"] = json!("uuid");
        },
        &[
            "breaking request format-changed #/components/schemas/Door_OpenDoorWSRequest/properties/description/format",
            "breaking response type-changed #/components/schemas/WoodDoor/properties/wood/type",
        ],
    ),
    (
        same,
        |root| {
            let tree = schema(root, "Tree").clone();
            *schema(root, "Bush") = tree;
            schema(root, "Door_FindDoorsWSResponse")["properties"]["tree"] =
                json!({"$ref": "#/components/schemas/Bush"});
        },
        &["breaking response type-renamed #/components/schemas/Bush"],
    ),
    (
        same,
        |root| {
            schema(root, "WoodDoor")["properties"]["wood"]["enum"] = json!(["OAK"]);
            schema(root, "Door_FindDoorsWSRequest")["properties"]["kind"] = json!({"type": "string", "nullable": true});
        },
        &[
            "breaking request enum-removed #/components/schemas/Door_FindDoorsWSRequest/properties/kind",
            "breaking response enum-added #/components/schemas/WoodDoor/properties/wood/enum",
        ],
    ),
    (
        same,
        |root| schema(root, "DoorEnum")["enum"] = json!(["WOOD", "STEEL", "REVOLVING"]),
        &[
            "breaking request enum-value-removed #/components/schemas/DoorEnum/enum",
            "breaking response enum-value-removed #/components/schemas/DoorEnum/enum",
            "additive request enum-value-added #/components/schemas/DoorEnum/enum",
            "additive response enum-value-added #/components/schemas/DoorEnum/enum",
        ],
    ),
    (
        same,
        |root| {
            schema(root, "IDoorType")["oneOf"] =
                json!([{"$ref": "#/components/schemas/GlassDoor"}, {"$ref": "#/components/schemas/Tree"}])
        },
        &[
            "breaking response union-variant-removed #/components/schemas/IDoorType/oneOf/0",
            "additive response union-variant-added #/components/schemas/IDoorType/oneOf/1",
        ],
    ),
    (
        same,
        |root| schema(root, "IDoorType")["discriminator"]["propertyName"] = json!("sort"),
        &["breaking response discriminator-changed #/components/schemas/IDoorType/discriminator"],
    ),
    (
        same,
        |root| {
            schema(root, "Door_FindDoorsWSResponse")["properties"]["byName"]
                .as_object_mut()
                .unwrap()
                .remove("additionalProperties");
        },
        &[
            "breaking response additional-properties-changed #/components/schemas/Door_FindDoorsWSResponse/properties/byName",
        ],
    ),
    (
        same,
        |root| {
            let limit = &mut schema(root, "Door_FindDoorsWSRequest")["properties"]["limit"];
            limit["minimum"] = json!(2);
            limit["maximum"] = json!(200);
            limit["default"] = json!(20);
            schema(root, "WoodDoor")["properties"]["wood"]["pattern"] = json!("^O");
        },
        &[
            "breaking request constraint-tightened #/components/schemas/Door_FindDoorsWSRequest/properties/limit/minimum",
            "additive request default-changed #/components/schemas/Door_FindDoorsWSRequest/properties/limit/default",
            "additive request constraint-loosened #/components/schemas/Door_FindDoorsWSRequest/properties/limit/maximum",
            "additive response constraint-tightened #/components/schemas/WoodDoor/properties/wood/pattern",
        ],
    ),
    (
        same,
        |root| {
            schema(root, "WoodDoor")["properties"]["wood"] =
                json!({"type": "string", "readOnly": true, "deprecated": true});
        },
        &[
            "additive response access-changed #/components/schemas/WoodDoor/properties/wood",
            "additive response schema-deprecated #/components/schemas/WoodDoor/properties/wood",
        ],
    ),
    (
        same,
        |root| {
            open(root)["summary"] = json!("Other words");
            schema(root, "WoodDoor")["description"] = json!("Other words");
        },
        &[
            "documentation response prose-changed #/components/schemas/WoodDoor/description",
            "documentation - prose-changed #/paths/~1api~1doors~1openDoor/post/summary",
        ],
    ),
    (
        same,
        |root| schema(root, "WoodDoor")["properties"]["Kind"] = json!({"type": "string"}),
        &[
            "breaking - name-changed #/components/schemas/WoodDoor/properties/kind",
            "additive response property-added #/components/schemas/WoodDoor/properties/Kind",
        ],
    ),
    // Said another way, it is the same.
    (
        same,
        |root| {
            schema(root, "WoodDoor")["properties"]["kind"] =
                json!({"allOf": [{"$ref": "#/components/schemas/DoorEnum"}], "nullable": true});
            let wood = schema(root, "WoodDoor").clone();
            *schema(root, "WoodDoor") = json!({"allOf": [{"type": "object"}, {"properties": wood["properties"]}]});
        },
        &[],
    ),
];

fn same(_: &mut Value) {}

#[test]
fn each_change_is_of_the_class_that_the_table_gives_it() {
    let mut wrong = Vec::new();
    for (number, (before, after, expected)) in CASES.iter().enumerate() {
        let report = by_rules(&edited(before), &edited(after));
        if lines(&report) != *expected {
            wrong.push(format!("{number}: {:#?}, not {expected:#?}", lines(&report)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_of_the_table_has_a_case() {
    let tested: BTreeSet<_> = CASES
        .iter()
        .flat_map(|(.., lines)| *lines)
        .filter_map(|line| line.split(' ').nth(2))
        .collect();
    let rules: BTreeSet<_> = RULES.iter().map(|row| row.name).collect();
    assert_eq!(tested, rules);
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let report = compared(|_| {});
    assert_eq!((report.class(), report.bump()), (None, Bump::None));
    assert_eq!(report.to_text().lines().last(), Some("nothing changed"));
}

fn several(root: &mut Value) {
    schema(root, "DoorEnum")["enum"] = json!(["WOOD", "GLASS", "REVOLVING", "STEEL"]);
    schema(root, "WoodDoor")["properties"] = json!({"kind": {"$ref": "#/components/schemas/DoorEnum"}});
    open(root)["summary"] = json!("Other words");
    root["paths"]["/api/doors/closeDoor"] = json!({"post": {"operationId": "closeDoor"}});
}

#[test]
fn the_report_for_people() {
    insta::assert_snapshot!(compared(several).to_text());
}

#[test]
fn the_report_for_programs() {
    insta::assert_snapshot!(format!("{:#}", compared(several).to_json()));
}

#[test]
fn only_the_selected_operations_count() {
    let selection = Selection::only(["openDoor"]);
    let report = diff(&doors(), &edited(several), &selection).unwrap();
    assert_eq!(
        lines(&report),
        ["documentation - prose-changed #/paths/~1api~1doors~1openDoor/post/summary"]
    );
    assert_eq!(
        (report.class(), report.bump()),
        (Some(Class::Documentation), Bump::None)
    );

    let unknown = diff(&doors(), &edited(several), &Selection::only(["closeDoors"])).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "doors.yaml#/paths: neither document has an operation \"closeDoors\"; the nearest are \"closeDoor\", \"openDoor\""
    );
}

#[test]
fn schemas_that_recurse_in_different_ways_come_to_an_end() {
    let report = compared(|root| {
        schema(root, "Tree")["properties"]["children"]["items"] = json!({"type": "object", "properties": {
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            "example": {"type": "string"}
        }});
    });
    assert_eq!(report.class(), Some(Class::Breaking), "{}", report.to_text());
}

/// A chain of references, each in a property of the one before, is as long as the document.
#[test]
fn a_long_chain_of_references_does_not_overflow_the_stack() {
    let chain = |last: Value| {
        edited(|root| {
            let next = |number: usize| json!({"$ref": format!("#/components/schemas/Link{number}")});
            for number in 0..5_000 {
                *schema(root, &format!("Link{number}")) =
                    json!({"type": "object", "properties": {"next": next(number + 1)}});
                *schema(root, &format!("Part{number}")) =
                    json!({"allOf": [{"$ref": format!("#/components/schemas/Part{}", number + 1)}]});
            }
            *schema(root, "Link5000") = last;
            *schema(root, "Part5000") = json!({"type": "object"});
            schema(root, "WoodDoor")["properties"]["chain"] = next(0);
            schema(root, "WoodDoor")["properties"]["parts"] = json!({"$ref": "#/components/schemas/Part0"});
        })
    };
    let report = diff(
        &chain(json!({"type": "string"})),
        &chain(json!({"type": "integer"})),
        &Selection::All,
    )
    .unwrap();
    assert_eq!(
        lines(&report),
        ["breaking response type-changed #/components/schemas/Link5000/type"]
    );
}

#[test]
fn the_exit_status_says_what_the_changes_amount_to() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    std::fs::write(&old, doors().root.to_string()).unwrap();
    let status = |edit: Edit, args: &[&str]| {
        let new = folder.path().join("new.json");
        std::fs::write(&new, edited(edit).root.to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg("diff")
            .args([&old, &new])
            .args(args)
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(status(same, &[]), Some(0));
    assert_eq!(status(|root| open(root)["summary"] = json!("Other"), &[]), Some(0));
    assert_eq!(
        status(|root| root["servers"] = json!([]), &["--format", "json"]),
        Some(1)
    );
    assert_eq!(status(several, &[]), Some(2));
    assert_eq!(status(several, &["--operations", "openDoor,findDoorsV2"]), Some(0));
    assert_eq!(status(|root| root["openapi"] = json!("2.0"), &[]), Some(3));
    assert_eq!(status(same, &["--operations", "nothing"]), Some(3));
    assert_eq!(status(same, &["--formt"]), Some(3));
}

#[test]
fn the_command_shows_the_table_and_reads_yaml() {
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("diff")
            .args(args)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(run(&["--rules"]), (Some(0), table()));
    assert_eq!(table().lines().count(), RULES.len() + 2);
    let doors = fixture("doors.yaml").display().to_string();
    let (status, shown) = run(&[&doors, &doors, "--format", "json"]);
    assert_eq!(status, Some(0));
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap()["bump"], "none");
}

fn parsed(text: &str) -> Document {
    Document::parse("a.yaml", text).unwrap()
}

/// A document whose one operation has these responses.
fn responding(responses: &str) -> Document {
    parsed(&format!(
        "{{openapi: 3.0.3, info: {{title: t, version: '1'}}, paths: {{/x: {{get: {{operationId: x, responses: {responses}}}}}}}}}"
    ))
}

/// The generator takes one response for the success, whatever its status.
#[test]
fn the_success_is_compared_with_the_success() {
    let of = |properties: &str| {
        format!(
            "{{description: d, content: {{application/json: {{schema: {{type: object, properties: {{{properties}}}}}}}}}}}"
        )
    };
    let (both, one) = (of("a: {type: string}, b: {type: string}"), of("a: {type: string}"));
    for (before, after) in [("default", "200"), ("200", "default"), ("201", "200"), ("200", "2XX")] {
        let old = responding(&format!("{{'{before}': {both}}}"));
        let moved = by_rules(&old, &responding(&format!("{{'{after}': {both}}}")));
        assert_eq!(lines(&moved), [""; 0], "{before} {after}");
        let less = by_rules(&old, &responding(&format!("{{'{after}': {one}}}")));
        let pointer = format!("#/paths/~1x/get/responses/{before}/content/application~1json/schema/properties/b");
        assert_eq!(lines(&less), [format!("breaking response property-removed {pointer}")]);
    }
    // A failure by default beside a success is none.
    let report = by_rules(
        &responding(&format!("{{'200': {one}, default: {both}}}")),
        &responding(&format!("{{'200': {one}}}")),
    );
    assert_eq!(
        lines(&report),
        [
            "breaking response error-type-removed #/paths/~1x/get",
            "additive response failure-status-removed #/paths/~1x/get/responses/default"
        ]
    );
    // Of two, neither is the one.
    let report = by_rules(
        &responding(&format!("{{'200': {one}}}")),
        &responding(&format!("{{'200': {one}, '202': {both}}}")),
    );
    assert_eq!(
        lines(&report),
        ["breaking response success-status-added #/paths/~1x/get/responses/202"]
    );
    // JSON is JSON.
    let old = responding(&format!("{{'200': {one}}}"));
    for other in ["'*/*'", "'application/json; charset=utf-8'"] {
        let new = responding(&format!("{{'200': {one}}}").replace("application/json", other));
        assert_eq!(lines(&by_rules(&old, &new)), [""; 0], "{other}");
    }
}

/// A type that is made from the union that it is one of has the union's properties, and is no union.
#[test]
fn what_a_variant_has_of_its_union_is_no_union() {
    let document = |variant: &str| {
        parsed(&format!(
            "{{openapi: 3.0.3, info: {{title: t, version: '1'}},
              paths: {{/x: {{get: {{operationId: x, responses: {{'200': {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/U'}}}}}}}}}}}}}}}},
              components: {{schemas: {{
                U: {{type: object, discriminator: {{propertyName: k}}, oneOf: [{{$ref: '#/components/schemas/A'}}], properties: {{k: {{type: string}}}}}},
                A: {variant}}}}}}}"
        ))
    };
    let inherited =
        document("{type: object, allOf: [{$ref: '#/components/schemas/U'}], properties: {n: {type: integer}}}");
    let own = document("{type: object, properties: {n: {type: integer}, k: {type: string}}}");
    assert_eq!(lines(&by_rules(&inherited, &own)), [""; 0]);
    assert_eq!(lines(&by_rules(&own, &inherited)), [""; 0]);
    let less = document("{type: object, properties: {n: {type: integer}}}");
    assert_eq!(
        lines(&by_rules(&inherited, &less)),
        ["breaking response property-removed #/components/schemas/U/properties/k"]
    );
}

/// A name that a sibling takes is no addition: what uses it means something else.
#[test]
fn a_name_that_means_something_else_is_breaking() {
    let document = |paths: &str, values: &str| {
        parsed(&format!(
            "{{openapi: 3.0.3, info: {{title: t, version: '1'}}, paths: {{
              /users: {{get: {{operationId: users.list, responses: {{'200': {{description: d, content: {{application/json:
                {{schema: {{$ref: '#/components/schemas/Kind'}}}}}}}}}}}}}}{paths}}},
              components: {{schemas: {{Kind: {{type: string, enum: [{values}]}}}}}}}}"
        ))
    };
    let before = document("", "a-b, c");
    let method = document(
        ", /admin/users: {get: {operationId: usersList, responses: {'204': {description: d}}}}",
        "a-b, c",
    );
    assert_eq!(
        lines(&by_rules(&before, &method)),
        [
            "breaking - name-changed #/paths/~1users/get",
            "additive - operation-added #/paths/~1admin~1users/get"
        ]
    );
    let variant = document("", "a-b, c, A_B");
    assert_eq!(
        lines(&by_rules(&before, &variant)),
        [
            "breaking - name-changed #/components/schemas/Kind",
            "additive response enum-value-added #/components/schemas/Kind/enum"
        ]
    );
    // A sibling that leaves the name alone is an addition.
    let after = document("", "a-b, c, a_b");
    assert_eq!(
        lines(&by_rules(&before, &after)),
        ["additive response enum-value-added #/components/schemas/Kind/enum"]
    );
}

/// By default only what the SDK is made from is compared, and a pipe that is closed ends it quietly.
#[test]
fn the_command_compares_what_the_sdk_is_made_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("api.toml"), "[operations]\nfindDoors = {}\n").unwrap();
    let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
    std::fs::write(&old, doors().root.to_string()).unwrap();
    let others = |root: &mut Value| {
        root["paths"].as_object_mut().unwrap().remove("/api/doors/openDoor");
        for number in 0..2_000 {
            root["paths"][format!("/new{number}")] =
                json!({ "post": { "operationId": format!("new{number}"), "responses": {} } });
        }
    };
    std::fs::write(&new, edited(others).root.to_string()).unwrap();
    let diff = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg("diff")
            .args([&old, &new])
            .arg("--spec-dir")
            .arg(folder.path())
            .args(args);
        command
    };
    let output = diff(&[]).output().unwrap();
    assert_eq!(
        (output.status.code(), String::from_utf8_lossy(&output.stdout).trim()),
        (Some(0), "nothing changed")
    );
    assert_eq!(diff(&["--all"]).output().unwrap().status.code(), Some(2));

    let mut child = diff(&["--all"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()),
        (Some(0), "")
    );
}
