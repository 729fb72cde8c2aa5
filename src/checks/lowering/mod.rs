//! Rules of the lowering stage.
