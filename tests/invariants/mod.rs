//! What must hold for any input at all, one module a subject.
//!
//! The fuzz targets in `fuzz/` look for a case that breaks one of these; `tests/fuzz_corpus.rs`
//! checks the kept cases on every run of the tests. A case is the bytes of an input. For most
//! subjects its first byte says how the rest is read: `@` as it is, and each of its lower bits
//! for one thing that is done differently.
#![allow(dead_code)] // each program that includes this uses some of it

pub mod analyser;
pub mod learn;
pub mod model;
pub mod program;
pub mod readers;
pub mod round_trip;

/// Whether the first byte of a case has one of its lower bits set.
fn bit(how: u8, number: u32) -> bool {
    how >> number & 1 == 1
}

fn is_probability(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}
