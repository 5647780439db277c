#![no_main]

#[path = "../../tests/invariants/mod.rs"]
mod invariants;
#[path = "../limits.rs"]
mod limits;

use invariants::model;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|case: &[u8]| {
    limits::within(|| {
        model::check(case);
    });
});

// Bytes changed anywhere mostly break the layout, which is soon seen. So mostly either the
// description is changed and the arrays stay as they are, or the arrays are and keep their length.
fuzz_mutator!(|case: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let file = case.get(1..size).unwrap_or_default();
    let description = model::description(file).map(|d| d.start + 1..d.end + 1);
    let room = max_size.saturating_sub(size);
    match description {
        Some(text) if seed % 8 < 4 && room > 0 => {
            let arrays = case[text.end..size].to_vec();
            let mut changed = case[text.clone()].to_vec();
            changed.resize(text.len() + room, 0);
            let length = fuzzer_mutate(&mut changed, text.len(), text.len() + room);
            let end = text.start + length;
            case[text.start..end].copy_from_slice(&changed[..length]);
            case[end..end + arrays.len()].copy_from_slice(&arrays);
            end + arrays.len()
        }
        Some(text) if seed % 8 < 7 && text.end < size => {
            let arrays = size - text.end;
            fuzzer_mutate(&mut case[text.end..size], arrays, arrays);
            size
        }
        _ => fuzzer_mutate(case, size, max_size),
    }
});
