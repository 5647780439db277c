//! Ctrl-C: what is being written is finished, then the program ends with code 130.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{output, progress};

/// What a shell reports of a program that was interrupted.
const EXIT_CODE: i32 = 130;
/// How long a write may hold up the end: a reader that has stopped reading must not hold it
/// for ever.
const PATIENCE: Duration = Duration::from_secs(2);

static WRITING: Mutex<()> = Mutex::new(());

/// Ends the program at Ctrl-C, but not in the middle of a [`whole`] write.
pub fn listen() {
    let ends = || {
        let start = Instant::now();
        let mut writing = WRITING.try_lock();
        while writing.is_err() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
            writing = WRITING.try_lock();
        }
        // The end comes while the progress is off the terminal: it is not drawn again.
        progress::suspend(|| {
            output::line("newstopics: interrupted");
            std::process::exit(EXIT_CODE);
        });
    };
    // Without a handler Ctrl-C still ends the program, only less tidily.
    let _ = ctrlc::set_handler(ends);
}

/// While this is held, Ctrl-C waits: for files and for whole lines of output.
pub fn whole() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}
