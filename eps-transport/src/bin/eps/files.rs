//! Reading input and writing results.

use std::io::{Read, Write};
use std::path::Path;

use crate::failure::Failure;

/// More than any message may have (`xml::Limits`, `fhir::json`): larger input is refused by the readers, not read whole.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The bytes of a file; of standard input where its name is `-`.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let done = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_BYTES).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
    };
    match done {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Failure::Read { path: path.to_owned(), source }),
    }
}

/// Writes a result and a line end to standard output. A reader that went away is no failure.
pub(crate) fn print(result: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(result).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()).or_else(gone_or)
}

/// Writes each result and a line end to standard output, up to the first failure. A reader that went away ends it, without a
/// failure.
pub(crate) fn print_each(results: impl Iterator<Item = Result<Vec<u8>, Failure>>) -> Result<(), Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for result in results {
        // What came before a failure is still told.
        let done = result.map(|result| out.write_all(&result).and_then(|()| out.write_all(b"\n")));
        if let Err(error) = done.inspect_err(|_| drop(out.flush()))? {
            return gone_or(error);
        }
    }
    out.flush().or_else(gone_or)
}

fn gone_or(error: std::io::Error) -> Result<(), Failure> {
    if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(Failure::Write(error)) }
}

/// Writes JSON for people to standard output.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(&serde_json::to_vec_pretty(value).map_err(std::io::Error::from)?)
}
