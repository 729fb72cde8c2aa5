//! What a gateway reads: the events of a config, and the writers that receive them.

pub mod quoting;
pub mod yaml;
