//! How a project weighs the rules.

use super::{Rule, Severity};

/// A rule's weight in one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Report with this severity.
    Report(Severity),
    /// Do not report.
    Allow,
}

/// The rules whose level differs from their own, in no particular order. Later settings win: the
/// project file first, then the command line from left to right.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    set: Vec<(&'static str, Level)>,
}

/// A setting names a rule that does not exist.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// The name as written.
    pub name: String,
    /// The nearest rule, when one is near.
    pub near: Option<&'static str>,
}

impl Levels {
    /// Sets a rule's level by its name.
    ///
    /// # Errors
    /// When no rule of `rules` has this name.
    pub fn set(
        &mut self,
        rules: impl Iterator<Item = &'static Rule> + Clone,
        name: &str,
        level: Level,
    ) -> Result<(), UnknownRule> {
        let Some(rule) = rules.clone().find(|rule| rule.name == name) else {
            let near = super::suggest::nearest(name, rules.map(|rule| rule.name));
            return Err(UnknownRule { name: name.to_owned(), near });
        };
        self.set.push((rule.name, level));
        Ok(())
    }

    /// The level of a rule.
    #[must_use]
    pub fn of(&self, rule: &Rule) -> Level {
        let set = self.set.iter().rev().find(|(name, _)| *name == rule.name);
        set.map_or(Level::Report(rule.severity), |(_, level)| *level)
    }

    /// True when findings of this rule are errors.
    #[must_use]
    pub fn is_error(&self, rule: &Rule) -> bool {
        self.of(rule) == Level::Report(Severity::Error)
    }
}
