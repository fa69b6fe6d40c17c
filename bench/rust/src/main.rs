//! Worker of the benchmark: bench-rust iceoryx2 CASE ROLE key=value…, or bench-rust iceoryx2 version.
//!
//! Prints one line of JSON where the role has a result. Exit code 2 and "unsupported: …" on the
//! standard error where the system cannot do it, 1 when it failed.

mod error;
mod fanout;
mod idle;
mod keys;
mod measure;
mod paced;
mod receiver;
mod sender;
mod service;
mod stream;
mod trip;

use error::{unsupported, Error, Result};
use keys::Keys;
use std::process::ExitCode;

fn run(arguments: &[String]) -> Result<Option<String>> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["iceoryx2", "version"] => Ok(Some(format!(
            r#"{{"version": "{}"}}"#,
            env!("ICEORYX2_VERSION")
        ))),
        ["iceoryx2", case, role, ..] => {
            let keys = Keys::parse(&arguments[3..])?;
            match (case, role) {
                ("stream", "produce") => stream::produce(keys),
                ("stream", "consume") => stream::consume(keys),
                ("trip", "ping") => trip::ping(keys),
                ("trip", "pong") => trip::pong(keys),
                ("wake", "ping") => trip::wake_ping(keys),
                ("wake", "pong") => trip::wake_pong(keys),
                ("idle", "produce") => idle::produce(keys),
                ("idle", "consume") => idle::consume(keys),
                ("fanout", "produce") => fanout::produce(keys),
                ("fanout", "consume") => fanout::consume(keys),
                ("paced", "produce") => paced::produce(keys),
                ("paced", "consume") => paced::consume(keys),
                _ => unsupported(format!("no role '{role}' in case '{case}'")),
            }
        }
        ["iceoryx2", ..] | [] => unsupported("usage: bench-rust iceoryx2 CASE ROLE key=value…"),
        [system, ..] => unsupported(format!("system '{system}'; iceoryx2 is known")),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(Some(result)) => println!("{result}"),
        Ok(None) => {}
        Err(Error::Unsupported(why)) => {
            eprintln!("unsupported: {why}");
            return ExitCode::from(2);
        }
        Err(Error::Failed(why)) => {
            eprintln!("{}: {why}", arguments[..arguments.len().min(3)].join(" "));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
