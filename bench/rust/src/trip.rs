//! There and back: two services, one each way, and both sides spin (`trip`) or sleep (`wake`).

use crate::error::{unsupported, Result};
use crate::keys::Keys;
use crate::measure::{busy_for, check, distribution, now, number_of, set_number};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::service::{node, Shape};

const RING: usize = 1 << 16;
const TWO_NUMBERS: usize = 16;

struct Trip {
    name: String,
    size: usize,
    rounds: u64,
    warm: u64,
    think: u64,
}

impl Trip {
    fn parse(mut keys: Keys, wake: bool) -> Result<Self> {
        let trip = Self {
            name: keys.text("name", None)?,
            size: keys.size()?.max(if wake { TWO_NUMBERS } else { 0 }),
            rounds: keys.number("rounds", None)? as u64,
            warm: keys.number("warm", Some(0))? as u64,
            think: if wake {
                keys.number("think", Some(300_000))? as u64
            } else {
                0
            },
        };
        keys.done()?;
        if trip.rounds < 2 {
            return unsupported(format!("rounds {}: at least 2", trip.rounds));
        }
        Ok(trip)
    }

    /// Runs `rounds` with an end that sends on service `there` and one that receives on service `back`.
    fn run<T>(
        &self,
        there: &str,
        back: &str,
        rounds: impl FnOnce(&Sender, &Receiver) -> Result<T>,
    ) -> Result<T> {
        let shape = Shape {
            size: self.size,
            ring: RING,
        };
        let node = node()?;
        let sender = Sender::new(&node, &format!("{}.{there}", self.name), &shape)?;
        let mut receiver = Receiver::new(&node, &format!("{}.{back}", self.name), &shape)?;
        receiver.connect()?;
        sender.connect()?;
        let result = rounds(&sender, &receiver)?;
        drop(receiver); // the other side waits for that
        sender.finish()?;
        Ok(result)
    }
}

pub fn ping(keys: Keys) -> Result<Option<String>> {
    let t = Trip::parse(keys, false)?;
    let mut record = vec![0x5au8; t.size];
    let mut stamps = Vec::with_capacity(t.rounds as usize + 1);
    t.run("ping", "pong", |sender, receiver| {
        for i in 0..t.warm + t.rounds {
            if i >= t.warm {
                stamps.push(now());
            }
            set_number(&mut record, i);
            sender.copy(&record)?;
            record.copy_from_slice(receiver.spin()?.payload());
            check(&record, i)?;
        }
        stamps.push(now());
        Ok(())
    })?;
    let mean = (stamps[stamps.len() - 1] - stamps[0]) as f64 / t.rounds as f64;
    let trips = stamps.windows(2).map(|s| s[1] - s[0]).collect();
    Ok(Some(distribution(trips, mean)))
}

pub fn pong(keys: Keys) -> Result<Option<String>> {
    let t = Trip::parse(keys, false)?;
    let mut record = vec![0x5au8; t.size];
    t.run("pong", "ping", |sender, receiver| {
        for _ in 0..t.warm + t.rounds {
            record.copy_from_slice(receiver.spin()?.payload());
            sender.copy(&record)?;
        }
        Ok(())
    })?;
    Ok(None)
}

pub fn wake_ping(keys: Keys) -> Result<Option<String>> {
    let t = Trip::parse(keys, true)?;
    let mut record = vec![0x5au8; t.size];
    let mut trips = Vec::with_capacity(t.rounds as usize);
    t.run("ping", "pong", |sender, receiver| {
        for i in 0..t.warm + t.rounds {
            busy_for(t.think);
            set_number(&mut record, now());
            sender.copy_and_wake(&record)?;
            let answer = receiver.block()?;
            let back = now() - number_of(answer.payload());
            if i >= t.warm {
                trips.push(back + number_of(&answer.payload()[8..]));
            }
        }
        Ok(())
    })?;
    let mean = trips.iter().sum::<u64>() as f64 / t.rounds as f64;
    Ok(Some(distribution(trips, mean)))
}

pub fn wake_pong(keys: Keys) -> Result<Option<String>> {
    let t = Trip::parse(keys, true)?;
    let mut record = vec![0x5au8; t.size];
    t.run("pong", "ping", |sender, receiver| {
        for _ in 0..t.warm + t.rounds {
            let message = receiver.block()?;
            let there = now() - number_of(message.payload());
            drop(message);
            busy_for(t.think);
            set_number(&mut record[8..], there);
            set_number(&mut record, now());
            sender.copy_and_wake(&record)?;
        }
        Ok(())
    })?;
    Ok(None)
}
