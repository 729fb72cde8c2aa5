//! What integration tests share.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its share of the module")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that is left out says so"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "without its support a test must fail"
)]

pub mod litellm;
pub mod project;
pub mod python;
pub mod whole;
