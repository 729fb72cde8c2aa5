//! What happens to the output on disk: every change is recorded, the file is replaced whole or not
//! at all, and never when a hand has edited it unnoticed. Knows text, never rules.

pub mod atomic;
pub mod command;
pub mod deploy;
pub mod diff;
pub mod git;
pub mod hash;
mod hashing;
pub mod header;
pub mod lock;
pub mod output;
pub mod pending;
pub mod place;
pub mod probe;
pub mod store;
pub mod watch;
mod who;
pub mod writer;
