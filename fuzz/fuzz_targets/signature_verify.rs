//! Any bytes for a signed prescription. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::signature_verify::run(data));
