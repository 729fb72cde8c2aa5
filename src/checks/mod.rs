//! The rules: one file and one page each, in their stage's table.
//!
//! To add a rule: its file (record, function, tests), its page, one line in the stage's table.

pub mod behaviour;
pub mod fallbacks;
pub mod lexical;
pub mod lowering;
pub mod ports;
pub mod references;
pub mod schema;
pub mod words;

use crate::routing::{Documents, Routing};
use crate::source::Sources;

/// What the rules of the references, ports and fallbacks stages look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// All texts.
    pub sources: &'a Sources,
    /// What was written.
    pub documents: &'a Documents<'a>,
    /// What it means.
    pub routing: &'a Routing<'a>,
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    /// The blocks of a page that begin with ```` ```yaml KIND FILE ````, as one project.
    fn project(page: &str, kind: &str) -> String {
        let opening = format!("```yaml {kind} ");
        let found = page.split(&opening).skip(1).filter_map(|rest| rest.split_once("```"));
        found.map(|(block, _)| format!("--- {block}")).collect()
    }

    #[test]
    fn the_examples_of_the_pages_are_true() {
        let checks =
            [super::references::checks(), super::ports::checks(), super::fallbacks::checks()];
        for rule in checks.into_iter().flatten().map(|check| check.rule) {
            let (bad, good) = (project(rule.page, "bad"), project(rule.page, "good"));
            assert!(!bad.is_empty() && !good.is_empty(), "`{}` lacks an example", rule.name);
            assert_ne!(only(rule.name, &bad), "", "`{}` does not see its example", rule.name);
            assert_eq!(only(rule.name, &good), "", "`{}` sees its counterpart", rule.name);
        }
    }
}
