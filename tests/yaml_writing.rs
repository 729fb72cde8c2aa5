//! What the YAML writer writes is read back as it was given: by PyYAML with both of its loaders,
//! as the gateway reads it, and by two readers in Rust.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic fails the test")]

mod support;

use std::cell::RefCell;
use std::collections::BTreeSet;

use granit_parser::{Event, Parser, ScalarStyle};
use gwcfg::gateway::quoting::{Style, style_of};
use gwcfg::gateway::sink::{JsonSink, Scalar, Sink};
use gwcfg::gateway::yaml::YamlWriter;
use gwcfg::source::scalar::{Resolved, resolve_yaml11, resolve_yaml12};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::{Value, json};

use support::python::Judge;

/// Texts that some reader, or some writer, has got wrong.
#[rustfmt::skip]
const HOSTILE: &[&str] = &[
    "", " ", "~", "null", "NULL", "yes", "Yes", "no", "on", "OFF", "y", "N", "true", "False", "=",
    "==", "<<", "<< ", "12:30", "1:2:3", "08:00", "0:30.5", "1e3", "1E+3", "1.0e+3", "0x1f",
    "0X1F", "0o14", "014", "0b11", "-0b1", "1_000", "1_0.5", "+1", "-1", "-.5", ".5", "5.", ".",
    "..", "...", ".inf", "-.INF", ".NaN", "nan", "2025-01-31", "2025-1-1", "2025-01-31 10:00:00",
    "2025-01-31T10:00:00.5+01:00", "1.2.3", "127.0.0.1", "127.0.0.1:80", "- a", "-", "--", "---",
    "--- a", "-a", "?", "? a", "?a", ":", ": a", ":a", "a:", "a: b", "a:b", "a :b", "#", "#x",
    "a #x", "a# x", "a#x", "[", "[a]", "]", "{", "{a}", "}", "a, b", ",", "&", "&a", "*", "*a",
    "!", "!a", "!!str a", "|", "|-", ">", "%", "%YAML 1.1", "@a", "`a", "'", "''", "it's", "'a'",
    "\"", "\"a\"", "a\"b'c", "\\", "\\n", "a\\", " a", "a ", "  a  ", "\t", "\ta", "a\t", "a\tb",
    "\n", "a\n", "\na", "a\nb", "a\n\nb", "a\n b", "a\r\nb", "\r", "\u{85}", "a\u{85}b",
    "\u{2028}", "a\u{2029}b", "\u{feff}", "\u{feff}a", "a\u{feff}", "\u{a0}", "a\u{a0}b",
    "\u{a0}#", "\u{200b}", "\u{202e}a", "\0", "a\0b", "\u{1}", "\u{7}\u{8}\u{b}\u{c}\u{1b}",
    "\u{1f}", "\u{7f}", "\u{80}", "\u{9f}", "\u{d7ff}", "\u{e000}", "\u{fffd}", "\u{fffe}",
    "\u{ffff}", "\u{10000}", "\u{1fffe}", "\u{10ffff}", "é", "é: b", "é #b", "é:", "日本語", "🦀",
    "🦀: 🦀", "👩‍👩‍👧", "e\u{301}", "\u{301}", "os.environ/KEY", "http://127.0.0.1:8000/v1",
    "gpt-4o", "{{ x }}", "${X}", "*.example", "a|b",
];

/// A document to write.
#[derive(Debug, Clone)]
enum Node {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
}

fn give<S: Sink>(node: &Node, sink: &mut S) -> Result<(), S::Error> {
    match node {
        Node::Text(text) => sink.scalar(Scalar::Text(text)),
        Node::Int(value) => sink.scalar(Scalar::Int(*value)),
        Node::Float(value) => sink.scalar(Scalar::Float(*value)),
        Node::Bool(value) => sink.scalar(Scalar::Bool(*value)),
        Node::Null => sink.scalar(Scalar::Null),
        Node::Map(entries) => {
            sink.map_start()?;
            for (key, value) in entries {
                sink.key(key, None)?;
                give(value, sink)?;
            }
            sink.map_end()
        }
        Node::List(items) => {
            sink.list_start()?;
            for item in items {
                sink.item(None)?;
                give(item, sink)?;
            }
            sink.list_end()
        }
    }
}

fn yaml(node: &Node) -> String {
    let mut writer = YamlWriter::new(Vec::new());
    writer.comment("a header\nof two lines: \u{85} #").unwrap();
    give(node, &mut writer).unwrap();
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// The node as the judge spells it.
fn typed(node: &Node) -> Value {
    match node {
        Node::Text(text) => json!(text),
        Node::Int(value) => json!({"int": value.to_string()}),
        Node::Float(value) if value.is_nan() => json!({"float": "nan"}),
        Node::Float(value) => json!({"float": format!("{:016x}", value.to_bits())}),
        Node::Bool(value) => json!(value),
        Node::Null => Value::Null,
        Node::Map(entries) => {
            let pairs: Vec<Value> = entries.iter().map(|(k, v)| json!([k, typed(v)])).collect();
            json!({"map": pairs})
        }
        Node::List(items) => items.iter().map(typed).collect(),
    }
}

/// The text in every place of a document that a text can have.
fn in_all_places(text: &str) -> Node {
    let value = || Node::Text(text.to_owned());
    let map = |inner: Node| Node::Map(vec![(text.to_owned(), inner)]);
    Node::List(vec![
        value(),
        map(value()),
        map(map(Node::Null)),
        map(Node::List(vec![value(), value()])),
        Node::List(vec![Node::List(vec![value()]), map(Node::Map(Vec::new()))]),
        Node::Map(vec![("a".into(), value()), (format!("b{text}"), map(Node::List(Vec::new())))]),
    ])
}

/// One message of all wrong readings, or none.
fn wrong_readings(judge: &mut Judge, nodes: &[Node]) -> Vec<String> {
    let documents: Vec<String> = nodes.iter().map(yaml).collect();
    let answers = judge.ask(&json!({"load": documents}));
    let answers = answers.as_array().expect("one answer for each document");
    assert_eq!(answers.len(), nodes.len());
    let readings = nodes.iter().zip(documents).zip(answers);
    readings
        .filter(|((node, _), answer)| typed(node) != **answer)
        .map(|((node, document), answer)| format!("{node:?}\n{document}\nis read as {answer}"))
        .collect()
}

/// Every hostile text in every place, and texts about as long as a key may be.
fn hostile_documents() -> Vec<Node> {
    let mut nodes: Vec<Node> = HOSTILE.iter().map(|text| in_all_places(text)).collect();
    // The root of the document stands at the margin, where `---` and `%` have a meaning.
    nodes.extend(HOSTILE.iter().map(|text| Node::Text((*text).to_owned())));
    nodes.extend(HOSTILE.iter().map(|text| Node::Map(vec![((*text).to_owned(), Node::Null)])));
    for length in [127, 128, 129, 1023, 1024, 1025, 5000] {
        for unit in ["a", "a b", "\u{1}", "\u{fffe}", "é", "🦀", "'", ": ", "\n"] {
            nodes.push(in_all_places(&unit.repeat(length)));
        }
    }
    nodes.push(deep(Node::Null, 60));
    nodes
}

/// Maps and lists in each other, with entries on both sides of the deeper one.
fn deep(inner: Node, levels: usize) -> Node {
    (0..levels).fold(inner, |inner, level| {
        let side = || Node::Text(format!("level {level}"));
        match level % 3 {
            0 => Node::List(vec![side(), inner, side()]),
            1 => Node::Map(vec![
                ("first".into(), side()),
                ("deeper".into(), inner),
                ("k".repeat(level * 3), side()),
            ]),
            _ => Node::List(vec![inner, side()]),
        }
    })
}

#[test]
fn pyyaml_reads_hostile_texts_back() {
    let Some(mut judge) = Judge::start() else { return };
    assert_eq!(wrong_readings(&mut judge, &hostile_documents()), Vec::<String>::new());
}

#[test]
fn pyyaml_reads_generated_documents_back() {
    let Some(judge) = Judge::start() else { return };
    let judge = RefCell::new(judge);
    let judged = runner(1_500).run(&documents(), |node| {
        let wrong = wrong_readings(&mut judge.borrow_mut(), &[node]);
        wrong.into_iter().next().map_or(Ok(()), |message| Err(TestCaseError::fail(message)))
    });
    judged.unwrap();
}

#[test]
fn pyyaml_reads_generated_texts_back() {
    let Some(judge) = Judge::start() else { return };
    let judge = RefCell::new(judge);
    let many = proptest::collection::vec(texts(), 1..40);
    let judged = runner(250).run(&many, |texts| {
        let nodes: Vec<Node> = texts.iter().map(|text| in_all_places(text)).collect();
        let wrong = wrong_readings(&mut judge.borrow_mut(), &nodes);
        wrong.into_iter().next().map_or(Ok(()), |message| Err(TestCaseError::fail(message)))
    });
    judged.unwrap();
}

#[test]
fn pyyaml_reads_floats_back_to_the_last_bit() {
    let Some(mut judge) = Judge::start() else { return };
    let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
    let mut floats = vec![0.0, -0.0, 1e-7, 1e16, 5e-324, f64::MAX, f64::INFINITY, f64::NAN];
    for _ in 0..20_000 {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        floats.push(f64::from_bits(bits));
        floats.push(f64::from(u32::try_from(bits >> 40).unwrap()) / 1000.0);
    }
    let nodes: Vec<Node> = floats.into_iter().map(Node::Float).collect();
    for part in nodes.chunks(1_000) {
        let list = Node::List(part.to_vec());
        assert_eq!(wrong_readings(&mut judge, &[list]), Vec::<String>::new());
    }
}

#[test]
fn libyaml_in_rust_reads_generated_documents_back() {
    runner(2_000)
        .run(&documents(), |node| {
            let mut expected = JsonSink::new();
            let Ok(()) = give(&node, &mut expected);
            let document = yaml(&node);
            let read: Value = serde_yaml::from_str(&document)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{document}")))?;
            // As text, because equality of JSON objects does not look at the order of keys.
            let (read, expected) = (read.to_string(), expected.finish().to_string());
            prop_assert_eq!(read, expected, "{}", document);
            Ok(())
        })
        .unwrap();
}

/// The parser that gwcfg reads its own sources with; it knows YAML 1.2 only.
#[test]
fn granit_reads_hostile_and_generated_documents_back() {
    for node in hostile_documents() {
        granit_agrees(&node).unwrap();
    }
    runner(2_000).run(&documents(), |node| granit_agrees(&node)).unwrap();
}

#[allow(clippy::wildcard_enum_match_arm, reason = "the enum of events is not exhaustive")]
fn granit_agrees(node: &Node) -> Result<(), TestCaseError> {
    let document = yaml(node);
    let mut read = Vec::new();
    for event in Parser::new_from_str(&document) {
        match event.map_err(|error| TestCaseError::fail(format!("{error}\n{document}")))?.0 {
            Event::MappingStart(..) => read.push(Piece::Mark("{")),
            Event::MappingEnd => read.push(Piece::Mark("}")),
            Event::SequenceStart(..) => read.push(Piece::Mark("[")),
            Event::SequenceEnd => read.push(Piece::Mark("]")),
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                let is_text = !plain || resolve_yaml12(&text) == Resolved::Text;
                read.push(if is_text { Piece::Text(text.into_owned()) } else { Piece::Other });
            }
            Event::StreamStart | Event::StreamEnd => {}
            Event::DocumentStart(..) | Event::DocumentEnd => {}
            // The writer makes no aliases and anchors, whatever events are added.
            unexpected => return Err(TestCaseError::fail(format!("{unexpected:?}\n{document}"))),
        }
    }
    let mut expected = Vec::new();
    flatten(node, &mut expected);
    prop_assert_eq!(read, expected, "{}", document);
    Ok(())
}

/// What a parser says about a document, without its numbers, truth values and nulls.
#[derive(Debug, PartialEq)]
enum Piece {
    Mark(&'static str),
    Text(String),
    Other,
}

fn flatten(node: &Node, pieces: &mut Vec<Piece>) {
    match node {
        Node::Text(text) => pieces.push(Piece::Text(text.clone())),
        Node::Int(_) | Node::Float(_) | Node::Bool(_) | Node::Null => pieces.push(Piece::Other),
        Node::Map(entries) => {
            pieces.push(Piece::Mark("{"));
            for (key, value) in entries {
                pieces.push(Piece::Text(key.clone()));
                flatten(value, pieces);
            }
            pieces.push(Piece::Mark("}"));
        }
        Node::List(items) => {
            pieces.push(Piece::Mark("["));
            items.iter().for_each(|item| flatten(item, pieces));
            pieces.push(Piece::Mark("]"));
        }
    }
}

#[test]
fn plain_texts_are_text_to_both_schemas() {
    let number_like = "[-+]?[0-9a-fA-FxXoO_.:]{1,6}([-+:.eETZ ]?[0-9_.:]{1,4}){0,5}";
    runner(50_000)
        .run(&prop_oneof![number_like, texts()], |text| {
            if style_of(&text) == Style::Plain {
                prop_assert_eq!(resolve_yaml11(&text), Resolved::Text);
                prop_assert_eq!(resolve_yaml12(&text), Resolved::Text);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_document_is_written_without_folding_or_surprise() {
    let long = "word ".repeat(500);
    let node = Node::Map(vec![
        ("long".into(), Node::Text(long.clone())),
        ("list".into(), Node::List(vec![Node::Bool(false), in_all_places("x")])),
    ]);
    let document = yaml(&node);
    assert!(document.contains(&format!("long: '{long}'\n")));
    assert!(document.ends_with('\n') && !document.ends_with("\n\n"));
    assert!(document.lines().all(|line| line == line.trim_end()));
}

/// The same cases at every run: a failure is repeated by running again.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn texts() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        ": ", " #", ":", "#", "-", "- ", " ", "  ", "'", "\"", "\\", "\n", "\r", "\t", "\u{85}",
        "\u{2028}", "\u{feff}", "\u{a0}", "🦀", "é", "0", "1", "12", "_", ".", "e", "+", "x", "o",
        "T", "Z", "yes", "no", "~", "=", "<<", "a", "?", ",", "[", "]", "{", "}", "&", "*", "!",
        "|", ">", "%", "@", "`", "...", "---", "\0", "\u{7f}", "\u{9f}",
    ];
    let glued = proptest::collection::vec(proptest::sample::select(PIECES), 0..8);
    prop_oneof![
        1 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        4 => glued.prop_map(|pieces| pieces.concat()),
        2 => proptest::collection::vec(any::<char>(), 0..16).prop_map(String::from_iter),
        2 => "[-+.]?[0-9_]{1,4}([.:eExob+-]{1,2}[0-9a-f_]{0,3}){0,4}",
        1 => "[a-zA-Z]{1,5}",
    ]
}

fn documents() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        6 => texts().prop_map(Node::Text),
        1 => any::<i64>().prop_map(Node::Int),
        1 => any::<f64>().prop_map(Node::Float),
        1 => any::<bool>().prop_map(Node::Bool),
        1 => Just(Node::Null),
    ];
    leaf.prop_recursive(7, 60, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Node::List),
            proptest::collection::vec((texts(), inner), 0..5).prop_map(distinct_keys),
        ]
    })
}

fn distinct_keys(entries: Vec<(String, Node)>) -> Node {
    let mut seen = BTreeSet::new();
    Node::Map(entries.into_iter().filter(|(key, _)| seen.insert(key.clone())).collect())
}
