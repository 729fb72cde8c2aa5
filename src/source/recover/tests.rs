use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::map::SourceFile;
use super::super::parse::{SyntaxError, parse};
use super::*;

/// Line, column and kind of every error, and the scalars that are left.
fn recovered(text: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("t".to_owned(), text.as_bytes().to_vec(), false));
    let parsed = parse(&sources, file);
    let show = |error: &SyntaxError| {
        let at = sources.position(file, error.at.start());
        format!("{}:{} {:?}: {}\n", at.line, at.column, error.kind, error.message)
    };
    let errors: String = parsed.errors.iter().map(show).collect();
    let tree = &parsed.tree;
    let scalars = tree.ids().map(|id| tree.value(id)).filter(|value| !value.is_empty());
    format!("{errors}{}", scalars.collect::<Vec<_>>().join(" "))
}

#[test]
fn each_mistake_costs_its_own_entry() {
    insta::assert_snapshot!(recovered("
a: {type: ollama, status: [active
b: 1
c:
    d: 1
  e: 2
f: }
g: {x: 1,
    y: [1, 2,
    z: 3}
h: 2
\ti: 3
j: 4
k: @x
l: 5
"), @"
    3:2 Other: illegal placement of ':' indicator
    6:3 Other: while parsing a block mapping, did not find expected key
    7:4 Other: misplaced bracket
    9:8 Other: mismatched bracket '[' closed by '}'
    12:1 Tab: while scanning a plain scalar, found a tab
    14:4 Other: unexpected character: `@'
    b 1 c d 1 j 4 l 5
    ");
}

#[test]
fn a_quote_that_is_not_closed_costs_its_own_line() {
    insta::assert_snapshot!(recovered("
a: \"open
b: \"closed\"
c: 'open
d: 1
"), @"
    3:1 Other: invalid indentation in multiline quoted scalar
    5:1 Other: invalid indentation in multiline quoted scalar
    b closed d 1
    ");
}

#[test]
fn a_colon_that_is_missing_costs_its_own_line() {
    insta::assert_snapshot!(recovered("
a:
  type ollama
  base_url: x
  status: active
b:
  - c: 1
    d
    e: 2
  - f: 3
g: h: i
"), @"
    4:11 Other: mapping values are not allowed in this context
    8:5 Other: simple key expected ':'
    11:5 Other: mapping values are not allowed in this context
    a base_url x status active b c 1 e 2 f 3
    ");
}

#[test]
fn a_file_that_is_one_bracket_has_one_error() {
    insta::assert_snapshot!(recovered("{\n  \"a\": [1,\n  \"b\": 2\n}\n"), @"2:8 Other: mismatched bracket '[' closed by '}'");
}

#[test]
fn a_second_document_ends_the_search() {
    insta::assert_snapshot!(recovered("a: [\nb: 1\n---\nc: [\n"), @"
    1:4 Other: unclosed bracket '['
    3:1 SecondDocument: a second document begins here
    ");
}

#[test]
fn many_mistakes_end_at_the_limit_and_a_large_file_ends_in_time() {
    let start = Instant::now();
    for line in [
        "a: }\n",
        "a: [\n",
        "a: \"\n",
        "\ta: b: c\n",
        "? [a\n",
        "- - : - [[\n",
        "a: *\n",
        "&a &b\n",
    ] {
        let text = line.repeat(100_000);
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("t".to_owned(), text.into_bytes(), false));
        assert!((1..=MAX_SYNTAX_ERRORS).contains(&parse(&sources, file).errors.len()), "{line}");
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

proptest! {
    #[test]
    fn errors_are_in_order_and_repairing_never_moves_a_place(
        text in concat!(
            "([ \t]{0,4}(- )?([abc]: ?|\\? |\\* |&x |! )?",
            "[\\[\\]{}'\",:|>#é%@a1 -]{0,8}\n){0,12}",
        ),
    ) {
        let mut sources = Sources::default();
        let bytes = text.clone().into_bytes();
        let file = sources.add(SourceFile::new("t".to_owned(), bytes, false));
        let parsed = parse(&sources, file);
        let (_, first) = parse_text(&sources, file, sources.text(file));
        prop_assert_eq!(parsed.errors.first(), first.as_ref().map(|stop| &stop.error));
        let starts: Vec<u32> = parsed.errors.iter().map(|error| error.at.start()).collect();
        prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", starts);
        prop_assert!(starts.iter().all(|start| *start as usize <= text.len()));
        // What is left of the tree stands in the file where the tree says.
        for id in parsed.tree.ids().filter(|id| !parsed.tree.value(*id).is_empty()) {
            let span = parsed.tree.span(id);
            let written = sources.slice(span);
            let owned = parsed.tree.unescaped_scalars().any(|other| other == id);
            prop_assert!(owned || written.contains(parsed.tree.value(id)), "{:?}", span);
        }
    }
}
