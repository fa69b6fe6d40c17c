//! A lossless publish-subscribe service for one publisher and one subscriber, beside an event service of
//! the same name for those who want to sleep. Its ends are in `sender` and `receiver`.

use crate::error::{failed, Result};
use iceoryx2::prelude::*;
use iceoryx2::service::port_factory::{event, publish_subscribe};
use std::time::{Duration, Instant};

pub type Ipc = ipc::Service;

const PATIENCE: Duration = Duration::from_secs(10);
/// A deeper queue gains nothing, and its samples fall out of the caches.
const MOST_SAMPLES: usize = 4096;

/// What an end needs to know of a service: all of them agree on it.
pub struct Shape {
    /// Bytes of the longest sample.
    pub size: usize,
    /// Bytes that the queue may hold, roughly.
    pub ring: usize,
}

impl Shape {
    pub fn depth(&self) -> usize {
        (self.ring / self.size).clamp(2, MOST_SAMPLES)
    }
}

/// A node that leaves signals alone: loops that spin could not be ended otherwise.
pub fn node() -> Result<Node<Ipc>> {
    set_log_level(LogLevel::Error);
    let builder = NodeBuilder::new().signal_handling_mode(SignalHandlingMode::Disabled);
    Ok(builder.create()?)
}

/// A node whose waits end when the process is told to end.
pub fn node_that_ends() -> Result<Node<Ipc>> {
    set_log_level(LogLevel::Error);
    Ok(NodeBuilder::new().create()?)
}

pub type Services = (
    publish_subscribe::PortFactory<Ipc, [u8], ()>,
    event::PortFactory<Ipc>,
);

pub fn services(node: &Node<Ipc>, name: &str, shape: &Shape) -> Result<Services> {
    let name = ServiceName::new(name)?;
    let records = node
        .service_builder(&name)
        .publish_subscribe::<[u8]>()
        .enable_safe_overflow(false) // nothing is lost
        .history_size(0)
        .max_publishers(1)
        .max_subscribers(1)
        .subscriber_max_borrowed_samples(1)
        .subscriber_max_buffer_size(shape.depth())
        .open_or_create()?;
    let events = node
        .service_builder(&name)
        .event()
        .max_listeners(1)
        .max_notifiers(1)
        .open_or_create()?;
    Ok((records, events))
}

pub fn wait_until(what: &str, mut there: impl FnMut() -> bool) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !there() {
        if Instant::now() > end {
            return failed(format!("{what} within {} s", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    Ok(())
}
