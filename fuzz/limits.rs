//! How long a case may take.

use rustix::time::{ClockId, clock_gettime};

/// Seconds of processor time for a case of at most 64 KiB. The wall clock would tell how busy
/// the machine is.
const MOST_SECONDS: i64 = 2;

/// Does something, in time or with a crash.
pub fn within(check: impl FnOnce()) {
    let start = clock_gettime(ClockId::ThreadCPUTime);
    check();
    let took = clock_gettime(ClockId::ThreadCPUTime) - start;
    assert!(took.tv_sec < MOST_SECONDS, "took {took:?}");
}
