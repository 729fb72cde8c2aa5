//! gwcfg
pub mod cli;
pub mod diagnostic;
pub mod release;
pub mod report;
pub mod source;
