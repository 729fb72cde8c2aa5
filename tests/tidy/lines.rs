//! Sizes: files, functions, lines.

use std::str::FromStr as _;

use proc_macro2::{TokenStream, TokenTree};

use crate::{none, root, rust, texts};

/// A file has fewer lines than this.
const MAX_LINES: usize = 500;
/// Columns of a line, counted in characters.
const MAX_COLUMNS: usize = 100;
/// What clippy takes for a long function.
const MAX_FUNCTION: &str = "too-many-lines-threshold = 70";

fn too_long_file(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines >= MAX_LINES).then(|| format!("{path}: {lines} lines"))
}

/// Lines of Rust that are too wide. What stands inside a text over several lines, or in a snapshot,
/// is data, and stays as it is.
fn wide_rust(path: &str, text: &str) -> Vec<String> {
    let mut inside = Vec::new();
    let tokens = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    texts_over_lines(tokens, &mut inside);
    wide(path, text, |number| inside.iter().any(|(from, to)| (*from..=*to).contains(&number)))
}

/// First and last line of every literal that has more than one, and of every snapshot: `@"…"`.
fn texts_over_lines(tokens: TokenStream, found: &mut Vec<(usize, usize)>) {
    let mut snapshot = false;
    for token in tokens {
        let behind_at = snapshot;
        snapshot = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '@');
        match token {
            TokenTree::Group(group) => texts_over_lines(group.stream(), found),
            TokenTree::Literal(literal) => {
                let (start, end) = (literal.span().start().line, literal.span().end().line);
                if start != end || behind_at {
                    found.push((start, end));
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// Lines of Markdown that are too wide, outside of code, tables and the links to follow.
fn wide_markdown(path: &str, text: &str) -> Vec<String> {
    let mut code = false;
    let mut apart = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if code || line.starts_with('|') {
            apart.push(index + 1);
        }
    }
    wide(path, text, |number| apart.contains(&number))
}

fn wide(path: &str, text: &str, apart: impl Fn(usize) -> bool) -> Vec<String> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered
        .filter(|(_, line)| line.chars().count() > MAX_COLUMNS)
        .filter(|(number, _)| !apart(*number))
        .map(|(number, line)| format!("{path}:{number}: {} columns", line.chars().count()))
        .collect()
}

/// Places that ask clippy to look away from a long function.
fn long_functions_allowed(path: &str, text: &str) -> Option<String> {
    let lint = concat!("too_many", "_lines");
    text.contains(lint).then(|| format!("{path}: `{lint}` is not to be allowed"))
}

/// Whether clippy measures functions at all, and by our measure.
fn functions_are_measured(manifest: &str, clippy: &str) -> bool {
    manifest.contains("too_many_lines = \"warn\"")
        && clippy.lines().any(|line| line == MAX_FUNCTION)
}

#[test]
fn files_are_short() {
    let files = rust(&["src", "tests", "benches", "fuzz"]);
    assert!(files.len() > 100, "only {} files", files.len());
    none(&files.iter().filter_map(|(path, text)| too_long_file(path, text)).collect::<Vec<_>>());
}

#[test]
fn lines_are_short() {
    let files = rust(&["src", "tests", "benches", "fuzz"]);
    let mut wide: Vec<_> = files.iter().flat_map(|(path, text)| wide_rust(path, text)).collect();
    let pages = texts(root()).into_iter().filter(|(path, _)| path.ends_with(".md"));
    // Transcripts of commands are as wide as what the commands say.
    let pages = pages.filter(|(path, _)| !path.starts_with("tests/"));
    wide.extend(pages.flat_map(|(path, text)| wide_markdown(&path, &text)));
    none(&wide);
}

#[test]
fn functions_are_short() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    assert!(functions_are_measured(&read("Cargo.toml"), &read(".clippy.toml")));
    let files = rust(&["src", "tests", "benches", "fuzz"]);
    let files = files.iter().filter(|(path, _)| path != "tests/tidy/lines.rs");
    let allowed = files.filter_map(|(path, text)| long_functions_allowed(path, text));
    none(&allowed.collect::<Vec<_>>());
}

#[test]
fn a_long_file_is_seen() {
    assert_eq!(too_long_file("a.rs", &"\n".repeat(499)), None);
    assert_eq!(too_long_file("a.rs", &"\n".repeat(500)), Some("a.rs: 500 lines".to_owned()));
}

#[test]
fn a_wide_line_is_seen() {
    let name = "a".repeat(120);
    assert_eq!(wide_rust("a.rs", &format!("fn a() {{}}\nfn {name}() {{}}\n")).len(), 1);
    assert_eq!(wide_rust("a.rs", &format!("// {name}\n")).len(), 1);
    assert_eq!(wide_rust("a.rs", &format!("const A: &str = \"{name}\";\n")).len(), 1);
    // Characters count, not bytes; and a text over several lines is data.
    assert_eq!(wide_rust("a.rs", &format!("// {}\n", "é".repeat(90))), Vec::<String>::new());
    assert_eq!(wide_rust("a.rs", &format!("const A: &str = \"\n{name}\n\";\n")).len(), 0);
    assert_eq!(
        wide_markdown("a.md", &format!("{name}\n```\n{name}\n```\n")),
        ["a.md:1: 120 columns"]
    );
}

#[test]
fn a_function_that_is_not_measured_is_seen() {
    assert!(!functions_are_measured("too_many_lines = \"allow\"", MAX_FUNCTION));
    assert!(!functions_are_measured("too_many_lines = \"warn\"", "too-many-lines-threshold = 700"));
    let allow = format!("#[allow(clippy::{}{})]", "too_many", "_lines");
    assert!(long_functions_allowed("a.rs", &allow).is_some());
}
