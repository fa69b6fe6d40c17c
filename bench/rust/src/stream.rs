//! One way. A sample holds one record, or with the modes batch and run up to `batch` of them: that is how
//! this system sends many small records at once.

use crate::error::{failed, unsupported, Result};
use crate::keys::Keys;
use crate::measure::{check, now, set_number, throughput};
use crate::receiver::Receiver;
use crate::sender::{deliver, Sender, Space};
use crate::service::{node, Shape};

struct Stream {
    name: String,
    size: usize,
    count: u64,
    warm: u64,
    mode: Mode,
    batch: usize,
    ring: usize,
    several: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Copy,
    Place,
    Batch,
    Run,
}

fn mode(text: &str) -> Result<Mode> {
    match text {
        "copy" => Ok(Mode::Copy),
        "place" => Ok(Mode::Place),
        "batch" => Ok(Mode::Batch),
        "run" => Ok(Mode::Run),
        _ => unsupported(format!("mode '{text}'; copy, place, batch, run are known")),
    }
}

impl Stream {
    fn parse(mut keys: Keys) -> Result<Self> {
        let (count, warm) = keys.count_and_warm()?;
        let own = keys.text("mode", Some("copy"))?;
        let peer = keys.text("peer", Some(&own))?;
        let several = |m| m == Mode::Batch || m == Mode::Run;
        let stream = Self {
            name: keys.text("name", None)?,
            size: keys.size()?,
            count,
            warm,
            mode: mode(&own)?,
            batch: keys.number("batch", Some(512))?.max(1),
            ring: keys.number("ring", Some(1 << 20))?,
            several: several(mode(&own)?) || several(mode(&peer)?),
        };
        keys.done()?;
        Ok(stream)
    }

    fn shape(&self) -> Shape {
        let records = if self.several { self.batch } else { 1 };
        Shape {
            size: self.size * records,
            ring: self.ring,
        }
    }
}

fn fill_number(space: &mut Space, at: usize, number: u64) {
    for (to, from) in space.payload_mut()[at..at + 8]
        .iter_mut()
        .zip(number.to_le_bytes())
    {
        to.write(from);
    }
}

/// Publishes what lies there, of which only the numbers are ours.
fn send_as_is(space: Space) -> Result<()> {
    // SAFETY: bytes in shared memory that the system has mapped are initialised, whatever they are.
    deliver(unsafe { space.assume_init() })
}

pub fn produce(keys: Keys) -> Result<Option<String>> {
    let s = Stream::parse(keys)?;
    let node = node()?;
    let sender = Sender::new(&node, &s.name, &s.shape())?;
    sender.connect()?;
    let per_sample = match s.mode {
        Mode::Copy | Mode::Place => 1,
        Mode::Batch | Mode::Run => s.batch,
    };
    let mut records = vec![0x5au8; s.size * per_sample];
    let mut number = 0;
    while number < s.count {
        let several = per_sample.min((s.count - number) as usize);
        let bytes = several * s.size;
        match s.mode {
            Mode::Copy | Mode::Batch => {
                for record in records[..bytes].chunks_exact_mut(s.size) {
                    set_number(record, number);
                    number += 1;
                }
                sender.copy(&records[..bytes])?;
            }
            Mode::Place | Mode::Run => {
                let mut space = sender.loan(bytes)?;
                for i in 0..several {
                    fill_number(&mut space, i * s.size, number);
                    number += 1;
                }
                send_as_is(space)?;
            }
        }
    }
    sender.finish()?;
    Ok(None)
}

pub fn consume(keys: Keys) -> Result<Option<String>> {
    let s = Stream::parse(keys)?;
    let node = node()?;
    let mut receiver = Receiver::new(&node, &s.name, &s.shape())?;
    receiver.connect()?;
    let mut to = vec![0x5au8; s.shape().size];
    let mut seen = 0;
    take(&receiver, &s, &mut to, &mut seen, s.warm + 1)?;
    let (start, before) = (now(), seen);
    take(&receiver, &s, &mut to, &mut seen, s.count)?;
    Ok(Some(throughput(seen - before, start)))
}

/// Takes samples until `end` records have been seen.
fn take(receiver: &Receiver, s: &Stream, to: &mut [u8], seen: &mut u64, end: u64) -> Result<()> {
    let size = s.size;
    while *seen < end {
        let sample = receiver.spin()?;
        let records = sample.payload();
        if records.is_empty() || records.len() % size != 0 {
            return failed(format!("{} bytes, records have {size}", records.len()));
        }
        let first = *seen;
        *seen += (records.len() / size) as u64;
        match s.mode {
            Mode::Copy => {
                for (i, record) in records.chunks_exact(size).enumerate() {
                    to[..size].copy_from_slice(record);
                    check(to, first + i as u64)?;
                }
            }
            Mode::Place => {
                for (i, record) in records.chunks_exact(size).enumerate() {
                    check(record, first + i as u64)?;
                }
            }
            Mode::Batch => {
                let copy = &mut to[..records.len()];
                copy.copy_from_slice(records);
                check(copy, first)?;
                check(&copy[copy.len() - size..], *seen - 1)?;
            }
            Mode::Run => {
                check(records, first)?;
                check(&records[records.len() - size..], *seen - 1)?;
            }
        }
    }
    Ok(())
}
