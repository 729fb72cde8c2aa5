//! What the fuzzer runs. Every function takes any bytes, and panics when something does not hold.

#[path = "../../tests/support/whole.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod whole;

use gwcfg::document::{Mappings, Ports, Project, Providers};
use gwcfg::gateway::sink::{Scalar, Sink};
use gwcfg::gateway::yaml::YamlWriter;
use gwcfg::routing::pattern::{Pattern, Reach, reach};
use gwcfg::source::scalar::{Resolved, float_yaml11, int_yaml11, resolve_yaml11};
use gwcfg::source::{
    Expansion, Kind, NodeId, SourceFile, Sources, Span, Style, Tree, parse, read as read_tree,
};

/// Any text becomes a tree and documents, and every place is inside the text.
pub fn read(bytes: &[u8]) {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("file.yaml".to_owned(), bytes.to_vec(), false));
    let length = sources.text(file).len();
    let inside = |span: Span| {
        assert!(span.start <= span.end && span.end as usize <= length, "{span:?} of {length}");
    };
    let mut parsed = parse(&sources, file);
    if let Some(error) = &parsed.error {
        inside(error.at);
        inside(error.after);
    }
    let expansion = parsed.tree.expansion();
    if parsed.error.is_some() || expansion != Expansion::Fits {
        return;
    }
    let repeated = parsed.tree.mark_repeated_keys();
    let tree = &parsed.tree;
    for (earlier, later) in repeated {
        assert!(earlier < later && tree.is_repeated(earlier));
    }
    for id in tree.ids() {
        inside(tree.span(id));
        assert!(tree.resolve(id) <= id, "an alias leads back, never on");
        if tree.kind(id) == Kind::Map {
            assert!(tree.merged_pairs(id).all(|(key, value)| key < value));
        }
    }
    for span in read_tree::<Providers<'_>>(tree).problems.mismatches {
        inside(span);
    }
    let mappings = read_tree::<Mappings<'_>>(tree);
    mappings.problems.ambiguous.iter().for_each(|span| inside(*span));
    let project = read_tree::<Project<'_>>(tree);
    project.problems.unknown_keys.iter().for_each(|unknown| inside(unknown.span));
    let _ = read_tree::<Ports<'_>>(tree);
}

/// Files that a project may have; in the input a line `--- NAME` begins each.
const FILES: [&str; 4] = ["gwcfg.yaml", "providers.yaml", "model-mappings.yaml", "ports.yaml"];

/// Any project is judged, compiled and reported, twice alike; see `tests/support/whole.rs`.
pub fn validate(bytes: &[u8]) {
    let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let named = FILES.iter().find(|name| line == format!("--- {name}\n").as_bytes());
        let begins = named.filter(|name| files.iter().all(|(known, _)| known != *name));
        if let Some(name) = begins {
            files.push((name, Vec::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.extend_from_slice(line);
        } else {
            files.push(("providers.yaml", line.to_vec()));
        }
    }
    whole::holds(&files);
}

/// Patterns and names, one a line and by turns: decisions agree with what the patterns match.
pub fn pattern(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let lines: Vec<&str> = text.split('\n').take(16).collect();
    let read: Vec<Pattern> = lines.iter().filter_map(|line| Pattern::parse(line).ok()).collect();
    // Every line is a name too: patterns are near the names that they match.
    for pattern in &read {
        let wildcard = pattern.wildcard();
        for name in lines.iter().copied().chain(pattern.exact_name().as_deref()) {
            if let Some(wildcard) = &wildcard {
                let (text, matched) = (wildcard.text(), pattern.matches(name));
                assert_eq!(takes(text, name), matched, "{:?} {text:?} {name:?}", pattern.text());
            }
        }
        if let Some(name) = pattern.exact_name() {
            assert!(pattern.matches(&name), "{:?} {name:?}", pattern.text());
        }
    }
    let all: Vec<&Pattern> = read.iter().collect();
    for (index, reached) in reach(&all).into_iter().enumerate() {
        let first = |name: &str| all.iter().position(|pattern| pattern.matches(name));
        match reached {
            Reach::Reachable { example } => assert_eq!(first(&example), Some(index), "{example:?}"),
            Reach::Empty => assert!(lines.iter().all(|name| !all[index].matches(name))),
            Reach::Undecided => {}
            Reach::Shadowed { .. } => {
                assert!(lines.iter().all(|name| first(name) != Some(index)), "{lines:?}");
            }
        }
    }
}

/// Whether LiteLLM takes a name for a wildcard: `*` is any text, and the end is open.
fn takes(wildcard: &str, name: &str) -> bool {
    let mut parts = wildcard.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or("")) else { return false };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    true
}

/// A document to write.
#[derive(Debug)]
enum Node {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
}

/// Deeper documents are not made: the reader would refuse them.
const MAX_DEPTH: usize = 24;

/// What is written is read back as it was given.
pub fn write(bytes: &[u8]) {
    let mut rest = bytes;
    let node = make(&mut rest, 0);
    let mut writer = YamlWriter::new(Vec::new());
    give(&node, &mut writer).unwrap();
    let text = writer.finish().unwrap();
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("written.yaml".to_owned(), text, false));
    let parsed = parse(&sources, file);
    assert!(parsed.error.is_none(), "{:?}\n{}", parsed.error, sources.text(file));
    let root = parsed.tree.root();
    let same = root.map_or(matches!(node, Node::Null), |root| same(&parsed.tree, root, &node));
    assert!(same, "{node:?}\n{}", sources.text(file));
}

/// Takes a byte; zero at the end.
fn byte(rest: &mut &[u8]) -> u8 {
    let Some((first, behind)) = rest.split_first() else { return 0 };
    *rest = behind;
    *first
}

fn text(rest: &mut &[u8]) -> String {
    let length = usize::from(byte(rest) % 40).min(rest.len());
    let (taken, behind) = rest.split_at(length);
    *rest = behind;
    String::from_utf8_lossy(taken).into_owned()
}

fn number(rest: &mut &[u8]) -> [u8; 8] {
    std::array::from_fn(|_| byte(rest))
}

fn make(rest: &mut &[u8], depth: usize) -> Node {
    let kinds = if depth < MAX_DEPTH && !rest.is_empty() { 7 } else { 5 };
    match byte(rest) % kinds {
        0 => Node::Text(text(rest)),
        1 => Node::Int(i64::from_le_bytes(number(rest))),
        2 => Node::Float(f64::from_le_bytes(number(rest))),
        3 => Node::Bool(byte(rest) > 127),
        4 => Node::Null,
        5 => Node::List((0..byte(rest) % 5).map(|_| make(rest, depth + 1)).collect()),
        _ => {
            let mut entries: Vec<(String, Node)> = Vec::new();
            for _ in 0..byte(rest) % 5 {
                let key = text(rest);
                let value = make(rest, depth + 1);
                if entries.iter().all(|(known, _)| *known != key) {
                    entries.push((key, value));
                }
            }
            Node::Map(entries)
        }
    }
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

fn same(tree: &Tree<'_>, id: NodeId, node: &Node) -> bool {
    let text = tree.value(id);
    let plain = tree.kind(id) == Kind::Scalar && tree.style(id) == Style::Plain;
    let resolved = if plain { resolve_yaml11(text) } else { Resolved::Text };
    match node {
        Node::Map(entries) => {
            let pairs: Vec<(NodeId, NodeId)> = tree.pairs(id).collect();
            let key = |id: NodeId, key: &str| same(tree, id, &Node::Text(key.to_owned()));
            tree.kind(id) == Kind::Map
                && pairs.len() == entries.len()
                && pairs.iter().zip(entries).all(|((name, value), (wanted, node))| {
                    key(*name, wanted) && same(tree, *value, node)
                })
        }
        Node::List(items) => {
            let found: Vec<NodeId> = tree.items(id).collect();
            tree.kind(id) == Kind::List
                && found.len() == items.len()
                && found.iter().zip(items).all(|(id, item)| same(tree, *id, item))
        }
        Node::Text(wanted) => {
            tree.kind(id) == Kind::Scalar && resolved == Resolved::Text && text == wanted
        }
        Node::Int(value) => int_yaml11(text) == Some(i128::from(*value)) && plain,
        Node::Float(value) => {
            let read = float_yaml11(text).filter(|_| plain && resolved == Resolved::Float);
            read.is_some_and(|read| read == *value || (read.is_nan() && value.is_nan()))
        }
        Node::Bool(value) => resolved == Resolved::Bool(*value),
        Node::Null => resolved == Resolved::Null && plain,
    }
}
