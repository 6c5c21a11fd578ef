//! Secrets: from a file, the environment or the terminal, and never from the command line, where others can see it.

use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files;

/// Reads a secret: from the file where one is given, else from the environment, else asks at the terminal. A line end
/// after it does not belong to it.
pub(super) fn secret(file: Option<&Path>, variable: &str, prompt: &'static str) -> Result<Zeroizing<String>, Failure> {
    if let Some(path) = file {
        let bytes = Zeroizing::new(files::read(path)?);
        let text = std::str::from_utf8(&bytes).map_err(|_| Failure::Usage("the secret is not UTF-8"))?;
        return Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    if let Ok(text) = std::env::var(variable) {
        return Ok(Zeroizing::new(text));
    }
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|source| Failure::Read { path: "the terminal".into(), source })
}
