//! A record every so often; the receiver sleeps in between.

use crate::error::Result;
use crate::keys::Keys;
use crate::measure::{check, now, set_number, Span};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::service::{node, Shape};
use std::time::Duration;

struct Paced {
    name: String,
    shape: Shape,
    rate: usize,
    count: u64,
    warm: u64,
}

impl Paced {
    fn parse(mut keys: Keys) -> Result<Self> {
        let (count, warm) = keys.count_and_warm()?;
        let paced = Self {
            name: keys.text("name", None)?,
            shape: Shape {
                size: keys.size()?,
                ring: keys.number("ring", Some(1 << 20))?,
            },
            rate: keys.number("rate", None)?,
            count,
            warm,
        };
        keys.done()?;
        Ok(paced)
    }
}

pub fn produce(keys: Keys) -> Result<Option<String>> {
    let p = Paced::parse(keys)?;
    let node = node()?;
    let sender = Sender::new(&node, &p.name, &p.shape)?;
    sender.connect()?;
    let mut record = vec![0x5au8; p.shape.size];
    let (begin, mut span) = (now(), Span::start());
    for i in 0..p.count {
        if i == p.warm {
            span = Span::start();
        }
        if let Some(due) = (i * 1_000_000_000).checked_div(p.rate as u64) {
            let rest = (begin + due).saturating_sub(now());
            if rest > 0 {
                std::thread::sleep(Duration::from_nanos(rest));
            }
        }
        set_number(&mut record, i);
        sender.copy_and_wake(&record)?;
    }
    let result = span.with_cpu(p.count - p.warm);
    sender.finish()?;
    Ok(Some(result))
}

pub fn consume(keys: Keys) -> Result<Option<String>> {
    let p = Paced::parse(keys)?;
    let node = node()?;
    let mut receiver = Receiver::new(&node, &p.name, &p.shape)?;
    receiver.connect()?;
    let mut record = vec![0x5au8; p.shape.size];
    let mut span = Span::start();
    for i in 0..p.count {
        record.copy_from_slice(receiver.block()?.payload());
        check(&record, i)?;
        if i == p.warm {
            span = Span::start();
        }
    }
    Ok(Some(span.with_cpu(p.count - 1 - p.warm)))
}
