//! Any bytes for the certificate path. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::certificate_path::run(data));
