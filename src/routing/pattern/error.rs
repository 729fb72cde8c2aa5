//! Why a pattern is refused.

use std::ops::Range;

/// Why a pattern is refused. Every range is in bytes of the pattern text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Python's `re` takes the construct, an automaton cannot express it.
    #[error("the pattern uses a {construct}, which Python's `re` has and gwcfg cannot decide on")]
    PythonOnly {
        /// The construct with its notation, for instance "lookahead `(?=...)`".
        construct: &'static str,
        /// Where the construct starts; it ends where its notation is clear.
        at: Range<usize>,
    },
    /// Python's `re` refuses it too.
    #[error("{message}")]
    Invalid {
        /// What is wrong, as a phrase.
        message: String,
        /// The part that is wrong.
        at: Range<usize>,
    },
    /// The pattern needs more than [`MAX_STATES`](super::MAX_STATES) automaton states or nests
    /// deeper than [`MAX_DEPTH`](super::MAX_DEPTH) groups.
    #[error("the pattern is too large to decide on: {what}")]
    TooLarge {
        /// Which limit is passed, with the limit.
        what: String,
    },
}

impl PatternError {
    /// The part of the pattern text that the error is about, in bytes; none if it is the whole.
    #[must_use]
    pub fn at(&self) -> Option<Range<usize>> {
        match self {
            PatternError::PythonOnly { at, .. } | PatternError::Invalid { at, .. } => {
                Some(at.clone())
            }
            PatternError::TooLarge { .. } => None,
        }
    }
}
