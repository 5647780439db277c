//! From the characters' encoding to UTF-8.
//!
//! In this order: the encoding that was asked for; a byte order mark; the page's own declaration;
//! UTF-16 by its zero bytes; ASCII for as long as there is nothing else; then UTF-8 where the
//! first other characters are UTF-8; else what chardetng (the detector of Firefox) makes of them.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

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
    /// Decoded, but not yet given; from `given` on.
    decoded: Vec<u8>,
    given: usize,
    declared: Option<&'static Encoding>,
    /// Whether bytes were seen that no text has.
    controls: bool,
    /// What is wrong with the bytes after those that are pending.
    fault: Option<io::Error>,
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
            decoded: Vec::new(),
            given: 0,
            declared,
            controls: false,
            fault: None,
            path: path.to_path_buf(),
            notes,
        }
    }

    /// Reads once into what is pending; false at the end. A failed read is told when what came
    /// before it was given.
    fn fill(&mut self) -> io::Result<bool> {
        let length = self.pending.len();
        if self.fault.is_some() && self.taken < length {
            return Ok(false);
        }
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        self.pending.resize(length + WINDOW, 0);
        loop {
            match self.source.read(&mut self.pending[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => {
                    let read = *result.as_ref().unwrap_or(&0);
                    self.pending.truncate(length + read);
                    return match result {
                        Err(error) if self.taken < length => {
                            self.fault = Some(error);
                            Ok(false)
                        }
                        result => result.map(|read| read > 0),
                    };
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
            (None, Some((found, _))) => self.legacy(found),
            (None, None) => match (self.declared, utf16_by_zeros(&self.pending)) {
                // UTF-8 is claimed by many a page that is not in it: better look.
                (Some(declared), _) if declared != UTF_8 => self.legacy(declared),
                (None, Some(utf16)) => self.noted(utf16),
                _ => State::Ascii,
            },
        };
        Ok(())
    }

    /// The bytes are all ASCII still, or the encoding shows now.
    fn judge(&mut self) -> io::Result<State> {
        let Some(first) = self.pending.iter().position(|b| !b.is_ascii()) else {
            self.controls |= self.pending.iter().any(|&b| is_control(b));
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
        match self.detect(first, end, ended) {
            // The text before is given first, however much of it came in one piece.
            Err(fault) if first > self.taken => {
                self.pending.truncate(first);
                self.fault = Some(fault);
                Ok(State::Ascii)
            }
            state => state,
        }
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
        if self.controls || self.pending[..end].iter().any(|&b| is_control(b)) {
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
        // Its neighbours have most letters in common with windows-1252, by far the most frequent.
        let western = WINDOWS_1252.decode_without_bom_handling(window).0;
        let found = if text == western { WINDOWS_1252 } else { found };
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

    /// Decodes pending bytes until there is something to give, or nothing left.
    fn decode(&mut self) -> io::Result<()> {
        self.decoded.resize(WINDOW, 0);
        self.given = 0;
        loop {
            let mut at_end = false;
            if self.taken == self.pending.len() {
                at_end = !self.refill()?;
            }
            let State::Legacy { decoder, ended } = &mut self.state else {
                break;
            };
            if *ended {
                self.decoded.clear();
                break;
            }
            *ended = at_end;
            // Room for the mark of what is malformed.
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(
                &self.pending[self.taken..],
                &mut self.decoded[..WINDOW - 1],
                at_end,
            );
            self.taken += read;
            let malformed = matches!(result, DecoderResult::Malformed(..));
            if malformed {
                self.decoded[written] = MALFORMED;
                // The decoder has to be asked again, there may be more of it.
                *ended = false;
            }
            self.decoded.truncate(written + usize::from(malformed));
            if !self.decoded.is_empty() {
                break;
            }
            self.decoded.resize(WINDOW, 0);
        }
        Ok(())
    }

    /// Reads anew when all pending bytes were taken; false at the end. The last of them stay
    /// where the detector sees them.
    fn refill(&mut self) -> io::Result<bool> {
        let before = self.pending.len().saturating_sub(CONTEXT);
        self.pending.drain(..before);
        self.taken = self.pending.len();
        self.fill()
    }
}

impl<R: Read> BufRead for ToUtf8<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let State::Start { forced } = self.state {
            self.start(forced)?;
            if matches!(self.state, State::Ascii) {
                self.state = self.judge()?;
            }
        } else if self.taken == self.pending.len() && !matches!(self.state, State::Legacy { .. }) {
            self.refill()?;
            if matches!(self.state, State::Ascii) {
                self.state = self.judge()?;
            }
        }
        if !matches!(self.state, State::Legacy { .. }) {
            return Ok(&self.pending[self.taken..]);
        }
        if self.given == self.decoded.len() {
            self.decode()?;
        }
        Ok(&self.decoded[self.given..])
    }

    fn consume(&mut self, length: usize) {
        match self.state {
            State::Legacy { .. } => self.given += length,
            _ => self.taken += length,
        }
    }
}

impl<R: Read> Read for ToUtf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], forced: Option<&'static Encoding>) -> (String, Vec<Note>) {
        let notes = Notes::default();
        let mut text = Vec::new();
        ToUtf8::new(bytes, forced, None, Path::new("a"), notes.clone())
            .read_to_end(&mut text)
            .unwrap();
        (String::from_utf8(text).unwrap(), notes.take())
    }

    fn name(notes: &[Note]) -> Option<&'static str> {
        match notes {
            [Note::Encoding { name, .. }] => Some(name),
            _ => None,
        }
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn short_german_texts_in_windows_1252() {
        for text in [
            "bäd",
            "Zölle",
            "Für die Zölle",
            "Das Maß ist voll, sagt er: „Schluß!“",
            "»Spaß« – für 5 €",
            "ÖL",
            "Überraschung in Köln",
        ] {
            let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
            assert!(!unmappable);
            let (found, notes) = decoded(&bytes, None);
            assert_eq!(found, text);
            assert_eq!(name(&notes), Some("windows-1252"), "{text}");
        }
    }

    #[test]
    fn other_alphabets_are_told_apart() {
        let russian = "Правительство объявило о введении новых пошлин на сталь и алюминий";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(russian);
        let (found, notes) = decoded(&bytes, None);
        assert_eq!(
            (found.as_str(), name(&notes)),
            (russian, Some("windows-1251"))
        );
        let japanese = "政府は鉄鋼とアルミニウムに対する新しい関税を発表した。";
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(japanese);
        let (found, notes) = decoded(&bytes, None);
        assert_eq!(
            (found.as_str(), name(&notes)),
            (japanese, Some("Shift_JIS"))
        );
    }

    #[test]
    fn utf_16_with_and_without_a_mark() {
        let text = "Zölle auf Stahl — 𝒵 und Öl\n".repeat(9000);
        for (big, expected) in [(true, "UTF-16BE"), (false, "UTF-16LE")] {
            for marked in [true, false] {
                let mark = if marked { "\u{feff}" } else { "" };
                let (found, notes) = decoded(&utf16(&format!("{mark}{text}"), big), None);
                assert!(found == text, "{expected} {marked}");
                // A mark is no guess, so there is nothing to say.
                assert_eq!(name(&notes), (!marked).then_some(expected));
            }
        }
    }

    #[test]
    fn utf_8_is_not_noted_and_loses_its_mark() {
        for text in [
            "",
            "ab",
            "Zölle",
            &"ä".repeat(200_000),
            &format!("{}ä", "a".repeat(300_001)),
        ] {
            assert_eq!(decoded(text.as_bytes(), None), (text.to_owned(), vec![]));
            let marked = format!("\u{feff}{text}");
            assert_eq!(decoded(marked.as_bytes(), None), (text.to_owned(), vec![]));
        }
    }

    #[test]
    fn an_encoding_that_shows_late_is_found() {
        let text = format!("{}für", "a ".repeat(200_000));
        let (bytes, _, _) = WINDOWS_1252.encode(&text);
        let (found, notes) = decoded(&bytes, None);
        assert!(found == text);
        assert_eq!(name(&notes), Some("windows-1252"));
    }

    #[test]
    fn an_encoding_that_is_asked_for_is_taken() {
        let latin9 = Encoding::for_label(b"iso-8859-15");
        assert_eq!(decoded(b"5 \xa4", latin9).0, "5 €");
        assert_eq!(decoded("ä".as_bytes(), Some(WINDOWS_1252)).0, "Ã¤");
    }

    #[test]
    fn what_comes_before_a_fault_is_given_first() {
        // Bytes of no encoding, and a failed read, however the bytes come.
        let fault = b"good line\nbad \xe4\x00\x01 line\n";
        for (bytes, before) in [
            (&fault[..], "good line\nbad "),
            (b"good\nZ\xc3\xb6", "good\nZö"),
        ] {
            for at_once in [1, 7, 100] {
                let broken = std::iter::repeat_with(|| Err(io::Error::other("broken")));
                let pieces = bytes.chunks(at_once).map(Ok).chain(broken);
                let mut source =
                    ToUtf8::new(Pieces(pieces), None, None, Path::new("a"), Notes::default());
                let mut text = Vec::new();
                source.read_to_end(&mut text).unwrap_err();
                assert_eq!(
                    String::from_utf8(text).unwrap(),
                    before,
                    "{at_once} at once"
                );
            }
        }
    }

    /// Gives a piece a read.
    struct Pieces<I>(I);

    impl<'a, I: Iterator<Item = io::Result<&'a [u8]>>> Read for Pieces<I> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let mut piece = self.0.next().transpose()?.unwrap_or_default();
            piece.read(buffer)
        }
    }

    #[test]
    fn the_detector_sees_the_same_however_the_bytes_come() {
        // The two letters before the first that is not ASCII make a difference.
        let turkish = format!("{}naşehir", "a ".repeat(START));
        let (bytes, _, _) = encoding_rs::WINDOWS_1254.encode(&turkish);
        let mut slowly = String::new();
        let pieces = Pieces(bytes.chunks(1).map(Ok));
        ToUtf8::new(pieces, None, None, Path::new("a"), Notes::default())
            .read_to_string(&mut slowly)
            .unwrap();
        assert_eq!(slowly, decoded(&bytes, None).0);
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        for bytes in [
            &b"\x7fELF\x02\x01\x01\0\0\xff\xfe\x01"[..],
            b"abc\xe4\x00\x01",
        ] {
            let error = ToUtf8::new(bytes, None, None, Path::new("a"), Notes::default())
                .read_to_end(&mut Vec::new())
                .unwrap_err();
            assert!(
                error.to_string().contains("the encoding cannot be told"),
                "{error}"
            );
        }
    }
}
