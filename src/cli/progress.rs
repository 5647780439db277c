//! Progress with rate and time left: for work of more than a second, on a terminal, and there
//! on standard error. Nowhere else is anything drawn.

use std::io::{IsTerminal, Read};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;
use super::screen::Screen;

/// Work that takes less time shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// The line is drawn again at least this often, so that a long step is seen to be alive.
const TICK: Duration = Duration::from_millis(200);

/// It is not drawn more often than this, in a second.
const DRAWS: u8 = 20;

const BYTES: &str = "{prefix} [{bar:24}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
const BYTES_SO_FAR: &str = "{prefix} {spinner} {bytes}, {bytes_per_sec}, {elapsed}";
const STEPS: &str = "{prefix} [{bar:24}] {human_pos} of {human_len}, {per_sec}, {eta} left";
const WORKING: &str = "{prefix} {spinner} {elapsed}";

/// What is drawn at the moment: notes make room by it.
static CURRENT: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// The progress of one piece of work. It ends when it is finished or dropped.
pub struct Progress {
    bar: ProgressBar,
    /// Dropping it tells the waiting thread that the work was done in time.
    _patience: Option<Sender<()>>,
}

impl Progress {
    /// Work counted in bytes; without a total it has no time left.
    pub fn bytes(name: &'static str, total: Option<u64>) -> Self {
        Self::start(
            name,
            total,
            if total.is_some() { BYTES } else { BYTES_SO_FAR },
        )
    }

    /// Work counted in steps.
    pub fn steps(name: &'static str, total: u64) -> Self {
        Self::start(name, Some(total), STEPS)
    }

    /// Work that cannot be counted: the time it has taken.
    pub fn working(name: &'static str) -> Self {
        Self::start(name, None, WORKING)
    }

    /// Progress that is not shown.
    pub fn hidden() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            _patience: None,
        }
    }

    fn start(name: &'static str, total: Option<u64>, style: &str) -> Self {
        if !is_wanted() {
            return Self::hidden();
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        // A test parses every template.
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style.progress_chars("=> ").tick_chars("|/-\\ "));
        }
        bar.set_prefix(name);
        let (patience, done) = mpsc::channel::<()>();
        let shown = bar.clone();
        std::thread::spawn(move || {
            if done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::term_like_with_hz(
                    Box::new(Screen),
                    DRAWS,
                ));
                shown.enable_steady_tick(TICK);
            }
        });
        *lock() = Some(bar.clone());
        Self {
            bar,
            _patience: Some(patience),
        }
    }

    /// What the work is at.
    pub fn stage(&self, name: &'static str) {
        self.bar.set_prefix(name);
    }

    /// So much is done.
    pub fn reach(&self, done: u64) {
        self.bar.set_position(done);
    }

    /// Bytes that advance the progress as they are read.
    pub fn of_reading<R: Read + Send + 'static>(&self, bytes: R) -> impl Read + Send + 'static {
        self.bar.wrap_read(bytes)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        *lock() = None;
    }
}

/// Runs something that writes to the terminal, with the progress out of its way.
pub fn suspend<R>(write: impl FnOnce() -> R) -> R {
    let current = lock().clone();
    match current {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<ProgressBar>> {
    CURRENT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A terminal that can move its cursor, and a user who did not ask for quiet.
fn is_wanted() -> bool {
    !output::is_quiet()
        && std::io::stderr().is_terminal()
        && std::env::var_os("TERM").is_some_and(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_one() {
        for template in [BYTES, BYTES_SO_FAR, STEPS, WORKING] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
