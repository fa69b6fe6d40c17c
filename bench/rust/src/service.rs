//! Ends of a lossless publish-subscribe service with one publisher and one subscriber, beside an
//! event service of the same name for those who want to sleep.

use crate::error::{failed, Result};
use iceoryx2::port::update_connections::UpdateConnections;
use iceoryx2::port::{
    listener::Listener, notifier::Notifier, publisher::Publisher, subscriber::Subscriber,
};
use iceoryx2::prelude::*;
use iceoryx2::sample::Sample;
use iceoryx2::sample_mut::SampleMut;
use iceoryx2::sample_mut_uninit::SampleMutUninit;
use iceoryx2::service::port_factory::{event, publish_subscribe};
use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

type Ipc = ipc::Service;
pub type Record = Sample<Ipc, [u8], ()>;
pub type Space = SampleMutUninit<Ipc, [MaybeUninit<u8>], ()>;

const PATIENCE: Duration = Duration::from_secs(10);
const POLLS_PER_YIELD: u32 = 1024;
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
    fn depth(&self) -> usize {
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

type Services = (
    publish_subscribe::PortFactory<Ipc, [u8], ()>,
    event::PortFactory<Ipc>,
);

fn services(node: &Node<Ipc>, name: &str, shape: &Shape) -> Result<Services> {
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

fn wait_until(what: &str, mut there: impl FnMut() -> bool) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !there() {
        if Instant::now() > end {
            return failed(format!("{what} within {} s", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    Ok(())
}

pub struct Sender {
    publisher: Publisher<Ipc, [u8], ()>,
    notifier: Notifier<Ipc>,
    services: Services,
}

impl Sender {
    pub fn new(node: &Node<Ipc>, name: &str, shape: &Shape) -> Result<Self> {
        let services = services(node, name, shape)?;
        let publisher = services
            .0
            .publisher_builder()
            .initial_max_slice_len(shape.size)
            .max_loaned_samples(1)
            .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
            .create()?;
        let notifier = services.1.notifier_builder().create()?;
        Ok(Self {
            publisher,
            notifier,
            services,
        })
    }

    /// What is sent before the other side is connected gets lost.
    pub fn connect(&self) -> Result<()> {
        let listeners = || self.services.1.dynamic_config().number_of_listeners();
        wait_until("no subscriber connected", || listeners() > 0)?;
        Ok(self.publisher.update_connections()?)
    }

    pub fn loan(&self, size: usize) -> Result<Space> {
        Ok(self.publisher.loan_slice_uninit(size)?)
    }

    pub fn copy(&self, record: &[u8]) -> Result<()> {
        deliver(self.loan(record.len())?.write_from_slice(record))
    }

    pub fn copy_and_wake(&self, record: &[u8]) -> Result<()> {
        self.copy(record)?;
        self.notifier.notify()?;
        Ok(())
    }

    /// The samples live as long as their publisher: wait until the other side has them.
    pub fn finish(self) -> Result<()> {
        let subscribers = || self.services.0.dynamic_config().number_of_subscribers();
        wait_until("the subscriber did not leave", || subscribers() == 0)
    }
}

pub fn deliver(sample: SampleMut<Ipc, [u8], ()>) -> Result<()> {
    if sample.send()? != 1 {
        return failed("the subscriber has left");
    }
    Ok(())
}

pub struct Receiver {
    subscriber: Subscriber<Ipc, [u8], ()>,
    listener: Option<Listener<Ipc>>,
    services: Services,
}

impl Receiver {
    pub fn new(node: &Node<Ipc>, name: &str, shape: &Shape) -> Result<Self> {
        let services = services(node, name, shape)?;
        let builder = services.0.subscriber_builder();
        let subscriber = builder.buffer_size(shape.depth()).create()?;
        Ok(Self {
            subscriber,
            listener: None,
            services,
        })
    }

    pub fn connect(&mut self) -> Result<()> {
        let publishers = || self.services.0.dynamic_config().number_of_publishers();
        wait_until("no publisher appeared", || publishers() > 0)?;
        self.subscriber.has_samples()?; // connects
        self.listener = Some(self.services.1.listener_builder().create()?); // says so
        Ok(())
    }

    pub fn spin(&self) -> Result<Record> {
        let mut polls = 0;
        loop {
            if let Some(record) = self.subscriber.receive()? {
                return Ok(record);
            }
            std::hint::spin_loop();
            polls += 1;
            if polls == POLLS_PER_YIELD {
                polls = 0;
                std::thread::yield_now();
            }
        }
    }

    /// Sleeps until there is one.
    pub fn block(&self) -> Result<Record> {
        loop {
            if let Some(record) = self.subscriber.receive()? {
                return Ok(record);
            }
            match &self.listener {
                Some(listener) => listener.blocking_wait(|_| {})?,
                None => return failed("connect comes first"),
            };
        }
    }
}
