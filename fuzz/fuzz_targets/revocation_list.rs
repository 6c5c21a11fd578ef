//! Any bytes for revocation lists and signatures in base64. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::revocation_list::run(data));
