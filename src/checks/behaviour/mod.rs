//! Rules of the behaviour stage.
