//! gwcfg

pub mod routing;
