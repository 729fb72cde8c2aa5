//! The summary, the links, and the examples of the guide.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::whole::whole;
use crate::{pages, root, text};

const SUMMARY: &str = "SUMMARY.md";

/// The targets of a page's links, as written.
fn links(page: &str) -> Vec<String> {
    let mut prose = String::new();
    let mut in_block = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    let ends = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target.to_owned()).collect()
}

/// The name by which a heading can be linked to, as mdBook makes it.
fn anchor(heading: &str) -> String {
    let letters =
        heading.trim_start_matches('#').trim().chars().filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter if letter.is_alphanumeric() => Some(letter.to_ascii_lowercase()),
            _ => None,
        });
    letters.collect()
}

/// What is wrong with a link of a page.
fn broken(page: &str, target: &str) -> Option<String> {
    if target.starts_with("https://") || target.starts_with("http://") {
        return None;
    }
    let (path, wanted) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(page).parent().unwrap();
    let path = if path.is_empty() { Path::new(page).to_owned() } else { folder.join(path) };
    let full = root().join("docs").join(&path);
    if !full.exists() {
        return Some(format!("docs/{page}: `{target}` leads nowhere"));
    }
    if wanted.is_empty() {
        return None;
    }
    let text = std::fs::read_to_string(&full).unwrap();
    let has = text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == wanted);
    (!has).then(|| format!("docs/{page}: `{target}`: no heading of this name"))
}

#[test]
fn the_summary_lists_every_page_once() {
    let listed = links(&text(&format!("docs/{SUMMARY}")));
    let mut pages: Vec<String> = pages();
    pages.retain(|page| page != SUMMARY);
    let mut sorted = listed.clone();
    sorted.sort();
    assert_eq!(sorted, pages);
}

#[test]
fn every_link_leads_somewhere() {
    let broken: Vec<String> = pages()
        .iter()
        .flat_map(|page| {
            let targets = links(&text(&format!("docs/{page}")));
            targets.into_iter().filter_map(|target| broken(page, &target)).collect::<Vec<_>>()
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    let page = "[a](start.md) `[x](y)`\n```sh\n[b](c)\n```\n[d](operations.md#no-such)\n";
    assert_eq!(links(page), ["start.md", "y", "operations.md#no-such"]);
    assert_eq!(broken("start.md", "operations.md"), None);
    assert!(broken("start.md", "nowhere.md").is_some());
    assert!(broken("guide/ci.md", "operations.md").is_some());
    assert!(broken("start.md", "operations.md#no-such").is_some());
    assert_eq!(broken("start.md", "operations.md#a-new-box"), None);
}

/// The whole of a page's files that are shown as `yaml good FILE`.
fn shown(page: &str) -> Vec<(&str, Vec<u8>)> {
    let blocks = page.split("```yaml good ").skip(1);
    let file = |block: &'_ str| -> Option<(usize, usize)> {
        Some((block.find('\n')?, block.find("\n```")?))
    };
    blocks
        .map(|block| {
            let (name, end) = file(block).unwrap();
            (&block[..name], block.as_bytes()[name + 1..=end].to_vec())
        })
        .collect()
}

#[test]
fn the_project_of_the_guide_is_clean_and_compiles() {
    let page = text("docs/guide/sources.md");
    let files = shown(&page);
    let names: BTreeSet<&str> = files.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let ended = whole(&files, false);
    assert!(ended.human.ends_with(": no findings\n"), "{}", ended.human);
    assert!(ended.output.contains("everyday"), "{}", ended.output);
}
