//! Output that cannot make a terminal do anything but show it.
//!
//! Titles, ids, labels and the terms of a model come from files of strangers. A control sequence
//! in one of them could rename the window, move the cursor over what was said before, or worse.
//! Colours pass, as they are our own; for any other control character stands U+FFFD.

use std::io::{self, Write};

/// Writes what is harmless to a terminal; to a file or pipe everything as it is.
pub struct Harmless<W> {
    out: W,
    is_terminal: bool,
    /// The beginning of what may be a colour or a control character of two bytes.
    held: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    pub fn new(out: W, is_terminal: bool) -> Self {
        Self {
            out,
            is_terminal,
            held: Vec::new(),
        }
    }

    /// Takes in a byte; adds to `shown` what can be shown now.
    fn step(&mut self, byte: u8, shown: &mut Vec<u8>) {
        match (self.held.as_slice(), byte) {
            ([], 0x1b | 0xc2) | ([0x1b], b'[') | ([0x1b, b'[', ..], b'0'..=b'9' | b';') => {
                self.held.push(byte);
            }
            ([0x1b, b'[', ..], b'm') => {
                shown.append(&mut self.held);
                shown.push(byte);
            }
            ([0x1b, rest @ ..], _) => {
                shown.extend_from_slice(REPLACEMENT);
                shown.extend_from_slice(rest);
                self.held.clear();
                self.step(byte, shown);
            }
            // U+0080 to U+009F.
            ([_, ..], 0x80..=0x9f) => {
                shown.extend_from_slice(REPLACEMENT);
                self.held.clear();
            }
            ([_, ..], _) => {
                shown.append(&mut self.held);
                shown.push(byte);
            }
            // The end of a line on Windows, or a return to its start.
            ([], b'\r') => {}
            ([], b'\n' | b'\t') => shown.push(byte),
            ([], 0..0x20 | 0x7f) => shown.extend_from_slice(REPLACEMENT),
            ([], _) => shown.push(byte),
        }
    }
}

const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        let mut shown = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            self.step(byte, &mut shown);
        }
        self.out.write_all(&shown)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, is_terminal: bool) -> Vec<String> {
        // However it is cut into pieces.
        [1, 2, 3, 1000]
            .map(|length| {
                let mut out = Vec::new();
                let mut writer = Harmless::new(&mut out, is_terminal);
                for piece in text.as_bytes().chunks(length) {
                    writer.write_all(piece).unwrap();
                }
                String::from_utf8(out).unwrap()
            })
            .to_vec()
    }

    #[test]
    fn colours_pass_and_nothing_else_that_a_terminal_obeys() {
        for (text, expected) in [
            (
                "\u{1b}[1;36mZölle\u{1b}[0m 25 €\tx\r\n",
                "\u{1b}[1;36mZölle\u{1b}[0m 25 €\tx\n",
            ),
            ("\u{1b}]0;title\u{7}", "\u{fffd}]0;title\u{fffd}"),
            ("\u{1b}[2Ja\u{1b}[12", "\u{fffd}[2Ja"),
            ("\u{1b}\u{1b}[3A\u{8}", "\u{fffd}\u{fffd}[3A\u{fffd}"),
            (
                "\u{9b}31m \u{85}\u{a0}é\u{7f}\0",
                "\u{fffd}31m \u{fffd}\u{a0}é\u{fffd}\u{fffd}",
            ),
        ] {
            assert!(shown(text, true).iter().all(|s| s == expected), "{text:?}");
            assert!(shown(text, false).iter().all(|s| s == text), "{text:?}");
        }
    }
}
