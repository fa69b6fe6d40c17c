//! The publishing end.

use crate::error::{failed, Result};
use crate::service::{services, wait_until, Ipc, Services, Shape};
use iceoryx2::port::update_connections::UpdateConnections;
use iceoryx2::port::{notifier::Notifier, publisher::Publisher};
use iceoryx2::prelude::*;
use iceoryx2::sample_mut::SampleMut;
use iceoryx2::sample_mut_uninit::SampleMutUninit;
use std::mem::MaybeUninit;

pub type Space = SampleMutUninit<Ipc, [MaybeUninit<u8>], ()>;

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
