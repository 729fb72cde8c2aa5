//! gwcfg: a config compiler and validator for LLM gateways.
pub mod checks;
pub mod diagnostic;
pub mod document;
pub mod gateway;
pub mod pipeline;
pub mod routing;
pub mod rules;
pub mod source;

#[cfg(test)]
mod testing;
