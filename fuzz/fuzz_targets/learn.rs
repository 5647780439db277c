#![no_main]

#[path = "../../tests/invariants/mod.rs"]
mod invariants;
#[path = "../limits.rs"]
mod limits;

libfuzzer_sys::fuzz_target!(|case: &[u8]| limits::within(|| invariants::learn::check(case)));
