//! `gwcfg explain`.

use std::fmt::Write as _;

use crate::diagnostic::suggest;
use crate::gateway::litellm::releases::changes_of;
use crate::rules;

use super::Terminal;
use super::exit::Exit;

pub(super) fn run(rule: Option<&str>, terminal: &mut Terminal) -> Exit {
    let Some(name) = rule else {
        return terminal.print(&list());
    };
    match rules::find(name) {
        Some(rule) => terminal.print(&format!("{}{}", rule.page, releases(rule.name))),
        None => {
            let all = rules::all();
            let near = suggest::nearest(name, all.iter().map(|rule| rule.name));
            terminal.fail(&format!("there is no rule `{name}`{}", suggest::question(near)));
            Exit::Usage
        }
    }
}

/// What other releases of the gateway were seen to do; nothing for a rule that holds on all.
fn releases(rule: &str) -> String {
    let mut text = String::new();
    for seen in changes_of(rule) {
        if text.is_empty() {
            text.push_str("\n## Other releases\n\n");
        }
        let (without, with, words) = (seen.without, seen.with, seen.words);
        let _ = writeln!(text, "- Up to {without} (the change was seen on {with}): {words}.");
    }
    text
}

/// One line for each rule: stage, severity, name, summary.
fn list() -> String {
    let mut list = String::new();
    let width = rules::all().iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    for rule in rules::all() {
        let (stage, severity) = (rule.stage.as_str(), rule.severity.as_str());
        let (name, summary) = (rule.name, rule.summary);
        let _ = writeln!(list, "{stage:<11} {severity:<8} {name:<width$} {summary}");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::releases;

    #[test]
    fn what_other_releases_do_is_told() {
        assert_eq!(releases("weights-ignored"), "");
        let told = releases("pass-through-unserved");
        let begins = "\n## Other releases\n\n- Up to 1.100.5 (the change was seen on 1.106.2): ";
        assert!(told.starts_with(begins), "{told}");
    }
}
