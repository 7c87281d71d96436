use std::time::Duration;

use bytes::Bytes;

use crate::Received;

/// What a server does with one connection, step by step; after the last it closes the connection in good order.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub(crate) steps: Vec<Step>,
}

/// One thing that a server does.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads up to the end of the request's head.
    ReadHead,
    /// Reads one whole request and records it; ends the script where the client goes away before that.
    Read,
    /// Reads one whole HTTP/2 request and records that it came; ends the script where the client goes away.
    ReadHttp2,
    /// Sends what is made of the last HTTP/2 request's stream.
    RespondHttp2(fn(u32) -> Vec<u8>),
    /// Begins the script again on the same connection.
    Again,
    /// Reads whatever comes first, such as a TLS client's greeting.
    ReadSome,
    /// Sends these bytes.
    Send(Bytes),
    /// Sends what is made of the last request.
    Echo(fn(&Received) -> Vec<u8>),
    /// Sends these bytes one at a time, with a pause before each.
    Drip(Bytes, Duration),
    /// Sends these bytes again and again until the client goes away.
    Flood(Bytes, Duration),
    /// Waits until the client has sent something, and does not read it.
    Arrival,
    /// Waits until the test says that the call has ended.
    CallEnded,
    /// Does nothing at all, and stays.
    Ignore,
    /// Reads and drops what comes, sends nothing, and stays until the client goes away.
    Hold,
    /// Resets the connection.
    Reset,
    /// Closes the connection without TLS's good-bye.
    Cut,
}

impl Script {
    /// A script that begins with a whole request.
    pub fn read() -> Self {
        Self::default().then(Step::Read)
    }

    /// A script that reads a request and sends these bytes.
    pub fn respond(bytes: impl Into<Bytes>) -> Self {
        Self::read().send(bytes)
    }

    /// Adds a step.
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Adds bytes to send.
    pub fn send(self, bytes: impl Into<Bytes>) -> Self {
        self.then(Step::Send(bytes.into()))
    }
}
