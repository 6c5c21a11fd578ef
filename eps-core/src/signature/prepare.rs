//! What `$prepare` answers: the payload to sign, the time that was hashed, the algorithm.

use serde::Serialize;
use serde::ser::{SerializeSeq as _, SerializeStruct as _, Serializer};

use super::algorithm::{Algorithm, Digest, SignedInfo};
use super::provider::Provider;
use crate::model::Timestamp;

/// A prescription that is ready to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prepared {
    /// The digest of its canonical fragments.
    pub digest: Digest,
    /// The payload to sign.
    pub signed_info: SignedInfo,
}

/// Hashes the canonical `FragmentsToBeHashed` and fills the template that is signed.
#[must_use]
pub fn prepared(fragments: &[u8], algorithm: Algorithm, provider: &dyn Provider) -> Prepared {
    let digest = Digest::of(fragments, algorithm, provider);
    Prepared { digest, signed_info: SignedInfo::new(digest) }
}

impl Prepared {
    /// The answer of `$prepare`; `signed_at` is the author time that is part of the fragments.
    #[must_use]
    pub fn parameters(&self, signed_at: Timestamp) -> Parameters {
        Parameters {
            digest: self.signed_info.to_base64(),
            timestamp: signed_at.to_string(),
            algorithm: self.signed_info.algorithm().name(),
        }
    }
}

/// The FHIR `Parameters` resource that `$prepare` answers with. Serialised, it has its three parameters in the order that
/// clients rely on: `digest`, `timestamp`, `algorithm`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameters {
    /// Base64 of the payload to sign, not of the hash.
    pub digest: String,
    /// The author time, `YYYY-MM-DDTHH:MM:SS+00:00`.
    pub timestamp: String,
    /// `RS256` or `RS1`.
    pub algorithm: &'static str,
}

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { digest, timestamp, algorithm } = self;
        let mut out = serializer.serialize_struct("Parameters", 2)?;
        out.serialize_field("resourceType", "Parameters")?;
        out.serialize_field(
            "parameter",
            &Named([("digest", digest), ("timestamp", timestamp), ("algorithm", algorithm)]),
        )?;
        out.end()
    }
}

struct Named<'p>([(&'static str, &'p str); 3]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Parameter<'p> {
            name: &'static str,
            value_string: &'p str,
        }
        let mut out = serializer.serialize_seq(Some(self.0.len()))?;
        for (name, value_string) in self.0 {
            out.serialize_element(&Parameter { name, value_string })?;
        }
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::testing::providers;

    #[test]
    fn the_three_parameters_have_the_order_that_clients_read_them_in() {
        for provider in providers() {
            let prepared =
                prepared(b"<FragmentsToBeHashed></FragmentsToBeHashed>", Algorithm::Rs256, provider.as_ref());
            let answer = prepared.parameters(Timestamp::parse_hl7("20241209115004").unwrap());
            let json = serde_json::to_string(&answer).unwrap();
            let digest = prepared.signed_info.to_base64();
            let expected = format!(
                "{{\"resourceType\":\"Parameters\",\"parameter\":[{{\"name\":\"digest\",\"valueString\":\"{digest}\"}},\
                 {{\"name\":\"timestamp\",\"valueString\":\"2024-12-09T11:50:04+00:00\"}},\
                 {{\"name\":\"algorithm\",\"valueString\":\"RS256\"}}]}}"
            );
            assert_eq!(json, expected);
        }
    }
}
