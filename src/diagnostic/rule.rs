//! A rule: a static record and a plain function, in its stage's table.

use super::{Reporter, Severity};

/// The stage that a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Bytes and YAML.
    Lexical,
    /// One document's shape and values.
    Schema,
    /// Names across files.
    References,
    /// Ports and addresses.
    Ports,
    /// Fallback chains as a graph.
    Fallbacks,
    /// What the target cannot express.
    Lowering,
    /// What the target would do that its author would not expect.
    Behaviour,
}

impl Stage {
    /// Every stage, in the order in which they run.
    pub const ALL: [Stage; 7] = [
        Stage::Lexical,
        Stage::Schema,
        Stage::References,
        Stage::Ports,
        Stage::Fallbacks,
        Stage::Lowering,
        Stage::Behaviour,
    ];

    /// The word of the reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Lexical => "lexical",
            Stage::Schema => "schema",
            Stage::References => "references",
            Stage::Ports => "ports",
            Stage::Fallbacks => "fallbacks",
            Stage::Lowering => "lowering",
            Stage::Behaviour => "behaviour",
        }
    }
}

/// What is known of a rule before it runs.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Kebab-case, subject first. Never re-used.
    pub name: &'static str,
    /// Where it runs.
    pub stage: Stage,
    /// Its severity when the project says nothing.
    pub severity: Severity,
    /// One line for lists.
    pub summary: &'static str,
    /// The rule's page, in Markdown.
    pub page: &'static str,
}

/// A rule and the function that applies it to a stage's context.
pub struct Check<Context: ?Sized> {
    /// The record.
    pub rule: &'static Rule,
    /// Finds every breach of the rule.
    pub run: fn(&Context, &mut Reporter<'_>),
}
