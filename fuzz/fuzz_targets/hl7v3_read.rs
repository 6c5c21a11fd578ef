//! Any bytes for the HL7 v3 reader. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::hl7v3_read::run(data));
