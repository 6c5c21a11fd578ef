//! Any bytes for the readers of tracker and search answers. What must hold is said in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| eps_fuzz::tracker_read::run(data));
