//! An acknowledgement as an OperationOutcome, one issue for each error.

use super::outcome::Issue;
use crate::codes::AckCode;
use crate::model::Acknowledgement;

/// The issues of an acknowledgement. An error without a code says nothing that anybody knows.
pub(super) fn issues(acknowledgement: Option<&Acknowledgement>) -> Vec<Issue<'_>> {
    let Some(Acknowledgement { code, errors, refers_to: _ }) = acknowledgement else {
        return vec![Issue::UNRECOGNISED];
    };
    match code {
        AckCode::Accepted => vec![Issue::SUCCESS],
        AckCode::Error | AckCode::Rejected if errors.is_empty() => vec![Issue::UNRECOGNISED],
        AckCode::Error | AckCode::Rejected => errors.iter().map(Issue::of).collect(),
    }
}
