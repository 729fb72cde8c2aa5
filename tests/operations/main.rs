//! What an operator does beside the gateway: ask it what it serves, hand the config to a cluster,
//! and type what the runbook says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a panic fails the test"
)]

#[path = "../support/mod.rs"]
mod support;

mod drift;
mod emit;
mod gateway;
mod runbook;

use support::project::Ended;

/// Asserts how a run ended, and what it said on either stream.
fn ends(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    for word in words {
        assert!(ended.out.contains(word) || ended.err.contains(word), "no `{word}` in {ended:?}");
    }
}
