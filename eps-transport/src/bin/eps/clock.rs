//! `eps clock`: the clock of a test server.

use clap::{Args, Subcommand};
use eps_core::model::Timestamp;
use eps_transport::client::Transport as _;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::options::{Global, instant};
use crate::remote::{Server, wait};

/// Read or move the clock of a test server (`eps serve --test-controls`)
///
/// What is due by then is done before the answer.
///
/// eps clock advance 28d
#[derive(Args)]
pub(crate) struct Clock {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Read it
    Get {
        #[command(flatten)]
        server: Server,
    },
    /// Set it: `2022-02-01T00:00:00Z` or `20220201000000`
    Set {
        /// The time
        #[arg(value_parser = instant)]
        time: Timestamp,
        #[command(flatten)]
        server: Server,
    },
    /// Move it on: `90s`, `5m`, `12h`, `30d`
    Advance {
        /// How far
        span: String,
        #[command(flatten)]
        server: Server,
    },
}

const PATH: &str = "/_eps/clock";

impl Clock {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let (server, request) = match &self.verb {
            Verb::Get { server } => (server, Request::get(PATH).body(Bytes::new())),
            Verb::Set { time, server } => (server, moved(&json!({ "set": time.to_string() }))),
            Verb::Advance { span, server } => (server, moved(&json!({ "advance": span }))),
        };
        let request = request.map_err(|error| Failure::because("the call")(error.into()))?;
        let transport = server.transport()?;
        let response = wait(transport.exchange(request))?.map_err(|error| Failure::NoAnswer(error.into()))?;
        let now: Option<Value> = serde_json::from_slice(response.body()).ok();
        let now = now.as_ref().and_then(|answer| answer.get("now")).and_then(Value::as_str);
        match now {
            Some(now) if global.json => files::print_json(&json!({ "now": now })),
            Some(now) => files::print(now.as_bytes()),
            None if response.status() == 404 => {
                Err(Failure::Ended("the server has no clock to move (eps serve --test-controls)"))
            }
            None => Err(Failure::Ended("the clock cannot be moved so")),
        }
    }
}

fn moved(to: &Value) -> Result<Request<Bytes>, hyper::http::Error> {
    Request::post(PATH).body(Bytes::from(to.to_string()))
}
