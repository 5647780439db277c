//! Archives that are damaged, or hold far more than they seem to.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::common::Room;
use crate::common::watch::again;
use crate::{ALL, CSV, HTML, JSONL, SMALL, of_bytes};

#[test]
fn archives_that_are_cut_off_or_damaged() {
    let room = Room::new();
    let rows = rows(20_000);
    let zstd = ruzstd::encoding::compress_to_vec(
        rows.as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    for (kind, whole) in [("gzip", gzip(rows.as_bytes())), ("zstd", zstd)] {
        let run = of_bytes(&room, &CSV, whole.clone());
        run.assert(0, "", SMALL);
        assert_eq!(run.answer.stdout.lines().count(), 20_000);
        let run = of_bytes(&room, &CSV, whole[..whole.len() / 2].to_vec());
        let words = format!("the {kind} archive is cut off");
        run.assert(3, &words, SMALL);
        let answered = run.answer.stdout.lines().count();
        assert!((5000..15_000).contains(&answered), "{kind}: {answered}");
        let mut damaged = whole.clone();
        damaged[whole.len() / 2] ^= 0x40;
        let run = of_bytes(&room, &CSV, damaged);
        assert_eq!(run.answer.code, Some(3), "{kind}: {}", run.answer.stderr);
        // Two archives one after another are one.
        let run = of_bytes(
            &room,
            &JSONL,
            [
                packed(kind, "{\"text\":\"a\"}\n"),
                packed(kind, "{\"text\":\"b\"}\n"),
            ]
            .concat(),
        );
        run.assert(0, "", SMALL);
        assert_eq!(run.answer.stdout.lines().count(), 2);
    }
}

/// A Zstandard frame of one window: blank lines, then a record. Each block repeats a byte.
fn wide_zstd(window_exponent: u8, blocks: usize) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, (window_exponent - 10) << 3];
    for _ in 0..blocks {
        // 128 KiB of it: the size above the type (1) and the mark of the last (0).
        frame.extend_from_slice(&(((128 << 10) << 3 | 1 << 1) as u32).to_le_bytes()[..3]);
        frame.push(b'\n');
    }
    let record = b"{\"text\":\"a\"}\n";
    frame.extend_from_slice(&((record.len() << 3 | 1) as u32).to_le_bytes()[..3]);
    frame.extend_from_slice(record);
    frame
}

/// The window is what such an archive takes beyond what all others do.
#[test]
fn a_wide_window_of_an_archive() {
    let room = Room::new();
    // 8 MiB is what `zstd -19` takes, 128 MiB what `--ultra -22` does.
    for (exponent, most) in [(23, SMALL), (27, ALL + 128)] {
        let run = of_bytes(&room, &JSONL, wide_zstd(exponent, 4_000));
        run.assert(0, "1 article", most);
    }
    let run = of_bytes(&room, &JSONL, wide_zstd(28, 4_000));
    run.assert(3, "the zstd archive is damaged", SMALL);
}

#[test]
fn a_bomb_in_an_archive() {
    let room = Room::new();
    let bomb = |head: &str, byte: u8| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(head.as_bytes()).unwrap();
        again(&mut encoder, &[byte], 1 << 30).unwrap();
        encoder.finish().unwrap()
    };
    for (args, head) in [
        (&[][..], ""),
        (&CSV[..], "text\n"),
        (&JSONL[..], "{\"text\":\""),
    ] {
        let run = of_bytes(&room, args, bomb(head, b'a'));
        run.assert(3, "more than 16 MiB", ALL);
    }
    let run = of_bytes(&room, &HTML, bomb("<html>", b' '));
    run.assert(3, "more than 16 MiB", ALL);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Rows of text that cannot be packed into nothing.
fn rows(count: usize) -> String {
    let mut csv = String::from("id,text\n");
    let mut number = 1_u64;
    for id in 0..count {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        csv += &format!("{id},the number {number} was drawn\n");
    }
    csv
}

/// All of them were lost where the delimiter had to be looked for.
#[test]
fn rows_before_the_cut_of_a_small_archive() {
    let room = Room::new();
    for rows in [rows(100), rows(100).replace(',', ";")] {
        let mut packed = gzip(rows.as_bytes());
        packed.truncate(packed.len() - 12);
        let run = of_bytes(&room, &CSV, packed);
        run.assert(3, "what is before the cut was read", SMALL);
        assert!(run.answer.stdout.lines().count() > 90);
    }
}

fn packed(kind: &str, text: &str) -> Vec<u8> {
    match kind {
        "gzip" => gzip(text.as_bytes()),
        _ => ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        ),
    }
}
