//! How a project weighs the rules.

use jiff::civil::Date;

use super::{Rule, Severity};

/// A rule's weight in one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Report with this severity.
    Report(Severity),
    /// Do not report.
    Allow,
}

impl Level {
    /// How much it makes of a finding; nothing at all is the least.
    fn weight(self) -> Option<Severity> {
        match self {
            Level::Report(severity) => Some(severity),
            Level::Allow => None,
        }
    }
}

/// The rules whose level differs from their own, in no particular order. Later settings win: the
/// project file first, then the command line from left to right.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    set: Vec<(&'static str, Level)>,
    /// Rules that nothing allows or lowers.
    mandatory: Vec<&'static str>,
    /// The day of the run, when it counts.
    today: Option<Date>,
}

/// A setting names a rule that does not exist.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// The name as written.
    pub name: String,
    /// The nearest rule, when one is near.
    pub near: Option<&'static str>,
}

/// Why a rule's level was not set.
#[derive(Debug, PartialEq, Eq)]
pub enum LevelError {
    /// There is no such rule.
    Unknown(UnknownRule),
    /// The rule is mandatory, and the level would make less of it.
    Mandatory(&'static str),
}

impl Levels {
    /// Makes a rule mandatory: nothing allows or lowers it from here on.
    ///
    /// # Errors
    /// When no rule of `rules` has this name.
    pub fn require(
        &mut self,
        rules: impl Iterator<Item = &'static Rule> + Clone,
        name: &str,
    ) -> Result<(), UnknownRule> {
        self.mandatory.push(named(rules, name)?.name);
        Ok(())
    }

    /// Sets a rule's level by its name.
    ///
    /// # Errors
    /// When no rule of `rules` has this name, or it is mandatory and this would lower it.
    pub fn set(
        &mut self,
        rules: impl Iterator<Item = &'static Rule> + Clone,
        name: &str,
        level: Level,
    ) -> Result<(), LevelError> {
        let rule = named(rules, name).map_err(LevelError::Unknown)?;
        if self.is_mandatory(rule) && level.weight() < self.of(rule).weight() {
            return Err(LevelError::Mandatory(rule.name));
        }
        self.set.push((rule.name, level));
        Ok(())
    }

    /// Says which day it is: what is allowed until an earlier one is allowed no more. Without it,
    /// nothing ends.
    pub fn set_today(&mut self, today: Option<Date>) {
        self.today = today;
    }

    /// The day of the run, when it counts.
    #[must_use]
    pub fn today(&self) -> Option<Date> {
        self.today
    }

    /// True when nothing allows this rule: no comment, no option, no setting, no baseline.
    #[must_use]
    pub fn is_mandatory(&self, rule: &Rule) -> bool {
        self.mandatory.contains(&rule.name)
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

fn named(
    rules: impl Iterator<Item = &'static Rule> + Clone,
    name: &str,
) -> Result<&'static Rule, UnknownRule> {
    rules.clone().find(|rule| rule.name == name).ok_or_else(|| UnknownRule {
        name: name.to_owned(),
        near: super::suggest::nearest(name, rules.map(|rule| rule.name)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Stage;

    static RULE: Rule = Rule {
        name: "letter-wrong",
        stage: Stage::Lexical,
        severity: Severity::Warning,
        summary: "",
        page: "",
    };

    #[test]
    fn a_mandatory_rule_can_be_raised_and_not_lowered() {
        let rules = || [&RULE].into_iter();
        let mut levels = Levels::default();
        levels.require(rules(), RULE.name).unwrap();
        let refused = Err(LevelError::Mandatory(RULE.name));
        assert_eq!(levels.set(rules(), RULE.name, Level::Allow), refused);
        assert_eq!(levels.set(rules(), RULE.name, Level::Report(Severity::Info)), refused);
        assert_eq!(levels.set(rules(), RULE.name, Level::Report(Severity::Error)), Ok(()));
        assert_eq!(levels.set(rules(), RULE.name, Level::Report(Severity::Warning)), refused);
        assert!(levels.is_error(&RULE));
    }

    #[test]
    fn a_mandatory_rule_that_is_unknown_is_told_with_the_near_one() {
        let unknown = Levels::default().require([&RULE].into_iter(), "leter-wrong").unwrap_err();
        assert_eq!((unknown.name.as_str(), unknown.near), ("leter-wrong", Some("letter-wrong")));
    }
}
