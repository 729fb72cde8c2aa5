//! What happens to the output on disk: it is replaced whole or not at all, and never when a hand
//! has edited it unnoticed. Knows text, never rules.

pub mod atomic;
pub mod diff;
mod hashing;
pub mod header;
pub mod output;
pub mod place;
