//! Text and positions: what was read, and where it stands.

pub mod scalar;
pub mod span;
