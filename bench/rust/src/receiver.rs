//! The subscribing end.

use crate::error::{failed, Result};
use crate::service::{services, wait_until, Ipc, Services, Shape};
use iceoryx2::port::{listener::Listener, subscriber::Subscriber};
use iceoryx2::prelude::*;
use iceoryx2::sample::Sample;

pub type Record = Sample<Ipc, [u8], ()>;

const POLLS_PER_YIELD: u32 = 1024;

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
