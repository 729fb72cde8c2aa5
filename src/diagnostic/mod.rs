//! What a finding is: plain data that checks make and reports show. No renderer type in it.

mod allow;
mod baseline;
mod environments;
mod fix;
pub mod identity;
mod levels;
mod redaction;
mod report;
mod reporter;
mod rule;
pub mod suggest;

pub use allow::{Allow, AllowedRule, Allows, MARKER, Malformed};
pub use baseline::{Baseline, Known};
pub use environments::{InEnvironment, union};
pub use fix::{Chosen, Edit, Fix, apply, choose};
pub use levels::{Level, LevelError, Levels, UnknownRule};
pub use redaction::{Redactions, cover, stars};
pub use report::{Report, Summary, Suppressed, Suppression};
pub use reporter::{Finding, Reporter};
pub use rule::{Check, Rule, Stage};

use std::borrow::Cow;

use crate::source::Span;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A remark.
    Info,
    /// The intent is weakened.
    Warning,
    /// A request would fail or go to the wrong place. Only errors stop `generate`.
    Error,
}

impl Severity {
    /// The word of the reports and of `--fail-on`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place and what is to be seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, as a phrase.
    pub text: Cow<'static, str>,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The rule's severity, or what the project set it to.
    pub severity: Severity,
    /// What is wrong and why it matters: a phrase in lower case without a full stop.
    pub message: String,
    /// The place to fix, and what is wrong at that spot.
    pub primary: Label,
    /// Other places, in the same file or in others.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<Cow<'static, str>>,
    /// Edits that mend it, where one is certain.
    pub fixes: Vec<Fix>,
    /// Of a run over several environments: where it is found, `None` for the sources without one.
    /// Empty when it is found in all of them, and in every other run.
    pub environments: Vec<Option<String>>,
}
