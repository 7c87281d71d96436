use std::time::Duration;

use rhombus_kisi::ClientBuilder;
use rhombus_kisi_runtime::{Repeat, TimeoutPhase};

use crate::{Expected, Limits, Outcome, Script, Tls};

/// One way in which a server can misbehave, and what has to come of it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What the server does.
    pub name: &'static str,
    /// How it does it.
    pub serve: Serve,
    /// How many calls are made one after the other on one client; all but the last have to succeed.
    pub calls: usize,
    /// What has to come of it for an idempotent operation.
    pub safe: Expected,
    /// For one that is repeated only when it certainly was not carried out.
    pub if_not_carried_out: Expected,
    /// For one that is never repeated once a byte may have left.
    pub never: Expected,
    /// The least that the last call has to take where it is tried more than once, because the server asks to wait.
    pub not_before: Duration,
    /// What the error has to say.
    pub says: Vec<&'static str>,
}

/// Where the client's endpoint points.
#[derive(Clone, Debug)]
pub enum Serve {
    /// To a port where nobody listens.
    Nobody,
    /// To a server of plain HTTP.
    Plain(Vec<Script>),
    /// To a server of TLS that the client trusts, or not.
    Tls(Tls, Vec<Script>),
    /// To a server that is asked for TLS and speaks something by hand.
    RawTls(Vec<Script>),
    /// To a server of plain HTTP, with access tokens that have to be refreshed first.
    Refresh(Box<Refresh>),
}

/// Where access tokens are refreshed, and the server that they are for.
#[derive(Clone, Debug)]
pub struct Refresh {
    /// Where the token endpoint points.
    pub endpoint: Serve,
    /// How long a refresh may take.
    pub timeout: Duration,
    /// What the API's server does.
    pub api: Script,
}

impl Serve {
    /// Plain HTTP that does the same on every connection.
    pub fn always(script: Script) -> Self {
        Self::Plain(vec![script])
    }
}

impl Fault {
    /// A fault that ends the same for every class, by how many attempts of each class there are: safe, if not carried out, never.
    pub(crate) fn new(name: &'static str, serve: Serve, outcome: Outcome, attempts: [u32; 3]) -> Self {
        let [safe, if_not_carried_out, never] = attempts.map(|attempts| Expected {
            outcome,
            attempts,
            requests: attempts as usize,
            connections: attempts as usize,
        });
        Self {
            name,
            serve,
            calls: 1,
            safe,
            if_not_carried_out,
            never,
            not_before: Duration::ZERO,
            says: Vec::new(),
        }
    }

    /// No whole request reaches the server.
    pub(crate) fn nothing_arrives(self) -> Self {
        self.each(|expected| Expected {
            requests: 0,
            ..expected
        })
    }

    /// So many connections are opened.
    pub(crate) fn connections(mut self, connections: [usize; 3]) -> Self {
        let all = [&mut self.safe, &mut self.if_not_carried_out, &mut self.never];
        for (expected, connections) in all.into_iter().zip(connections) {
            expected.connections = connections;
        }
        self
    }

    /// No connection reaches it either.
    pub(crate) fn nobody_counts(self) -> Self {
        self.each(|expected| Expected {
            requests: 0,
            connections: 0,
            ..expected
        })
    }

    /// Idempotent operations end otherwise.
    pub(crate) fn but_safe(mut self, outcome: Outcome) -> Self {
        self.safe.outcome = outcome;
        self
    }

    /// Operations that are never repeated end otherwise.
    pub(crate) fn but_never(mut self, outcome: Outcome) -> Self {
        self.never.outcome = outcome;
        self
    }

    /// Several calls, and what the server sees in all: requests, connections.
    pub(crate) fn calls(mut self, calls: usize, requests: [usize; 3], connections: [usize; 3]) -> Self {
        self.calls = calls;
        let all = [&mut self.safe, &mut self.if_not_carried_out, &mut self.never];
        for (expected, requests) in all.into_iter().zip(requests) {
            expected.requests = requests;
        }
        self.connections(connections)
    }

    /// The least that it has to take.
    pub(crate) fn not_before(mut self, milliseconds: u64) -> Self {
        self.not_before = Duration::from_millis(milliseconds);
        self
    }

    /// What the error says.
    pub(crate) fn says(mut self, text: &'static str) -> Self {
        self.says.push(text);
        self
    }

    /// What has to come of it for this class.
    pub fn expected(&self, repeat: Repeat) -> Expected {
        match repeat {
            Repeat::Safe => self.safe,
            Repeat::Never => self.never,
            _ => self.if_not_carried_out,
        }
    }

    /// Makes the limit short that has to end the calls of this row.
    pub(crate) fn limit(&self, builder: ClientBuilder) -> ClientBuilder {
        match self.safe.outcome {
            Outcome::Timeout(TimeoutPhase::Connect) => builder.connect_timeout(Limits::SHORT),
            Outcome::Timeout(_) => builder.attempt_timeout(Limits::SHORT),
            _ => builder,
        }
    }

    fn each(mut self, change: impl Fn(Expected) -> Expected) -> Self {
        self.safe = change(self.safe);
        self.if_not_carried_out = change(self.if_not_carried_out);
        self.never = change(self.never);
        self
    }
}
