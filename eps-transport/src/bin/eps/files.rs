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
    match out.write_all(result).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Write(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes JSON for people to standard output.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(&serde_json::to_vec_pretty(value).map_err(std::io::Error::from)?)
}
