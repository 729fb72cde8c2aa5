//! gwcfg: a config compiler and validator for LLM gateways.
//!
//! Data flows one way, and the modules stand in reading order:
//!
//! ```text
//! text → tree → documents → routing → gateway config → text on disk
//! ```
//!
//! - [`source`]: files with limits, places, and YAML as a tree with places.
//! - [`diagnostic`]: what a finding is.
//! - [`document`]: what may be written.
//! - [`routing`]: what it means, every name resolved.
//! - [`checks`]: the rules, one file and one page each.
//! - [`gateway`]: lowering, one folder for each target.
//! - [`pipeline`]: the stages in order.
//! - [`report`]: findings as text.
//! - [`release`]: putting a config in place.
//! - [`lsp`]: the same for an editor, while somebody types.
//! - [`cli`]: the commands.

pub mod checks;
pub mod cli;
pub mod diagnostic;
pub mod document;
pub mod gateway;
pub mod lsp;
pub mod pipeline;
pub mod project;
pub mod release;
pub mod report;
pub mod routing;
pub mod rules;
pub mod source;

#[cfg(test)]
mod testing;
