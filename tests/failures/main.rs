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

use support::project::{ends, skipped};
