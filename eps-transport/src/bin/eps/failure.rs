//! Why a verb ended without success, and the exit code that says so.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use eps_transport::broker::BrokerError;
use eps_transport::journal::JournalError;
use eps_transport::store::StoreError;

/// Why a verb ended without success.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The input was refused or a check failed, and the output says why: exit code 1.
    #[error("refused")]
    Refused,
    /// The input was refused: exit code 1.
    #[error("{what}")]
    RefusedBecause {
        /// What was refused.
        what: &'static str,
        /// Why.
        #[source]
        why: Box<dyn Error>,
    },
    /// The journey could not go on: exit code 1.
    #[error("{0}")]
    Ended(&'static str),
    /// There is no such prescription: exit code 1.
    #[error("no such prescription")]
    NotFound,
    /// The command line makes no sense: exit code 2.
    #[error("{0}")]
    Usage(&'static str),
    /// A file could not be read: exit code 3.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Standard output could not be written: exit code 3.
    #[error("cannot write")]
    Write(#[from] std::io::Error),
    /// What a store holds did not pass: exit code 1.
    #[error("the store did not pass")]
    Content(#[source] Box<dyn Error>),
    /// A server gave no answer: exit code 3.
    #[error("no answer")]
    NoAnswer(#[source] Box<dyn Error>),
    /// The store could not be used: exit code 3.
    #[error("the store cannot be used")]
    Store(#[source] Box<dyn Error>),
}

/// The one place that tells a failed check of a store from a store that cannot be reached.
fn of_store(error: impl Error + 'static, is_of_the_content: bool) -> Failure {
    if is_of_the_content { Failure::Content(error.into()) } else { Failure::Store(error.into()) }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let is_of_the_content = error.is_of_the_content();
        of_store(error, is_of_the_content)
    }
}

impl From<BrokerError> for Failure {
    fn from(error: BrokerError) -> Self {
        let is_of_the_content = error.is_of_the_content();
        of_store(error, is_of_the_content)
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let is_of_the_content = error.is_of_the_content();
        of_store(error, is_of_the_content)
    }
}

impl Failure {
    /// Wraps what a library refused.
    pub(crate) fn because(what: &'static str) -> impl Fn(Box<dyn Error>) -> Self {
        move |why| Self::RefusedBecause { what, why }
    }

    /// Says on standard error what went wrong, with its causes, and gives the exit code.
    #[expect(clippy::print_stderr, reason = "this is the one place that tells of failures")]
    pub(crate) fn report(&self) -> ExitCode {
        if !matches!(self, Self::Refused) {
            eprint!("eps: {self}");
            let mut cause = self.source();
            while let Some(error) = cause {
                eprint!(": {error}");
                cause = error.source();
            }
            eprintln!();
        }
        ExitCode::from(match self {
            Self::Refused | Self::RefusedBecause { .. } | Self::Ended(_) | Self::NotFound | Self::Content(_) => 1,
            Self::Usage(_) => 2,
            Self::Read { .. } | Self::Write(_) | Self::NoAnswer(_) | Self::Store(_) => 3,
        })
    }
}
