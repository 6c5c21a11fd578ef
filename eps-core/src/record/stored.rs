//! Records as bytes: JSON with the number of its schema.

use serde::{Deserialize, Serialize};

use super::Record;

/// The schema that this release writes. It reads this one and the one before.
const SCHEMA: u32 = 2;

/// The first schema: what only the prescription itself tells stood among all else.
const FIRST_SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Writing<'a> {
    schema: u32,
    record: &'a Record,
}

#[derive(Deserialize)]
struct Reading {
    schema: u32,
    record: Record,
}

#[derive(Deserialize)]
struct Head {
    schema: u32,
}

/// Why bytes are not a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredRecordError {
    /// A newer release wrote it.
    #[error("the record has schema {found}; this release knows schemas up to {SCHEMA}")]
    Newer {
        /// Its schema.
        found: u32,
    },
    /// It is not a record of its schema. What stands where is not told: it may be patient data.
    #[error("the stored record is damaged at line {line}, column {column}")]
    Damaged {
        /// Line, from 1.
        line: usize,
        /// Column in bytes.
        column: usize,
    },
}

impl From<serde_json::Error> for StoredRecordError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged { line: error.line(), column: error.column() }
    }
}

impl Record {
    /// The record as it is stored.
    ///
    /// # Errors
    /// [`StoredRecordError::Damaged`] if the record cannot be written as JSON; no record is known that cannot.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StoredRecordError> {
        Ok(serde_json::to_vec(&Writing { schema: SCHEMA, record: self })?)
    }

    /// The record from what [`Record::to_bytes`] gave, in this release or an older one.
    ///
    /// # Errors
    /// [`StoredRecordError`] where it is newer or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredRecordError> {
        let newer = |found| (found > SCHEMA).then_some(StoredRecordError::Newer { found });
        match serde_json::from_slice::<Reading>(bytes) {
            Ok(Reading { schema: FIRST_SCHEMA, .. }) => Ok(serde_json::from_value(upgraded(bytes)?)?),
            Ok(Reading { schema, record }) => newer(schema).map_or(Ok(record), Err),
            Err(error) => {
                let head: Head = serde_json::from_slice(bytes)?;
                Err(newer(head.schema).unwrap_or_else(|| error.into()))
            }
        }
    }
}

/// A record of the first schema as one of the second.
fn upgraded(bytes: &[u8]) -> Result<serde_json::Value, StoredRecordError> {
    let mut stored: serde_json::Value = serde_json::from_slice(bytes)?;
    let mut record = stored.get_mut("record").map(serde_json::Value::take).unwrap_or_default();
    if let Some(record) = record.as_object_mut() {
        let told = ["uuid", "signed", "signed_at", "prescription_type"];
        let told = told.into_iter().filter_map(|name| Some((name.to_owned(), record.remove(name)?)));
        let told: serde_json::Map<_, _> = told.collect();
        record.insert("uploaded".to_owned(), told.into());
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::samples;

    #[test]
    fn a_record_comes_back_from_its_bytes() {
        for record in [samples::acute(), samples::dispensed(), samples::repeat_dispensing(6)] {
            assert_eq!(Record::from_bytes(&record.to_bytes().unwrap()).unwrap(), record);
        }
    }

    #[test]
    fn a_newer_record_is_refused() {
        let text = String::from_utf8(samples::acute().to_bytes().unwrap()).unwrap();
        for newer in [text.replace("\"schema\":2", "\"schema\":3"), "{\"schema\":7}".to_owned()] {
            assert!(matches!(Record::from_bytes(newer.as_bytes()), Err(StoredRecordError::Newer { .. })));
        }
        assert!(matches!(Record::from_bytes(b"{\"schema\":1}"), Err(StoredRecordError::Damaged { .. })));
        assert!(Record::from_bytes(b"").is_err());
    }

    #[test]
    fn a_record_of_the_first_schema_is_read() {
        let record = samples::dispensed();
        let mut stored: serde_json::Value = serde_json::from_slice(&record.to_bytes().unwrap()).unwrap();
        let told = stored["record"].as_object_mut().unwrap().remove("uploaded").unwrap();
        for (name, value) in told.as_object().unwrap() {
            stored["record"][name] = value.clone();
        }
        stored["schema"] = 1.into();
        assert_eq!(Record::from_bytes(&serde_json::to_vec(&stored).unwrap()).unwrap(), record);
        stored["record"]["signed"] = "elsewhere".into();
        let damaged = Record::from_bytes(&serde_json::to_vec(&stored).unwrap());
        assert!(matches!(damaged, Err(StoredRecordError::Damaged { .. })));
    }

    #[test]
    fn a_record_with_an_impossible_pair_of_statuses_is_refused() {
        let text = String::from_utf8(samples::acute().to_bytes().unwrap()).unwrap();
        assert!(text.contains(r#""status":"0007""#), "{text}");
        let impossible = text.replace(r#""status":"0007""#, r#""status":"0001""#);
        assert!(matches!(Record::from_bytes(impossible.as_bytes()), Err(StoredRecordError::Damaged { .. })));
    }
}
