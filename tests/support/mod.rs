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

pub mod editor;
pub mod litellm;
pub mod project;
pub mod python;
pub mod whole;

/// The real files that `GWCFG_CORPUS` points to; `None`, with a line that says so, when it does
/// not. They are other people's, so no copy of them is in this repository.
pub fn corpus() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("GWCFG_CORPUS").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        let thread = std::thread::current();
        println!("skipped: {} (GWCFG_CORPUS is not set)", thread.name().unwrap_or("test"));
    }
    folder.map(Into::into)
}
