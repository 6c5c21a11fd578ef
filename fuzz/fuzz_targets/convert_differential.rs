//! Any bytes, through both wires. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::convert_differential::run(data));
