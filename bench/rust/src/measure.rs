//! Clocks, percentiles, and the numbers in records.

use crate::error::{failed, Result};

fn nanoseconds(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is ours, and both clocks that we name exist on Linux.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// CLOCK_MONOTONIC: the same in every process.
pub fn now() -> u64 {
    nanoseconds(libc::CLOCK_MONOTONIC)
}

pub fn busy_for(think: u64) {
    let then = now() + think;
    while now() < then {}
}

/// Time and processor time since it was made.
pub struct Span {
    start: u64,
    cpu: u64,
}

impl Span {
    pub fn start() -> Self {
        Self {
            cpu: nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID),
            start: now(),
        }
    }

    pub fn with_cpu(&self, records: u64) -> String {
        let wall = (now() - self.start) as f64 / 1e9;
        let cpu = (nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID) - self.cpu) as f64 / 1e9;
        format!(r#"{{"records": {records}, "seconds": {wall:.9}, "cpu": {cpu:.9}}}"#)
    }
}

pub fn throughput(records: u64, start: u64) -> String {
    let wall = (now() - start) as f64 / 1e9;
    format!(r#"{{"records": {records}, "seconds": {wall:.9}}}"#)
}

/// Percentiles by nearest rank.
pub fn distribution(mut trips: Vec<u64>, mean: f64) -> String {
    trips.sort_unstable();
    let n = trips.len();
    let at = |share: f64| trips[((share * n as f64) as usize).min(n - 1)];
    format!(
        r#"{{"rounds": {n}, "p50": {}, "p90": {}, "p99": {}, "p999": {}, "max": {}, "mean": {mean:.1}}}"#,
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        trips[n - 1]
    )
}

pub fn number_of(record: &[u8]) -> u64 {
    u64::from_le_bytes(record[..8].try_into().expect("8 bytes"))
}

pub fn set_number(record: &mut [u8], number: u64) {
    record[..8].copy_from_slice(&number.to_le_bytes());
}

pub fn check(record: &[u8], number: u64) -> Result<()> {
    let found = number_of(record);
    if found != number {
        return failed(format!("record {found} instead of {number}"));
    }
    Ok(())
}
