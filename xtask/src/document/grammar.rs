//! What is where in an OpenAPI document: one table that every walk follows.
//!
//! Only the place says what a key means: `example` is documentation in a schema, a property's name under
//! `properties`, and a `$ref` inside an example is data and refers to nothing.

use Kind::{
    Callback, Components, Discriminator, Encoding, Flow, Flows, Header, Info, MediaType, Operation, Parameter,
    PathItem, Paths, RequestBody, Response, Responses, Schema, SecurityScheme, Server, ServerVariable,
};
use Shape::{List, Map, One, Plain};
use Use::{Fact, Later, Prose};

/// What an object of a document is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the names are OpenAPI's own")]
pub enum Kind {
    Document,
    Info,
    Server,
    ServerVariable,
    Paths,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Header,
    Components,
    SecurityScheme,
    Flows,
    Flow,
    Schema,
    Discriminator,
}

/// What the value of a key is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Data; nothing in it is a part of the document.
    Plain,
    /// An object.
    One(Kind),
    /// An array of objects.
    List(Kind),
    /// An object whose keys are names, and whose values are objects.
    Map(Kind),
}

/// What a key is there for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Use {
    /// It says how the API works.
    Fact,
    /// It is documentation.
    Prose,
    /// It is not in OpenAPI 3.0, but in a later version.
    Later,
}

type Row = (&'static str, Use, Shape);

/// The HTTP methods of a path item in OpenAPI 3.0.
pub const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

const DOCUMENT: &[Row] = &[
    ("openapi", Fact, Plain),
    ("info", Fact, One(Info)),
    ("servers", Fact, List(Server)),
    ("security", Fact, Plain),
    ("paths", Fact, One(Paths)),
    ("components", Fact, One(Components)),
    ("tags", Prose, Plain),
    ("externalDocs", Prose, Plain),
    ("webhooks", Later, Map(PathItem)),
    ("jsonSchemaDialect", Later, Plain),
    ("$self", Later, Plain),
];

const INFO: &[Row] = &[
    ("title", Fact, Plain),
    ("version", Fact, Plain),
    ("description", Prose, Plain),
    ("termsOfService", Prose, Plain),
    ("contact", Prose, Plain),
    ("license", Prose, Plain),
    ("summary", Prose, Plain),
];

const SERVER: &[Row] = &[
    ("url", Fact, Plain),
    ("variables", Fact, Map(ServerVariable)),
    ("description", Prose, Plain),
    ("name", Prose, Plain),
];

const SERVER_VARIABLE: &[Row] = &[
    ("default", Fact, Plain),
    ("enum", Fact, Plain),
    ("description", Prose, Plain),
];

const PATH_ITEM: &[Row] = &[
    ("$ref", Fact, Plain),
    ("delete", Fact, One(Operation)),
    ("get", Fact, One(Operation)),
    ("head", Fact, One(Operation)),
    ("options", Fact, One(Operation)),
    ("patch", Fact, One(Operation)),
    ("post", Fact, One(Operation)),
    ("put", Fact, One(Operation)),
    ("trace", Fact, One(Operation)),
    ("parameters", Fact, List(Parameter)),
    ("servers", Fact, List(Server)),
    ("summary", Prose, Plain),
    ("description", Prose, Plain),
    ("query", Later, One(Operation)),
    ("additionalOperations", Later, Map(Operation)),
];

const OPERATION: &[Row] = &[
    ("operationId", Fact, Plain),
    ("deprecated", Fact, Plain),
    ("security", Fact, Plain),
    ("parameters", Fact, List(Parameter)),
    ("requestBody", Fact, One(RequestBody)),
    ("responses", Fact, One(Responses)),
    ("callbacks", Fact, Map(Callback)),
    ("servers", Fact, List(Server)),
    ("tags", Prose, Plain),
    ("summary", Prose, Plain),
    ("description", Prose, Plain),
    ("externalDocs", Prose, Plain),
];

const PARAMETER: &[Row] = &[
    ("name", Fact, Plain),
    ("in", Fact, Plain),
    ("required", Fact, Plain),
    ("deprecated", Fact, Plain),
    ("allowEmptyValue", Fact, Plain),
    ("allowReserved", Fact, Plain),
    ("style", Fact, Plain),
    ("explode", Fact, Plain),
    ("schema", Fact, One(Schema)),
    ("content", Fact, Map(MediaType)),
    ("description", Prose, Plain),
    ("example", Prose, Plain),
    ("examples", Prose, Plain),
];

const REQUEST_BODY: &[Row] = &[
    ("content", Fact, Map(MediaType)),
    ("required", Fact, Plain),
    ("description", Prose, Plain),
];

const MEDIA_TYPE: &[Row] = &[
    ("schema", Fact, One(Schema)),
    ("encoding", Fact, Map(Encoding)),
    ("example", Prose, Plain),
    ("examples", Prose, Plain),
    ("itemSchema", Later, One(Schema)),
    ("prefixEncoding", Later, List(Encoding)),
    ("itemEncoding", Later, One(Encoding)),
];

const ENCODING: &[Row] = &[
    ("contentType", Fact, Plain),
    ("headers", Fact, Map(Header)),
    ("style", Fact, Plain),
    ("explode", Fact, Plain),
    ("allowReserved", Fact, Plain),
    ("encoding", Later, Map(Encoding)),
    ("prefixEncoding", Later, List(Encoding)),
    ("itemEncoding", Later, One(Encoding)),
];

const RESPONSE: &[Row] = &[
    ("headers", Fact, Map(Header)),
    ("content", Fact, Map(MediaType)),
    ("description", Prose, Plain),
    ("summary", Prose, Plain),
    ("links", Prose, Plain),
];

const COMPONENTS: &[Row] = &[
    ("schemas", Fact, Map(Schema)),
    ("responses", Fact, Map(Response)),
    ("parameters", Fact, Map(Parameter)),
    ("requestBodies", Fact, Map(RequestBody)),
    ("headers", Fact, Map(Header)),
    ("securitySchemes", Fact, Map(SecurityScheme)),
    ("callbacks", Fact, Map(Callback)),
    ("examples", Prose, Plain),
    ("links", Prose, Plain),
    ("pathItems", Later, Map(PathItem)),
    ("mediaTypes", Later, Map(MediaType)),
];

const SECURITY_SCHEME: &[Row] = &[
    ("type", Fact, Plain),
    ("name", Fact, Plain),
    ("in", Fact, Plain),
    ("scheme", Fact, Plain),
    ("bearerFormat", Fact, Plain),
    ("openIdConnectUrl", Fact, Plain),
    ("flows", Fact, One(Flows)),
    ("description", Prose, Plain),
    ("oauth2MetadataUrl", Later, Plain),
    ("deprecated", Later, Plain),
];

const FLOWS: &[Row] = &[
    ("authorizationCode", Fact, One(Flow)),
    ("clientCredentials", Fact, One(Flow)),
    ("implicit", Fact, One(Flow)),
    ("password", Fact, One(Flow)),
    ("deviceAuthorization", Later, One(Flow)),
];

const FLOW: &[Row] = &[
    ("authorizationUrl", Fact, Plain),
    ("tokenUrl", Fact, Plain),
    ("refreshUrl", Fact, Plain),
    ("scopes", Fact, Plain),
    ("deviceAuthorizationUrl", Later, Plain),
];

const SCHEMA: &[Row] = &[
    ("$ref", Fact, Plain),
    ("type", Fact, Plain),
    ("format", Fact, Plain),
    ("enum", Fact, Plain),
    ("default", Fact, Plain),
    ("nullable", Fact, Plain),
    ("required", Fact, Plain),
    ("properties", Fact, Map(Schema)),
    ("additionalProperties", Fact, One(Schema)),
    ("items", Fact, One(Schema)),
    ("allOf", Fact, List(Schema)),
    ("anyOf", Fact, List(Schema)),
    ("oneOf", Fact, List(Schema)),
    ("not", Fact, One(Schema)),
    ("discriminator", Fact, One(Discriminator)),
    ("deprecated", Fact, Plain),
    ("readOnly", Fact, Plain),
    ("writeOnly", Fact, Plain),
    ("uniqueItems", Fact, Plain),
    ("multipleOf", Fact, Plain),
    ("maximum", Fact, Plain),
    ("exclusiveMaximum", Fact, Plain),
    ("minimum", Fact, Plain),
    ("exclusiveMinimum", Fact, Plain),
    ("maxLength", Fact, Plain),
    ("minLength", Fact, Plain),
    ("pattern", Fact, Plain),
    ("maxItems", Fact, Plain),
    ("minItems", Fact, Plain),
    ("maxProperties", Fact, Plain),
    ("minProperties", Fact, Plain),
    ("xml", Fact, Plain),
    ("title", Prose, Plain),
    ("description", Prose, Plain),
    ("example", Prose, Plain),
    ("examples", Prose, Plain),
    ("externalDocs", Prose, Plain),
    ("$comment", Prose, Plain),
    ("const", Later, Plain),
    ("contentEncoding", Later, Plain),
    ("contentMediaType", Later, Plain),
    ("contentSchema", Later, One(Schema)),
    ("prefixItems", Later, List(Schema)),
    ("contains", Later, One(Schema)),
    ("maxContains", Later, Plain),
    ("minContains", Later, Plain),
    ("unevaluatedItems", Later, One(Schema)),
    ("unevaluatedProperties", Later, One(Schema)),
    ("patternProperties", Later, Map(Schema)),
    ("propertyNames", Later, One(Schema)),
    ("dependentSchemas", Later, Map(Schema)),
    ("dependentRequired", Later, Plain),
    ("if", Later, One(Schema)),
    ("then", Later, One(Schema)),
    ("else", Later, One(Schema)),
    ("$defs", Later, Map(Schema)),
    ("definitions", Later, Map(Schema)),
    ("$id", Later, Plain),
    ("$schema", Later, Plain),
    ("$anchor", Later, Plain),
    ("$dynamicAnchor", Later, Plain),
    ("$dynamicRef", Later, Plain),
    ("$vocabulary", Later, Plain),
];

const DISCRIMINATOR: &[Row] = &[
    ("propertyName", Fact, Plain),
    ("mapping", Fact, Plain),
    ("defaultMapping", Later, Plain),
];

impl Kind {
    /// What a key of such an object is for and what its value is; `None` for a key that OpenAPI does not know.
    pub fn key(self, key: &str) -> Option<(Use, Shape)> {
        let rows = match self {
            Self::Document => DOCUMENT,
            Info => INFO,
            Server => SERVER,
            ServerVariable => SERVER_VARIABLE,
            // Their keys are paths, statuses and expressions.
            Paths | Callback => return names(key, PathItem),
            Responses => return names(key, Response),
            PathItem => PATH_ITEM,
            Operation => OPERATION,
            Parameter | Header => PARAMETER,
            RequestBody => REQUEST_BODY,
            MediaType => MEDIA_TYPE,
            Encoding => ENCODING,
            Response => RESPONSE,
            Components => COMPONENTS,
            SecurityScheme => SECURITY_SCHEME,
            Flows => FLOWS,
            Flow => FLOW,
            Schema => SCHEMA,
            Discriminator => DISCRIMINATOR,
        };
        let known = rows.iter().find(|(name, ..)| *name == key);
        match known {
            Some(&(_, purpose, shape)) => Some((purpose, shape)),
            None if is_extension(key) => Some((Prose, Plain)),
            None => None,
        }
    }

    /// The section of `components` for such objects, if they may be `$ref`ed there.
    pub fn section(self) -> Option<&'static str> {
        Some(match self {
            Schema => "schemas",
            Response => "responses",
            Parameter => "parameters",
            RequestBody => "requestBodies",
            Header => "headers",
            SecurityScheme => "securitySchemes",
            Callback => "callbacks",
            PathItem => "pathItems",
            MediaType => "mediaTypes",
            _ => return None,
        })
    }

    /// What such an object is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "a document",
            Info => "an info object",
            Server => "a server",
            ServerVariable => "a server variable",
            Paths => "paths",
            PathItem => "a path item",
            Operation => "an operation",
            Parameter => "a parameter",
            RequestBody => "a request body",
            MediaType => "a media type",
            Encoding => "an encoding",
            Responses => "responses",
            Response => "a response",
            Callback => "a callback",
            Header => "a header",
            Components => "components",
            SecurityScheme => "a security scheme",
            Flows => "OAuth flows",
            Flow => "an OAuth flow",
            Schema => "a schema",
            Discriminator => "a discriminator",
        }
    }
}

fn names(key: &str, kind: Kind) -> Option<(Use, Shape)> {
    // A callback may be a reference.
    let extension = is_extension(key) || key == "$ref";
    Some(if extension { (Prose, Plain) } else { (Fact, One(kind)) })
}

/// Whether a key is a vendor's extension.
pub fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}
