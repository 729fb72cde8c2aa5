//! Rules and their pages; commands and the README.

use std::collections::BTreeSet;

use crate::support::project::gwcfg;
use crate::{none, root, rust, texts};

/// The sections of a page, in their order.
const SECTIONS: &[&str] =
    &["## Why this matters", "## Example", "## Instead", "## How to allow it"];

/// The name that a rule's file gives its record.
fn rule_name(text: &str) -> Option<&str> {
    let (_, record) = text.split_once("static RULE: Rule = Rule {")?;
    let (_, name) = record.split_once("name: \"")?;
    name.split_once('"').map(|(name, _)| name)
}

fn is_kebab(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    name.split('-').all(part)
}

/// What is wrong about a rule's file.
fn rule_breaches(path: &str, text: &str, files: &BTreeSet<&str>) -> Vec<String> {
    let Some(name) = rule_name(text) else { return Vec::new() };
    let mut found = Vec::new();
    let stem = path.rsplit('/').next().unwrap_or("").trim_end_matches(".rs");
    if name.replace('-', "_") != stem || !is_kebab(name) {
        found.push(format!("{path}: `{name}` is not the file's name in kebab-case"));
    }
    let page = path.replace(".rs", ".md");
    if !files.contains(page.as_str()) {
        found.push(format!("{path}: its page `{page}` is not there"));
    }
    if !text.contains(&format!("page: include_str!(\"{stem}.md\")")) {
        found.push(format!("{path}: its record does not include `{stem}.md`"));
    }
    if gwcfg::rules::find(name).is_none() {
        found.push(format!("{path}: `{name}` is in no stage's table"));
    }
    found
}

/// What is wrong about a page. Its examples have a test of their own: `tests/examples.rs`.
fn page_breaches(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let stem = path.rsplit('/').next().unwrap_or("").trim_end_matches(".md");
    let headings: Vec<&str> = headings(text);
    let title = format!("# {}", stem.replace('_', "-"));
    if headings.first() != Some(&title.as_str()) {
        found.push(format!("{path}: the first line is not `{title}`"));
    }
    if headings.get(1..) != Some(SECTIONS) {
        found.push(format!("{path}: the sections are not {SECTIONS:?}"));
    }
    found
}

/// Lines that are headings: a `#` in an example is a comment.
fn headings(text: &str) -> Vec<&str> {
    let mut code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if !code && line.starts_with('#') {
            found.push(line);
        }
    }
    found
}

/// First words of the commands in the table of the README.
fn documented_commands(readme: &str) -> BTreeSet<&str> {
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `gwcfg "));
    rows.filter_map(|row| row.split(['`', ' ']).next()).collect()
}

/// The commands of the help text.
fn commands(help: &str) -> BTreeSet<&str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")).filter(|l| !l.starts_with(' '));
    names.filter_map(|line| line.split(' ').next()).filter(|name| *name != "help").collect()
}

#[test]
fn every_rule_has_its_page_and_its_line_in_a_table() {
    let all = texts(&root().join("src/checks"));
    let files: BTreeSet<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
    let rules = rust(&["src/checks"]);
    none(
        &rules
            .iter()
            .flat_map(|(path, text)| rule_breaches(path, text, &files))
            .collect::<Vec<_>>(),
    );
    let written: BTreeSet<&str> = rules.iter().filter_map(|(_, text)| rule_name(text)).collect();
    let joined: BTreeSet<&str> = gwcfg::rules::all().iter().map(|rule| rule.name).collect();
    assert_eq!(written, joined);
    assert_eq!(joined.len(), gwcfg::rules::all().len(), "a rule stands in two tables");
}

#[test]
fn every_page_has_a_rule_and_the_same_sections() {
    let all = texts(&root().join("src/checks"));
    let pages: Vec<_> = all.iter().filter(|(path, _)| path.ends_with(".md")).collect();
    let files: BTreeSet<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
    let mut found: Vec<String> =
        pages.iter().flat_map(|(path, text)| page_breaches(path, text)).collect();
    let alone =
        pages.iter().filter(|(path, _)| !files.contains(path.replace(".md", ".rs").as_str()));
    found.extend(alone.map(|(path, _)| format!("{path}: a page without a rule")));
    none(&found);
}

#[test]
fn the_readme_lists_the_commands() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let output = gwcfg().arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(commands(&help).len() >= 4, "{help}");
    assert_eq!(documented_commands(&readme), commands(&help));
    let count = format!("the list of the {} rules", gwcfg::rules::all().len());
    assert!(readme.contains(&count), "the README does not say `{count}`");
}

#[test]
fn a_rule_out_of_order_is_seen() {
    let record = |name: &str, page: &str| {
        let name = format!("name: \"{name}\", ");
        format!("pub static RULE: Rule = Rule {{ {name}page: include_str!(\"{page}\") }};")
    };
    let files = BTreeSet::from(["src/checks/ports/port_differs.md"]);
    let of = |path: &str, text: &str| rule_breaches(path, text, &files).len();
    let path = "src/checks/ports/port_differs.rs";
    assert_eq!(of(path, &record("port-differs", "port_differs.md")), 0);
    assert_eq!(of(path, &record("port-unlike", "port_differs.md")), 2);
    assert_eq!(of(path, &record("port_differs", "port_differs.md")), 2);
    assert_eq!(of(path, &record("port-differs", "other.md")), 1);
    let lonely = "src/checks/ports/port_lonely.rs";
    assert_eq!(of(lonely, &record("port-lonely", "port_lonely.md")), 2);
}

#[test]
fn a_page_out_of_order_is_seen() {
    let example = "```yaml bad a.yaml\n# a comment\n```\n";
    let page = |sections: &[&str]| format!("# a-b\n\n{}\n{example}", sections.join("\n"));
    assert_eq!(page_breaches("x/a_b.md", &page(SECTIONS)), Vec::<String>::new());
    assert_eq!(page_breaches("x/a_c.md", &page(SECTIONS)).len(), 1);
    assert_eq!(page_breaches("x/a_b.md", &page(&SECTIONS[..3])).len(), 1);
}

#[test]
fn a_command_that_is_not_documented_is_seen() {
    let help = "Usage: x\n\nCommands:\n  one   Does\n        more\n  two   Does\n  help  Print\n\n\
                Options:\n";
    assert_eq!(commands(help), BTreeSet::from(["one", "two"]));
    let readme = "| `gwcfg one` | does |\n| `gwcfg one --check` | does |\n";
    assert_eq!(documented_commands(readme), BTreeSet::from(["one"]));
    assert_ne!(documented_commands(readme), commands(help));
}
