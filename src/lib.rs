//! gwcfg
pub mod diagnostic;
pub mod document;
pub mod source;
