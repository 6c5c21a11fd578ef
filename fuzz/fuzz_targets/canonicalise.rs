//! Any bytes for the canonicaliser. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::canonicalise::run(data));
