//! Which provider serves a requested name.

pub mod pattern;
