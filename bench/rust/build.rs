//! Passes on which iceoryx2 is compiled in: the crate does not say so itself.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=Cargo.lock");
    let lock = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("set by cargo")).join("Cargo.lock");
    let text = fs::read_to_string(lock).expect("Cargo.lock is beside Cargo.toml");
    let mut lines = text.lines().skip_while(|l| *l != "name = \"iceoryx2\"");
    let version = lines.nth(1).and_then(|l| l.split('"').nth(1));
    println!(
        "cargo::rustc-env=ICEORYX2_VERSION={}",
        version.expect("iceoryx2 is locked")
    );
}
