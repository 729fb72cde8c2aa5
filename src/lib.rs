//! gwcfg
pub mod diagnostic;
pub mod source;
