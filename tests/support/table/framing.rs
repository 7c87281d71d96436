//! Responses that are not HTTP, or lie about their length.

use super::{FINAL, UNCERTAIN};
use crate::{Fault, Outcome, Response, Script, Serve, chunked, json};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";

pub(super) fn faults() -> Vec<Fault> {
    let returns = |name, bytes: Vec<u8>, outcome, attempts| {
        Fault::new(name, Serve::always(Script::respond(bytes)), outcome, attempts)
    };
    let breaks = |name, bytes: &[u8]| returns(name, bytes.to_vec(), Outcome::BrokenOff, UNCERTAIN);
    let chunks = |name, body: &[u8]| breaks(name, &[CHUNKED.as_bytes(), body].concat());
    let with = |name: &str, value: &str| Response::new(200, "{}").header(name, value);
    vec![
        breaks("another protocol", b"SSH-2.0-OpenSSH_9.9\r\n"),
        breaks(
            "a version that does not exist",
            b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        ),
        breaks(
            "a status that is no number",
            b"HTTP/1.1 OK 200\r\nContent-Length: 2\r\n\r\n{}",
        ),
        breaks(
            "a status of four digits",
            b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
        ),
        breaks("zeros", &[0; 64]),
        breaks("a length that is no number", &with("Content-Length", "two").raw()),
        breaks("a negative length", &with("Content-Length", "-2").raw()),
        breaks("two lengths that differ", &with("Content-Length", "1").bytes()),
        breaks("a header with a NUL", &with("X-Fault", "a\0b").bytes()),
        breaks(
            "a header without a colon",
            b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}",
        ),
        chunks("a chunk's size that is no number", b"zz\r\n{}\r\n0\r\n\r\n"),
        chunks("a chunk's size beyond 64 bits", b"FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"),
        chunks("a chunk longer than it says", b"1\r\n{}\r\n0\r\n\r\n"),
        chunks("chunks without the last", b"2\r\n{}\r\n"),
        chunks("chunks that stop in a chunk", b"40\r\n{\"error\":"),
        returns(
            "a length too short",
            json(200, r#"{"error":false}"#).bytes_of_length(5),
            Outcome::Decode,
            FINAL,
        ),
        returns(
            "more than the length says",
            [json(200, "{}").bytes(), b"garbage".to_vec()].concat(),
            Outcome::Ok,
            FINAL,
        ),
        returns(
            "no length but the connection's end",
            json(200, r#"{"error":false}"#).raw(),
            Outcome::Ok,
            FINAL,
        ),
        returns(
            "chunks of one byte",
            [CHUNKED.as_bytes(), &chunked(br#"{"error":false}"#, 1)].concat(),
            Outcome::Ok,
            FINAL,
        ),
        returns(
            "100 Continue first",
            [b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), json(200, "{}").bytes()].concat(),
            Outcome::Ok,
            FINAL,
        ),
    ]
}
