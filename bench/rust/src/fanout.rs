//! The same record on each of several services.

use crate::error::{unsupported, Result};
use crate::keys::Keys;
use crate::measure::{check, now, set_number, throughput};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::service::{node, Shape};

struct Fanout {
    names: Vec<String>,
    shape: Shape,
    count: u64,
    warm: u64,
}

impl Fanout {
    fn parse(mut keys: Keys) -> Result<Self> {
        let (count, warm) = keys.count_and_warm()?;
        let (name, channels) = (keys.text("name", None)?, keys.number("channels", None)?);
        if channels == 0 {
            return unsupported("channels 0: at least 1");
        }
        let shape = Shape {
            size: keys.size()?,
            ring: keys.number("ring", Some(1 << 20))?,
        };
        keys.done()?;
        Ok(Self {
            names: (0..channels).map(|i| format!("{name}.{i}")).collect(),
            shape,
            count,
            warm,
        })
    }
}

pub fn produce(keys: Keys) -> Result<Option<String>> {
    let f = Fanout::parse(keys)?;
    let node = node()?;
    let make = |name: &String| Sender::new(&node, name, &f.shape);
    let senders = f.names.iter().map(make).collect::<Result<Vec<_>>>()?;
    for sender in &senders {
        sender.connect()?;
    }
    let mut record = vec![0x5au8; f.shape.size];
    for i in 0..f.count {
        set_number(&mut record, i);
        for sender in &senders {
            sender.copy(&record)?;
        }
    }
    for sender in senders {
        sender.finish()?;
    }
    Ok(None)
}

pub fn consume(keys: Keys) -> Result<Option<String>> {
    let f = Fanout::parse(keys)?;
    let node = node()?;
    let make = |name: &String| Receiver::new(&node, name, &f.shape);
    let mut receivers = f.names.iter().map(make).collect::<Result<Vec<_>>>()?;
    for receiver in &mut receivers {
        receiver.connect()?;
    }
    let mut record = vec![0x5au8; f.shape.size];
    let mut start = now();
    for i in 0..f.count {
        for receiver in &receivers {
            record.copy_from_slice(receiver.spin()?.payload());
            check(&record, i)?;
        }
        if i == f.warm {
            start = now();
        }
    }
    Ok(Some(throughput(f.count - 1 - f.warm, start)))
}
