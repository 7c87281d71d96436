//! Every status, with every form of body that the contract tells of.

use super::{FINAL, UNCERTAIN};
use crate::{Fault, Outcome, Response, Script, Serve, json, page};

const UNAUTHORIZED: &str = r#"{"authenticationFailed": true}"#;
const FORBIDDEN: &str = r#"{"status": 403, "error": "Forbidden", "timestamp": 1700000000000, "msg": "Access Denied"}"#;
const MALFORMED: &str = r#"{"error": "Bad Request", "msg": "kisiSettings is not what it should be"}"#;
const GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>";

pub(super) fn faults() -> Vec<Fault> {
    let returns = |name, response: Response, outcome, attempts| {
        Fault::new(name, Serve::always(Script::respond(response)), outcome, attempts)
    };
    let gateway = |name, status| returns(name, page(status, GATEWAY), Outcome::Status(status), UNCERTAIN);
    let ends = |name, response: Response, outcome| returns(name, response, outcome, FINAL);
    vec![
        ends(
            "401 as the contract has it",
            json(401, UNAUTHORIZED),
            Outcome::Unauthorized,
        )
        .says("401"),
        ends("401 without a body", Response::new(401, ""), Outcome::Unauthorized),
        ends("401 with a page", page(401, "<h1>Log in</h1>"), Outcome::Unauthorized),
        ends("403 as the contract has it", json(403, FORBIDDEN), Outcome::Forbidden).says("403"),
        ends("403 in plain text", Response::new(403, "denied"), Outcome::Forbidden),
        ends("403 without a body", Response::new(403, ""), Outcome::Forbidden),
        ends("400 as the contract has it", json(400, MALFORMED), Outcome::Status(400)).says("is not what it should be"),
        ends("400 without a body", Response::new(400, ""), Outcome::Status(400)),
        ends("404 as the contract has it", json(404, MALFORMED), Outcome::Status(404)),
        ends("404 with a page", page(404, "<h1>Not here</h1>"), Outcome::Status(404)).says("Not here"),
        ends("407", Response::new(407, ""), Outcome::Status(407)).says("a user and a password"),
        // A server that gave up waiting, and one whose word nobody has registered: neither says what became of the request.
        ends("408", Response::new(408, ""), Outcome::Status(408)),
        ends("409", Response::new(409, ""), Outcome::Status(409)),
        ends("418", Response::new(418, "short and stout"), Outcome::Status(418)),
        ends("425", Response::new(425, ""), Outcome::Status(425)),
        ends("499", Response::new(499, ""), Outcome::Status(499)),
        ends("500 in JSON", json(500, MALFORMED), Outcome::Status(500)),
        ends("500 with a page", page(500, "<h1>Oops</h1>"), Outcome::Status(500)).says("Oops"),
        ends("500 in plain text", Response::new(500, "oops"), Outcome::Status(500)).says("oops"),
        ends("500 without a body", Response::new(500, ""), Outcome::Status(500)),
        Fault::new(
            "500 with a body that breaks off",
            Serve::always(Script::respond(
                Response::new(500, "the reason is").bytes_of_length(100),
            )),
            Outcome::Status(500),
            FINAL,
        ),
        ends("501", Response::new(501, ""), Outcome::Status(501)),
        ends("599", Response::new(599, ""), Outcome::Status(599)),
        ends("999", Response::new(999, ""), Outcome::Status(999)),
        gateway("502 with a page", 502).says("502 Bad Gateway"),
        gateway("503 with a page", 503),
        gateway("504 with a page", 504),
        ends("204", Response::new(204, ""), Outcome::Decode),
        ends("200 without a body", Response::new(200, ""), Outcome::Decode).says("0 bytes"),
        ends("202 with a response", json(202, "{}"), Outcome::Ok),
        ends(
            "200 with a page",
            page(200, "<h1>Welcome to the hotel's Wi-Fi</h1>"),
            Outcome::Decode,
        )
        .says("text/html"),
        ends(
            "JSON that says it is a page",
            page(200, r#"{"error":false}"#),
            Outcome::Ok,
        ),
        ends("JSON without a content type", Response::new(200, "{}"), Outcome::Ok),
        ends(
            "200 that is not UTF-8",
            Response::new(200, b"{\"errorMsg\":\"\xff\xfe\"}".to_vec()),
            Outcome::Decode,
        ),
        ends("a list where an object should be", json(200, "[]"), Outcome::Decode),
        ends("null where an object should be", json(200, "null"), Outcome::Decode),
        ends("two objects", json(200, "{}{}"), Outcome::Decode),
        ends(
            "a field of another type",
            json(200, r#"{"error":"yes"}"#),
            Outcome::Decode,
        )
        .says("$.error"),
    ]
}
