//! What the tests share.

pub mod litellm;
pub mod python;
