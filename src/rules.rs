//! The catalogue: every stage's table joined.

use crate::checks::{behaviour, fallbacks, lexical, lowering, ports, references, schema};
use crate::diagnostic::{Check, Rule};

fn rules_of<Context>(checks: Vec<Check<Context>>) -> impl Iterator<Item = &'static Rule> {
    checks.into_iter().map(|check| check.rule)
}

/// Every rule, in the order of the stages and their tables.
#[must_use]
pub fn all() -> Vec<&'static Rule> {
    rules_of(lexical::checks())
        .chain(rules_of(schema::shape_checks()))
        .chain(rules_of(schema::value_checks()))
        .chain(rules_of(references::checks()))
        .chain(rules_of(ports::checks()))
        .chain(rules_of(fallbacks::checks()))
        .chain(rules_of(lowering::checks()))
        .chain(rules_of(lowering::omission_checks()))
        .chain(rules_of(behaviour::checks()))
        .collect()
}

/// The rule of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    all().into_iter().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Rule, all};
    use crate::diagnostic::{Level, Levels, Report, Severity};
    use crate::pipeline::{self, Files};
    use crate::source::{SourceFile, Sources};

    /// What a page says of an example: that its rule finds something in it, or nothing.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Kind {
        Bad,
        Good,
    }

    /// The examples of a page. Blocks that begin with ```` ```yaml KIND FILE ```` and follow each
    /// other are the files of one project, until a file comes again.
    fn examples(page: &str) -> Vec<(Kind, String)> {
        let mut examples: Vec<(Kind, String)> = Vec::new();
        let mut files: BTreeSet<&str> = BTreeSet::new();
        for block in page.split("```yaml ").skip(1).filter_map(|rest| rest.split_once("```")) {
            let Some((line, text)) = block.0.split_once('\n') else { continue };
            let (kind, file) = match line.split_once(' ') {
                Some(("bad", file)) => (Kind::Bad, file),
                Some(("good", file)) => (Kind::Good, file),
                Some(_) | None => panic!("`{line}` is neither a bad nor a good example"),
            };
            let same = examples.last().is_some_and(|(last, _)| *last == kind);
            if !same || !files.insert(file) {
                files = BTreeSet::from([file]);
                examples.push((kind, String::new()));
            }
            let (_, project) = examples.last_mut().unwrap();
            project.push_str(&format!("--- {file}\n{text}"));
        }
        examples
    }

    /// True when a rule finds something in a project. All rules are warnings here: some tell of
    /// what a lowered error leaves out.
    fn speaks(rule: &Rule, project: &str) -> bool {
        let mut levels = Levels::default();
        for each in all() {
            let warning = Level::Report(Severity::Warning);
            levels.set(all().into_iter(), each.name, warning).unwrap();
        }
        let mut sources = Sources::default();
        let mut ids = Vec::new();
        for (name, text) in crate::testing::files(project) {
            ids.push((name.clone(), sources.add(SourceFile::new(name, text.into_bytes(), false))));
        }
        let id = |wanted: &str| ids.iter().find(|(name, _)| name == wanted).map(|(_, id)| *id);
        let files = Files {
            project: id("gwcfg.yaml"),
            providers: id("providers.yaml").unwrap(),
            mappings: id("model-mappings.yaml").unwrap(),
            ports: id("ports.yaml"),
        };
        let mut report = Report::new(levels);
        pipeline::validate(&sources, files, &mut report);
        report.findings().iter().any(|finding| finding.rule.name == rule.name)
    }

    #[test]
    fn the_examples_of_every_page_are_true() {
        let mut wrong = Vec::new();
        for rule in all() {
            for (kind, project) in examples(rule.page) {
                if speaks(rule, &project) != (kind == Kind::Bad) {
                    wrong.push(format!("{}: {kind:?} example:\n{project}", rule.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_page_has_its_sections_and_every_rule_its_own_name() {
        let mut names = BTreeSet::new();
        for rule in all() {
            assert!(names.insert(rule.name), "`{}` is there twice", rule.name);
            let lower =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(rule.name.bytes().all(lower), "{}", rule.name);
            let headings: Vec<&str> =
                rule.page.lines().filter(|line| line.starts_with('#')).collect();
            let wanted = [
                &*format!("# {}", rule.name),
                "## Why this matters",
                "## Example",
                "## Instead",
                "## How to allow it",
            ];
            assert_eq!(headings, wanted);
        }
    }
}
