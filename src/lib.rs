//! gwcfg: a config compiler and validator for LLM gateways.
pub mod diagnostic;
pub mod document;
pub mod gateway;
pub mod routing;
pub mod source;
