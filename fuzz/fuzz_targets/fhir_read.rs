//! Any bytes for the FHIR reader. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::fhir_read::run(data));
