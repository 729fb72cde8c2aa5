//! The world fails: files that are not there, disks that are full, processes that are killed. The
//! real binary says what is wrong in words, ends with the code of the contract, and loses nothing.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a panic fails the test, and a test that is left out says so"
)]

#[path = "../support/mod.rs"]
mod support;

mod chance;
mod killed;
mod links;
mod outputs;
mod sources;
mod users;

use support::project::Ended;

/// Asserts how a run ended, and words that its messages hold.
fn ends(ended: &Ended, code: i32, words: &[&str]) {
    let all = format!("{}{}", ended.out, ended.err);
    assert_eq!(ended.code, Some(code), "{all}");
    for word in words {
        assert!(all.contains(word), "no `{word}` in:\n{all}");
    }
}

/// Says that a test was left out, and why.
fn skipped(why: &str) {
    let thread = std::thread::current();
    println!("skipped: {} ({why})", thread.name().unwrap_or("test"));
}
