//! The rules: one file and one page each, in their stage's table.
//!
//! To add a rule: its file (record, function, tests), its page, one line in the stage's table.

pub mod baseline;
pub mod behaviour;
pub mod comments;
pub mod fallbacks;
pub mod gateway;
pub mod lexical;
pub mod lost_steps;
pub mod lowering;
pub mod ports;
pub mod references;
pub mod schema;
pub mod words;

use crate::routing::{Documents, Routing};
use crate::source::Sources;

/// What the rules of the references, ports and fallbacks stages look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// What was written.
    pub documents: &'a Documents<'a>,
    /// What it means.
    pub routing: &'a Routing<'a>,
}
