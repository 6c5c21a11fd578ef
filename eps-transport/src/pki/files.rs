//! A throw-away PKI as files.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{MutualTls, ThrowAwayPki};

/// The label of a certificate.
pub(crate) const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a revocation list.
pub(crate) const LIST: &str = "X509 CRL";
const KEY: &str = "PRIVATE KEY";

/// RFC 7468: base64 in lines of 64 characters between two labels.
#[must_use]
pub fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines = encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect::<Vec<_>>();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

impl ThrowAwayPki {
    /// Writes what a verifier needs into a folder, which is made: `root.pem`, `signing-ca.pem`, and the revocation lists
    /// `root.crl` (the ARL) and `signing-ca.crl`, all PEM.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_trust(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let [root_list, ca_list] = self.revocation_lists();
        for (name, label, der) in [
            ("root.pem", CERTIFICATE, self.root()),
            ("signing-ca.pem", CERTIFICATE, self.signing_ca()),
            ("root.crl", LIST, root_list),
            ("signing-ca.crl", LIST, ca_list),
        ] {
            std::fs::write(folder.join(name), pem(label, der))?;
        }
        Ok(())
    }

    /// Writes the prescriber's `prescriber.pem` and, for the owner of the file only, `prescriber.key` (PKCS #8).
    ///
    /// # Errors
    /// When a file cannot be written, or the key is there already: keys are not overwritten.
    pub fn write_prescriber(&self, folder: &Path) -> std::io::Result<()> {
        pair(folder, "prescriber", self.prescriber(), self.prescriber_key())
    }
}

impl MutualTls {
    /// Writes `tls-ca.pem`, `tls-ca.crl`, and certificate and key of `dispenser` and `broker`.
    ///
    /// # Errors
    /// When a file cannot be written, or a key is there already.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("tls-ca.pem"), pem(CERTIFICATE, self.ca()))?;
        std::fs::write(folder.join("tls-ca.crl"), pem(LIST, self.revocation_list()))?;
        pair(folder, "dispenser", self.dispenser().0, self.dispenser().1)?;
        pair(folder, "broker", self.broker().0, self.broker().1)
    }
}

fn pair(folder: &Path, name: &str, certificate: &[u8], key: &[u8]) -> std::io::Result<()> {
    secret(&folder.join(format!("{name}.key")), &zeroize::Zeroizing::new(pem(KEY, key)))?;
    std::fs::write(folder.join(format!("{name}.pem")), pem(CERTIFICATE, certificate))
}

/// A new file that only its owner can read.
fn secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
