//! One record, then nothing.

use crate::error::Result;
use crate::keys::Keys;
use crate::measure::check;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::service::{node_that_ends, Shape};
use std::io::Write;
use std::time::Duration;

const SHAPE: Shape = Shape {
    size: 8,
    ring: 1 << 10,
};

fn name(mut keys: Keys) -> Result<String> {
    let name = keys.text("name", None)?;
    keys.done()?;
    Ok(name)
}

pub fn produce(keys: Keys) -> Result<Option<String>> {
    let node = node_that_ends()?;
    node.wait(Duration::ZERO)?;
    let sender = Sender::new(&node, &name(keys)?, &SHAPE)?;
    sender.connect()?;
    sender.copy_and_wake(&[0; 8])?;
    while node.wait(Duration::from_secs(3600)).is_ok() {}
    Ok(None)
}

pub fn consume(keys: Keys) -> Result<Option<String>> {
    let node = node_that_ends()?;
    node.wait(Duration::ZERO)?; // from here on SIGTERM ends waits instead of us
    let mut receiver = Receiver::new(&node, &name(keys)?, &SHAPE)?;
    receiver.connect()?;
    check(receiver.block()?.payload(), 0)?;
    println!(r#"{{"ready": true}}"#);
    std::io::stdout().flush()?;
    while receiver.block().is_ok() {} // an error: told to end
    Ok(None)
}
