//! How the project and the command line weigh the rules.

use crate::diagnostic::{Level, LevelError, Levels, Severity, UnknownRule, suggest};
use crate::document::{LevelWord, Project};
use crate::rules;
use crate::source::Span;

use super::{ProjectError, Wishes};

/// What `gwcfg.yaml` says of the rules, by their names as written.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// Rules that nothing allows or lowers.
    mandatory: Vec<String>,
    /// Levels, in order.
    levels: Vec<(String, Level)>,
}

impl Weights {
    /// Lets go what names no rule, for a project file that is being written.
    pub(super) fn retain_known(&mut self) {
        self.mandatory.retain(|name| rules::find(name).is_some());
        self.levels.retain(|(name, _)| rules::find(name).is_some());
    }
}

/// How rules weigh by the words of a project and of its user.
///
/// # Errors
/// A rule that there is not, or a mandatory one that is lowered.
pub fn levels(weights: &Weights, wishes: &Wishes) -> Result<Levels, ProjectError> {
    let mut levels = Levels::default();
    let all = rules::all();
    let unknown = |UnknownRule { name, near }| ProjectError::UnknownRule { name, near };
    for name in &weights.mandatory {
        levels.require(all.iter().copied(), name).map_err(unknown)?;
    }
    for (name, level) in weights.levels.iter().chain(&wishes.levels) {
        levels.set(all.iter().copied(), name, *level).map_err(|refused| match refused {
            LevelError::Unknown(rule) => unknown(rule),
            LevelError::Mandatory(rule) => ProjectError::Mandatory { rule },
        })?;
    }
    levels.set_today(wishes.today);
    Ok(levels)
}

/// The levels under which `gwcfg.yaml` itself decides whether anything else is judged. A secret in
/// it is a finding like those of the other files: the file can be read all the same. (A name that
/// is no rule is told later.)
pub(super) fn first(weights: &Weights, wishes: &Wishes) -> Levels {
    let secret = ("secret-literal".to_owned(), Level::Allow);
    let set = weights.levels.iter().chain(&wishes.levels).chain(std::iter::once(&secret));
    let all = rules::all();
    let mut levels = Levels::default();
    for (name, level) in set {
        let _ = levels.set(all.iter().copied(), name, *level);
    }
    levels.set_today(wishes.today);
    levels
}

/// The weights that a project file gives.
pub(super) fn weights(project: &Project<'_>) -> Weights {
    let mandatory = project.mandatory.value().into_iter().flat_map(|names| names.iter());
    let levels = project.rules.value().into_iter().flat_map(|rules| rules.given());
    Weights {
        mandatory: mandatory.filter_map(|name| Some((*name.value()?).to_owned())).collect(),
        levels: levels.map(|(name, word)| (name.value.to_owned(), level_of(*word))).collect(),
    }
}

/// Names that are no rule, and levels that a rule cannot have; each with its place.
pub(super) fn mistakes(project: &Project<'_>) -> Vec<(Span, String)> {
    let all = rules::all();
    let mut levels = Levels::default();
    let mut mistakes = Vec::new();
    let mandatory = project.mandatory.value().into_iter().flat_map(|names| names.iter());
    for name in mandatory.filter_map(|name| name.copied()) {
        if let Err(rule) = levels.require(all.iter().copied(), name.value) {
            mistakes.push((name.span, unknown(&rule)));
        }
    }
    let given = project.rules.value().into_iter().flat_map(|rules| rules.given());
    for (name, word) in given {
        let wrong = match levels.set(all.iter().copied(), name.value, level_of(*word)) {
            Ok(()) => continue,
            Err(LevelError::Unknown(rule)) => unknown(&rule),
            Err(LevelError::Mandatory(rule)) => ProjectError::Mandatory { rule }.to_string(),
        };
        mistakes.push((name.span, wrong));
    }
    mistakes
}

fn unknown(rule: &UnknownRule) -> String {
    format!("there is no rule `{}`{}", rule.name, suggest::question(rule.near))
}

fn level_of(word: LevelWord) -> Level {
    match word {
        LevelWord::Error => Level::Report(Severity::Error),
        LevelWord::Warning => Level::Report(Severity::Warning),
        LevelWord::Info => Level::Report(Severity::Info),
        LevelWord::Allow => Level::Allow,
    }
}
