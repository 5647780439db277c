//! From the characters' encoding to UTF-8.
//!
//! In this order: the encoding that was asked for; a byte order mark; the page's own declaration;
//! UTF-16 by its zero bytes; ASCII for as long as there is nothing else; then UTF-8 where the
//! first other characters are UTF-8; else what chardetng (the detector of Firefox) makes of them.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::note::{Note, Notes};
use crate::error::Error;

/// Stands for what the input's encoding does not have. No UTF-8 text contains this byte, so it
/// makes the record it is in, and no other, a bad one.
pub(super) const MALFORMED: u8 = 0xff;

/// Bytes from the first that is not ASCII on by which the encoding is judged.
const WINDOW: usize = 1 << 16;

/// Bytes before it that the detector sees.
const CONTEXT: usize = 16;

/// Bytes by which UTF-16 without a mark is known.
const START: usize = 512;

/// Gives the bytes of a source as UTF-8.
pub(super) struct ToUtf8<R> {
    source: R,
    state: State,
    /// Read, but not yet given; from `taken` on.
    pending: Vec<u8>,
    taken: usize,
    declared: Option<&'static Encoding>,
    path: PathBuf,
    notes: Notes,
}

enum State {
    /// Nothing was read yet.
    Start {
        forced: Option<&'static Encoding>,
    },
    /// All so far was ASCII.
    Ascii,
    Utf8,
    Legacy {
        decoder: Decoder,
        ended: bool,
    },
}

impl<R: Read> ToUtf8<R> {
    pub(super) fn new(
        source: R,
        forced: Option<&'static Encoding>,
        declared: Option<&'static Encoding>,
        path: &Path,
        notes: Notes,
    ) -> Self {
        Self {
            source,
            state: State::Start { forced },
            pending: Vec::new(),
            taken: 0,
            declared,
            path: path.to_path_buf(),
            notes,
        }
    }

    /// Reads once into what is pending; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let length = self.pending.len();
        self.pending.resize(length + WINDOW, 0);
        loop {
            match self.source.read(&mut self.pending[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    let read = *result.as_ref().unwrap_or(&0);
                    self.pending.truncate(length + read);
                    return result.map(|read| read > 0);
                }
            }
        }
    }

    /// Looks for a byte order mark and the like.
    fn start(&mut self, forced: Option<&'static Encoding>) -> io::Result<()> {
        while self.pending.len() < START && self.fill()? {}
        let marked = Encoding::for_bom(&self.pending);
        if let Some((_, length)) = marked {
            self.taken = length;
        }
        self.state = match (forced, marked) {
            // A mark that agrees is not text; one that does not agree was overruled.
            (Some(forced), Some((found, _))) if forced != found => {
                self.taken = 0;
                self.legacy(forced)
            }
            (Some(forced), _) => self.legacy(forced),
            (None, Some((found, _))) => self.noted(found),
            (None, None) => match (self.declared, utf16_by_zeros(&self.pending)) {
                // UTF-8 is claimed by many a page that is not in it: better look.
                (Some(declared), _) if declared != UTF_8 => self.noted(declared),
                (None, Some(utf16)) => self.noted(utf16),
                _ => State::Ascii,
            },
        };
        Ok(())
    }

    /// The bytes are all ASCII still, or the encoding shows now.
    fn judge(&mut self) -> io::Result<State> {
        let Some(first) = self.pending.iter().position(|b| !b.is_ascii()) else {
            return Ok(State::Ascii);
        };
        // Always the whole window, so that a pipe is judged as a file is.
        let mut ended = false;
        while !ended && self.pending.len() < first + WINDOW {
            ended = !self.fill()?;
        }
        let end = self.pending.len().min(first + WINDOW);
        let (mut good, mut bad) = (0_usize, 0_usize);
        for chunk in self.pending[first..end].utf8_chunks() {
            good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            bad += usize::from(!chunk.invalid().is_empty());
        }
        // A legacy text looks like UTF-8 in one place or another by chance only. Where both are
        // about as frequent, the records that are not UTF-8 are told.
        if good * 3 > bad {
            return Ok(State::Utf8);
        }
        self.detect(first, end, ended)
    }

    /// What the bytes between two places are in, if not UTF-8.
    fn detect(&self, first: usize, end: usize, ended: bool) -> io::Result<State> {
        let window = &self.pending[first..end];
        let cannot_tell = |why: &str| {
            io::Error::other(Error::data(format!(
                "the encoding cannot be told: found the byte 0x{:02x}, which is not UTF-8, and {why}; expected text (or say its encoding with --encoding)",
                window[0]
            )))
        };
        if window.iter().any(|&b| is_control(b)) {
            return Err(cannot_tell(
                "control characters, as in a file that is no text",
            ));
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        // The word before the first such character counts too.
        detector.feed(&self.pending[first.saturating_sub(CONTEXT)..end], ended);
        let found = detector.guess(None, Utf8Detection::Deny);
        let (text, malformed) = found.decode_without_bom_handling(window);
        if (malformed && ended) || text.chars().any(|c| ('\u{80}'..'\u{a0}').contains(&c)) {
            return Err(cannot_tell(&format!("no {} either", found.name())));
        }
        Ok(self.noted(found))
    }

    fn noted(&self, encoding: &'static Encoding) -> State {
        if encoding != UTF_8 {
            self.notes.add(Note::Encoding {
                file: self.path.clone(),
                name: encoding.name(),
            });
        }
        self.legacy(encoding)
    }

    fn legacy(&self, encoding: &'static Encoding) -> State {
        if encoding == UTF_8 {
            return State::Utf8;
        }
        State::Legacy {
            decoder: encoding.new_decoder_without_bom_handling(),
            ended: false,
        }
    }

    /// Gives pending bytes as they are, or reads past them when there are none.
    fn pass(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.pending.len() {
            return self.source.read(buffer);
        }
        let length = buffer.len().min(self.pending.len() - self.taken);
        buffer[..length].copy_from_slice(&self.pending[self.taken..self.taken + length]);
        self.taken += length;
        if self.taken == self.pending.len() {
            self.pending.clear();
            self.taken = 0;
        }
        Ok(length)
    }

    /// Decodes pending bytes until something can be given.
    fn decode(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.taken == self.pending.len() {
                self.pending.clear();
                self.taken = 0;
                let more = self.fill()?;
                let State::Legacy { ended, .. } = &mut self.state else {
                    return Ok(0);
                };
                if *ended {
                    return Ok(0);
                }
                *ended = !more;
            }
            let State::Legacy { decoder, ended } = &mut self.state else {
                return Ok(0);
            };
            // Room for the mark of what is malformed.
            let room = buffer.len() - 1;
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(
                &self.pending[self.taken..],
                &mut buffer[..room],
                *ended,
            );
            self.taken += read;
            if let DecoderResult::Malformed(..) = result {
                buffer[written] = MALFORMED;
                return Ok(written + 1);
            }
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

impl<R: Read> Read for ToUtf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.len() < 8 {
            return Err(io::Error::other("a buffer of at least 8 bytes is needed"));
        }
        if let State::Start { forced } = self.state {
            self.start(forced)?;
        }
        if matches!(self.state, State::Ascii) && self.taken == self.pending.len() {
            self.pending.clear();
            self.taken = 0;
            self.fill()?;
        }
        if matches!(self.state, State::Ascii) && self.taken == 0 {
            self.state = self.judge()?;
        }
        match self.state {
            State::Legacy { .. } => self.decode(buffer),
            _ => self.pass(buffer),
        }
    }
}

/// Bytes that no text has in any encoding but UTF-16.
fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a | 0x1b)
}

/// UTF-16 without a byte order mark: of most pairs of bytes one, always the same, is zero.
fn utf16_by_zeros(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = || head.chunks_exact(2).take(START / 2);
    let enough = pairs().count() * 7 / 10;
    let of = |zero: usize| pairs().filter(|p| p[zero] == 0 && p[1 - zero] != 0).count();
    match (of(0), of(1)) {
        _ if enough == 0 => None,
        (big, 0) if big > enough => Some(UTF_16BE),
        (0, little) if little > enough => Some(UTF_16LE),
        _ => None,
    }
}
