//! The functions that the fuzzer runs, over its seeds and over changes of them, by an ordinary
//! compiler. `fuzz/README.md` says how the fuzzer itself is run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]
#![allow(dead_code, unreachable_pub, reason = "the library of the fuzzer is read as a module")]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

/// Changed inputs for each target.
const CHANGED: usize = 800;

/// Every seed of a target, by name.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "`{target}` has no seeds");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A xorshift generator: the same inputs at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// Bytes that mean something to YAML or to Python's patterns.
const SIGNS: &[u8] = b"\n :-{}[]#&*'\"|>.*+?()\\$^";

/// A seed with some bytes changed, or a part of it moved elsewhere.
fn changed(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let until = (at + 1 + random.below(12)).min(bytes.len());
        match random.below(4) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            1 => drop(bytes.drain(at..until)),
            2 => {
                let part: Vec<u8> = bytes[at..until].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            _ => bytes.insert(at, SIGNS[random.below(SIGNS.len())]),
        }
    }
    bytes
}

fn run(target: &str, function: fn(&[u8])) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let seeds = seeds(target);
    for seed in &seeds {
        function(seed);
    }
    for number in 0..CHANGED {
        function(&changed(&seeds[number % seeds.len()], &mut random));
    }
}

#[test]
fn reading() {
    run("read", targets::read);
}

#[test]
fn validating() {
    run("validate", targets::validate);
}

#[test]
fn patterns() {
    run("pattern", targets::pattern);
}

#[test]
fn writing() {
    run("write", targets::write);
}
