//! What is wrong with an overlay as such. What it says together with the sources is judged as
//! theirs.

use crate::diagnostic::Check;
use crate::source::{Idle, Name, Sources};

use super::{overlay_removes_nothing, overlay_section_unknown, overlay_value_empty};

/// What laying an overlay over the sources noticed.
#[derive(Debug)]
pub struct Laid<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// Keys at its top that belong to no document.
    pub unknown: Vec<Name<'a>>,
    /// Keys that remove nothing.
    pub idle: Vec<Idle<'a>>,
    /// Keys without any value that remove something.
    pub silent: Vec<Name<'a>>,
}

/// The table of the rules about overlays.
#[must_use]
pub fn overlay_checks<'a>() -> Vec<Check<Laid<'a>>> {
    vec![
        Check { rule: &overlay_section_unknown::RULE, run: overlay_section_unknown::check },
        Check { rule: &overlay_removes_nothing::RULE, run: overlay_removes_nothing::check },
        Check { rule: &overlay_value_empty::RULE, run: overlay_value_empty::check },
    ]
}
