//! The terminal behind standard error, for the progress.

use std::io::{self, Write};

use indicatif::TermLike;

use super::output;

/// Columns left free at the end of a line: a terminal writes `^C` there at Ctrl-C. In a full line
/// it would go on to the next one, and the progress could no longer be taken away.
const FREE: usize = 3;

/// A terminal that understands ANSI escapes and has its last columns left free.
#[derive(Debug)]
pub struct Screen;

impl Screen {
    /// Moves the cursor by some places; ANSI takes 0 for 1.
    fn move_cursor(places: usize, direction: char) -> io::Result<()> {
        match places {
            0 => Ok(()),
            _ => write!(io::stderr(), "\x1b[{places}{direction}"),
        }
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        let width = output::error_width().saturating_sub(FREE);
        u16::try_from(width).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        Self::move_cursor(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        Self::move_cursor(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        Self::move_cursor(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        Self::move_cursor(n, 'D')
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{line}")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        write!(io::stderr(), "{text}")
    }

    fn clear_line(&self) -> io::Result<()> {
        write!(io::stderr(), "\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        io::stderr().flush()
    }
}
