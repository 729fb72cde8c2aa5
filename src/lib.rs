//! gwcfg

pub mod gateway;
pub mod source;
