//! What a gateway reads: the events of a config, the writers that receive them, and one folder
//! for each target.

pub mod litellm;
pub mod quoting;
pub mod search;
pub mod sink;
pub mod yaml;
