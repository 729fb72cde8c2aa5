//! `gwcfg deploy` and the ways back: with a small gateway in the test, which reads its config when
//! a reload command tells it to, and with the real LiteLLM proxy. Whatever goes wrong, the old
//! config serves again, the exit code is the promised one, and no process is left behind.
#![cfg(target_os = "linux")]
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

mod disk;
mod fake;
mod good;
mod interrupted;
mod operators;
mod proxy;
mod real;
mod site;
mod systemd;
mod trouble;

use support::project::{ends, skipped};
