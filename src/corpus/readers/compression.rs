//! Decompression, recognised by the first bytes.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::source::peek;
use crate::error::Error;

/// The most memory a Zstandard window may take: what `zstd --ultra -22` needs.
const MAX_WINDOW: u64 = 128 << 20;

/// First bytes of what is not text, and what it is then.
const OTHERS: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
];

/// The bytes as they are, or what is packed in them.
pub(super) fn decompress(
    mut bytes: impl Read + Send + 'static,
) -> io::Result<Box<dyn Read + Send>> {
    let head = peek(&mut bytes, 8)?;
    let is_gzip = head.starts_with(b"\x1f\x8b\x08");
    let is_zstd = is_zstd_frame(&head);
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(io::Error::other(Error::data(format!(
            "is {name}, expected text, alone or packed by gzip or zstd"
        ))));
    }
    let bytes = Cursor::new(head).chain(bytes);
    Ok(if is_gzip {
        Box::new(Gzip(MultiGzDecoder::new(buffered(bytes))))
    } else if is_zstd {
        Box::new(Zstd::new(buffered(bytes)))
    } else {
        Box::new(bytes)
    })
}

fn buffered<R: Read>(source: R) -> BufReader<R> {
    BufReader::with_capacity(1 << 16, source)
}

/// A frame, or one that is to be skipped.
fn is_zstd_frame(head: &[u8]) -> bool {
    head.starts_with(b"\x28\xb5\x2f\xfd")
        || (head.get(1..4) == Some(b"\x2a\x4d\x18") && head[0] & 0xf0 == 0x50)
}

/// A fault of an archive, for the person who has it.
fn fault(kind: &str, cut_off: bool, error: impl std::fmt::Display) -> io::Error {
    let message = if cut_off {
        format!("the {kind} archive is cut off; what is before the cut was read")
    } else {
        format!("the {kind} archive is damaged: {error}")
    };
    io::Error::other(Error::data(message))
}

struct Gzip<R: BufRead>(MultiGzDecoder<R>);

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => fault("gzip", true, error),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => fault("gzip", false, error),
            _ => error,
        })
    }
}

/// Frames one after another, as `zstd` and `pzstd` write them.
struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        Self {
            source,
            decoder,
            in_frame: false,
        }
    }

    /// Begins the next frame; false at the end of the archive.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let skipped = io::copy(
                        &mut (&mut self.source).take(u64::from(length)),
                        &mut io::sink(),
                    )?;
                    if skipped < u64::from(length) {
                        return Err(fault("zstd", true, ""));
                    }
                }
                Err(error) => return Err(self.fault(error)),
            }
        }
    }

    fn fault(&mut self, error: impl std::fmt::Display) -> io::Error {
        // The decoder does not say whether it wanted more bytes: it did if there are none left.
        match self.source.fill_buf() {
            Ok(rest) => fault("zstd", rest.is_empty(), error),
            Err(error) => error,
        }
    }

    fn check(&self) -> io::Result<()> {
        match (
            self.decoder.get_checksum_from_data(),
            self.decoder.get_calculated_checksum(),
        ) {
            (Some(stored), Some(found)) if stored != found => {
                Err(fault("zstd", false, "its checksum does not match"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame {
                if !self.next_frame()? {
                    return Ok(0);
                }
                self.in_frame = true;
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.check()?;
                self.in_frame = false;
                continue;
            }
            // One block at a time: a block is at most 128 KiB, whatever the archive claims.
            if let Err(error) = self
                .decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
            {
                return Err(self.fault(error));
            }
        }
    }
}
