//! Every system call by which a command changes files is the last one before the run is killed,
//! and fails, one by one and none left out. Whatever happens, the output is one whole generation,
//! nothing that was recorded is lost, and the next run works as if nothing had been.
//!
//! `cargo test --test crash -- --nocapture` prints how many calls were struck.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a panic fails the test, and the numbers are for people"
)]

#[path = "../support/mod.rs"]
mod support;

mod gateway;
mod matrix;
mod scenarios;
mod state;
mod strace;
mod together;

/// One test at a time: each keeps the whole machine busy.
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Says that a test was left out, and why.
fn skipped(why: &str) {
    let thread = std::thread::current();
    println!("skipped: {} ({why})", thread.name().unwrap_or("test"));
}
