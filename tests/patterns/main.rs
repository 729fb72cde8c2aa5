//! Patterns against Python's own `re`, and decisions on patterns against brute force.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at the first surprise"
)]

mod brute_force;
mod generate;
mod python;
