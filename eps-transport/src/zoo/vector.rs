//! One vector, and what is expected of it.

use serde_json::{Value, json};

/// A check that must fail, by its name in the report, and the rule it must name. What the XML reader refuses has no
/// report; its check is called [`READING`].
pub(super) type Fail = (&'static str, &'static str);

/// The "check" of what is refused before there is a report.
pub(super) const READING: &str = "reading";

const ROOT: &str = "root.pem";
const SIGNING_CA: &str = "signing-ca.pem";
const ARL: &str = "root.crl";
const CRL: &str = "signing-ca.crl";

/// A signed prescription, the files to verify it with, and the report that must come of it.
#[derive(Clone, Debug)]
pub struct Vector {
    name: String,
    about: String,
    message: Vec<u8>,
    intermediates: Vec<&'static str>,
    lists: Vec<&'static str>,
    fails: Vec<Fail>,
}

impl Vector {
    /// One that is verified with the signing CA and the current lists of both CAs.
    pub(super) fn new(name: impl Into<String>, about: impl Into<String>, message: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            about: about.into(),
            message: message.into(),
            intermediates: vec![SIGNING_CA],
            lists: vec![ARL, CRL],
            fails: Vec::new(),
        }
    }

    /// These checks must fail, and no others.
    pub(super) fn fails(mut self, fails: &[Fail]) -> Self {
        self.fails = fails.to_vec();
        self
    }

    /// Another list of the signing CA, or none.
    pub(super) fn crl(mut self, list: Option<&'static str>) -> Self {
        self.lists = [Some(ARL), list].into_iter().flatten().collect();
        self
    }

    /// Another list of the root, or none.
    pub(super) fn arl(mut self, list: Option<&'static str>) -> Self {
        self.lists = [list, Some(CRL)].into_iter().flatten().collect();
        self
    }

    /// Other intermediate CAs.
    pub(super) fn intermediates(mut self, files: &[&'static str]) -> Self {
        self.intermediates = files.to_vec();
        self
    }

    /// Its name, which is that of its files.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// How to verify it, and the report that must come of it: the file beside the message.
    #[must_use]
    pub fn expected(&self, now: &str) -> Value {
        let failures: Vec<_> = self.fails.iter().map(|(check, rule)| json!({ "check": check, "rule": rule })).collect();
        json!({
            "name": self.name,
            "about": self.about,
            "now": now,
            "policy": "production",
            "trust": [ROOT],
            "intermediates": self.intermediates,
            "lists": self.lists,
            "verdict": if self.fails.is_empty() { "accepted" } else { "refused" },
            "failures": failures,
        })
    }
}
