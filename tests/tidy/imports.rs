//! Who may know whom. Data flows one way, so a module names only those that stand before it.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::{none, rust};

/// The modules of the crate, and those that each may name. The commands may name all.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diagnostic", &["source"]),
    ("document", &["source"]),
    ("routing", &["source", "document"]),
    ("gateway", &["source", "document", "routing"]),
    ("checks", &["source", "diagnostic", "document", "routing", "gateway"]),
    ("rules", &["diagnostic", "checks"]),
    ("pipeline", &["source", "diagnostic", "document", "routing", "gateway", "checks", "rules"]),
    ("report", &["source", "diagnostic"]),
    ("release", &[]),
    ("project", &["source", "diagnostic", "document", "gateway", "rules", "pipeline", "release"]),
    (
        "lsp",
        &[
            "source",
            "diagnostic",
            "document",
            "routing",
            "gateway",
            "checks",
            "rules",
            "pipeline",
            "project",
        ],
    ),
    (
        "cli",
        &[
            "source",
            "diagnostic",
            "document",
            "routing",
            "gateway",
            "checks",
            "rules",
            "pipeline",
            "report",
            "release",
            "project",
            "lsp",
        ],
    ),
];

/// Crates that have one home, so that each can be replaced there.
const HOMES: &[(&str, &str)] = &[
    ("clap", "src/cli/"),
    ("clap_complete", "src/cli/"),
    ("clap_mangen", "src/cli/man.rs"),
    ("elsa", "src/source/map.rs"),
    ("flate2", "src/release/store/object.rs"),
    ("fluent_uri", "src/routing/address.rs"),
    ("gen_lsp_types", "src/lsp/"),
    ("git2", "src/release/git.rs"),
    ("granit_parser", "src/source/parse/"),
    ("jsonschema", "src/checks/schema/"),
    ("lsp_server", "src/lsp/"),
    ("miette", "src/report/"),
    ("petgraph", "src/routing/graph.rs"),
    ("rustix", "src/release/"),
    ("semver", "src/project/"),
    ("similar", "src/release/diff.rs"),
    ("strsim", "src/diagnostic/suggest.rs"),
    ("supports_hyperlinks", "src/cli/color.rs"),
    ("tempfile", "src/release/"),
    ("ureq", "src/release/probe.rs"),
];

/// What only those that touch the world may name.
const WORLD: &[(&str, &[&str])] = &[
    ("fs", &["src/source/load.rs", "src/release/", "src/project/", "src/cli/"]),
    ("env", &["src/release/", "src/cli/"]),
    ("process", &["src/release/", "src/cli/", "src/main.rs"]),
];

/// Every path that the code of a file names outside of its tests, each with its line; `super` and
/// `self` are followed.
fn paths(path: &str, text: &str) -> BTreeSet<(Vec<String>, usize)> {
    let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut found = BTreeSet::new();
    collect(tokens, &module_of(path), &mut found);
    found
}

/// `src/a/b.rs` and `src/a/b/mod.rs` are both `a::b`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let parts = inside.split('/').filter(|part| !["mod", "lib", "main"].contains(part));
    parts.map(str::to_owned).collect()
}

fn collect(tokens: TokenStream, module: &[String], found: &mut BTreeSet<(Vec<String>, usize)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    let mut test = false;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => {
                test |= group.delimiter() == Delimiter::Bracket && is_test_only(group);
                collect(group.stream(), module, found);
                at += 1;
            }
            TokenTree::Ident(word) if *word == "mod" => {
                // `mod name;` or `mod name { … }`, a test's or ours.
                let name = tokens.get(at + 1).map(ToString::to_string).unwrap_or_default();
                if let Some(TokenTree::Group(body)) = tokens.get(at + 2) {
                    if !test {
                        let inner: Vec<String> = module.iter().cloned().chain([name]).collect();
                        collect(body.stream(), &inner, found);
                    }
                    at += 1;
                }
                test = false;
                at += 2;
            }
            TokenTree::Ident(_) => at = path_from(&tokens, at, module, &[], found),
            TokenTree::Punct(sign) => {
                test &= sign.as_char() != ';';
                at += 1;
            }
            TokenTree::Literal(_) => at += 1,
        }
    }
}

/// `#[cfg(test)]`
fn is_test_only(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// Reads a path, braces included, and gives the place behind it.
fn path_from(
    tokens: &[TokenTree],
    mut at: usize,
    module: &[String],
    before: &[String],
    found: &mut BTreeSet<(Vec<String>, usize)>,
) -> usize {
    let mut path = before.to_vec();
    let mut line = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(word) => {
                line = word.span().start().line;
                path.push(word.to_string());
                at += 1;
            }
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace && !path.is_empty() =>
            {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut next = 0;
                while next < inner.len() {
                    next = match inner[next] {
                        TokenTree::Ident(_) => path_from(&inner, next, module, &path, found),
                        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {
                            next + 1
                        }
                    };
                }
                return at + 1;
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => break,
        }
        if !is_separator(tokens, at) {
            break;
        }
        at += 2;
    }
    if path.len() > 1 {
        found.insert((absolute(&path, module), line));
    }
    at
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// From the crate's root: `super::x` in `a::b` is `crate::a::x`.
fn absolute(path: &[String], module: &[String]) -> Vec<String> {
    let mut here = module.to_vec();
    let mut rest = path;
    let mut relative = false;
    while let Some((first, behind)) = rest.split_first() {
        match first.as_str() {
            "super" => drop(here.pop()),
            "self" => {}
            "crate" => here.clear(),
            _ => break,
        }
        relative = true;
        rest = behind;
    }
    if !relative {
        return path.to_vec();
    }
    let root = ["crate".to_owned()];
    root.into_iter().chain(here).chain(rest.iter().cloned()).collect()
}

/// Breaches of one file.
fn breaches(path: &str, text: &str) -> Vec<String> {
    let module = module_of(path);
    let Some(owner) = module.first().cloned() else { return Vec::new() };
    let mut found = Vec::new();
    for (named, line) in paths(path, text) {
        let words: Vec<&str> = named.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["crate", other, ..] if !may_name(&owner, other) => {
                found.push(format!("{path}:{line}: `{owner}` must not know `{other}`"));
            }
            ["crate", "checks", stage, ..]
                if owner == "checks" && other_stage(&module, stage, &words) =>
            {
                found.push(format!("{path}:{line}: a stage must not know `checks::{stage}`"));
            }
            ["std", part, ..] => {
                let homes = WORLD.iter().find(|(name, _)| name == part).map(|(_, homes)| *homes);
                if homes.is_some_and(|homes| !homes.iter().any(|home| path.starts_with(home))) {
                    found.push(format!("{path}:{line}: `std::{part}` is not for this module"));
                }
            }
            [name, ..] => {
                let home = HOMES.iter().find(|(known, _)| known == name).map(|(_, home)| *home);
                if home.is_some_and(|home| !path.starts_with(home)) {
                    found.push(format!("{path}:{line}: `{name}` belongs to `{}`", home.unwrap()));
                }
            }
            [] => {}
        }
    }
    found
}

fn may_name(owner: &str, other: &str) -> bool {
    let known = |name: &str| MAY_NAME.iter().find(|(module, _)| *module == name);
    // What is no module of the crate's root is an item of it.
    owner == other
        || known(other).is_none()
        || known(owner).is_some_and(|(_, allowed)| allowed.contains(&other))
}

/// True for a path into another stage of the rules.
fn other_stage(module: &[String], stage: &str, words: &[&str]) -> bool {
    const STAGES: &[&str] =
        &["lexical", "schema", "references", "ports", "fallbacks", "lowering", "behaviour"];
    let own = module.get(1).is_none_or(|own| own == stage);
    STAGES.contains(&stage) && !own && words.len() > 3
}

fn is_test_file(path: &str) -> bool {
    let stem = path.trim_end_matches(".rs");
    stem.ends_with("_tests")
        || stem.ends_with("/tests")
        || path.contains("/tests/")
        || stem.ends_with("/testing")
}

/// Words that say nothing about what is inside.
const BANNED: &[&str] =
    &["utils", "util", "helpers", "helper", "manager", "data", "misc", "common"];

fn banned_names(path: &str) -> Option<String> {
    let stem = path.trim_end_matches(".rs");
    let name = stem.split('/').find(|part| {
        BANNED.contains(part) || BANNED.iter().any(|word| part.ends_with(&format!("_{word}")))
    });
    name.map(|name| format!("{path}: `{name}` says nothing about what is inside"))
}

#[test]
fn modules_know_only_those_before_them() {
    let files = rust(&["src"]);
    let ours = files.iter().filter(|(path, _)| !is_test_file(path));
    none(&ours.flat_map(|(path, text)| breaches(path, text)).collect::<Vec<_>>());
}

#[test]
fn every_module_has_its_place_in_the_order() {
    let lib = std::fs::read_to_string(crate::root().join("src/lib.rs")).unwrap();
    let declared = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let declared: BTreeSet<&str> = declared.collect();
    let ordered: BTreeSet<&str> = MAY_NAME.iter().map(|(module, _)| *module).collect();
    assert_eq!(declared, ordered);
}

#[test]
fn modules_have_names_that_say_something() {
    let files = rust(&["src", "tests", "benches", "fuzz"]);
    none(&files.iter().filter_map(|(path, _)| banned_names(path)).collect::<Vec<_>>());
}

#[test]
fn an_import_against_the_stream_is_seen() {
    let seen = |path: &str, text: &str| !breaches(path, text).is_empty();
    for text in [
        "use crate::routing::Routing;",
        "use crate::{document::{self, Providers}, source::Span};",
        "fn a() { crate::report::write(); }",
        "fn a() -> Vec<crate::rules::All> { vec![] }",
        "fn a() { vec![crate::cli::main()] }",
        "mod inner { use super::super::checks::words; }",
        "use super::pipeline::{self as spine};",
    ] {
        let path =
            if text.contains("super::pipeline") { "src/source.rs" } else { "src/source/a.rs" };
        let text = text.replace("super::super::checks", "super::super::super::checks");
        assert!(seen(path, &text), "{text}");
    }
    let behind = "#[cfg(test)]\nuse crate::testing;\nmod inner { use crate::cli; }";
    assert!(seen("src/source/a.rs", behind));
    assert!(seen("src/checks/ports/a.rs", "use crate::checks::references::names::Near;"));
    assert!(seen("src/checks/ports/a.rs", "use super::super::fallbacks::cycle::Cycle;"));
    assert!(seen("src/checks/ports/a.rs", "fn a() { std::fs::read(\"x\"); }"));
    assert!(seen("src/routing/a.rs", "use std::{collections::BTreeMap, env::{self, args}};"));
    assert!(seen("src/routing/a.rs", "use miette::Report;"));
}

#[test]
fn an_import_with_the_stream_is_not_seen() {
    let seen = |path: &str, text: &str| breaches(path, text);
    let none = Vec::<String>::new();
    assert_eq!(seen("src/routing/a.rs", "use crate::{document::Providers, source::Span};"), none);
    assert_eq!(seen("src/checks/ports/a.rs", "use crate::checks::words::place_phrase;"), none);
    assert_eq!(seen("src/routing/a.rs", "// crate::cli\nconst A: &str = \"crate::cli::x\";"), none);
    let test = "#[cfg(test)]\nmod tests { use crate::pipeline; fn a() { std::fs::read(\"\"); } }";
    assert_eq!(seen("src/checks/ports/a.rs", test), none);
    assert_eq!(seen("src/release/a.rs", "use std::fs::File;"), none);
}

#[test]
fn a_name_that_says_nothing_is_seen() {
    assert!(banned_names("src/utils/text.rs").is_some());
    assert!(banned_names("src/routing/data.rs").is_some());
    assert!(banned_names("src/routing/name_helpers.rs").is_some());
    assert!(banned_names("src/routing/database.rs").is_none());
}
