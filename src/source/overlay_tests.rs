use proptest::prelude::*;
use serde_json::{Map, Value};

use super::super::{FileId, SourceFile, Sources, parse, read};
use super::*;

/// The documents as files, in this order.
fn sources(texts: &[&str]) -> Sources {
    let mut sources = Sources::default();
    for (number, text) in texts.iter().enumerate() {
        let bytes = text.as_bytes().to_vec();
        sources.add(SourceFile::new(format!("{number}.yaml"), bytes, false));
    }
    sources
}

fn tree(sources: &Sources, number: u16) -> Tree<'_> {
    let mut parsed = parse(sources, FileId(number));
    assert_eq!(parsed.errors, []);
    parsed.tree.mark_repeated_keys();
    parsed.tree
}

fn value(tree: &Tree<'_>) -> Value {
    read::<Value>(tree).document
}

/// The pairs at the top that a reader takes: of a key that is written twice the last one.
fn counting(tree: &Tree<'_>) -> Vec<(NodeId, NodeId)> {
    let pairs = tree.root().into_iter().flat_map(|root| tree.merged_pairs(root));
    pairs.filter(|(key, _)| !tree.is_repeated(*key)).collect()
}

/// All files laid over the first one, one after the other.
fn laid(sources: &Sources) -> Tree<'_> {
    let mut merged = tree(sources, 0);
    for number in 1..u16::try_from(sources.files().count()).unwrap() {
        let over = tree(sources, number);
        if let Some(overlaid) = overlay(&merged, &over, &counting(&over)) {
            merged = overlaid.tree;
        }
    }
    merged
}

fn merged(texts: &[&str]) -> Value {
    value(&laid(&sources(texts)))
}

/// RFC 7396, written down once more: maps merge, null removes, all else replaces.
fn patched(base: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut base = if let Value::Object(base) = base { base } else { Map::new() };
    for (key, value) in patch {
        if value.is_null() {
            base.remove(key);
        } else {
            let below = base.get(key).cloned().unwrap_or(Value::Null);
            base.insert(key.clone(), patched(below, value));
        }
    }
    Value::Object(base)
}

/// Every scalar value as `path = value @file`.
fn places(sources: &Sources, tree: &Tree<'_>) -> Vec<String> {
    fn walk(sources: &Sources, tree: &Tree<'_>, id: NodeId, path: &str, out: &mut Vec<String>) {
        let id = tree.resolve(id);
        for (key, below) in tree.merged_pairs(id) {
            let name = tree.value(tree.resolve(key));
            walk(sources, tree, below, &format!("{path}/{name}"), out);
        }
        for item in tree.items(id) {
            walk(sources, tree, item, &format!("{path}/-"), out);
        }
        if tree.kind(id) == Kind::Scalar {
            let span = tree.span(id);
            let at = sources.position(span.file(), span.start());
            let slice = sources.slice(span).escape_debug().to_string();
            let file = sources.path(span.file());
            out.push(format!("{path} `{slice}` {file}:{}:{}", at.line, at.column));
        }
    }
    let mut out = Vec::new();
    walk(sources, tree, tree.root().unwrap(), "", &mut out);
    out
}

#[test]
fn every_value_keeps_its_place() {
    let sources = sources(&[
        "a: {x: 1, y: 'two'}\nlist: [1, 2]\nc: |\n  block\nd: gone\n",
        "a:\n  y: \"new\\n\"\n  z: >\n    folded\nlist: [three]\nd: null\n",
        "a: {x: ~, w: 5}\n",
    ]);
    let tree = laid(&sources);
    insta::assert_snapshot!(places(&sources, &tree).join("\n"), @r#"
    /a/y `\"new\\n\"` 1.yaml:2:6
    /a/z `folded\n` 1.yaml:4:5
    /a/w `5` 2.yaml:1:14
    /list/- `three` 1.yaml:5:8
    /c `block\n` 0.yaml:4:3
    "#);
    assert_eq!(value(&tree)["a"]["y"], "new\n");
}

#[test]
fn anchors_mean_what_they_meant() {
    let base = "a: &a {k: 1, deep: {n: 1}}\nb: *a\nc: {<<: *a, own: 2}\nd: *a\n";
    let sources = sources(&[
        base,
        "x-set: &set {k: 9}\na: {k: 2}\nc: {deep: {n: 3}, k: null}\nd: {deep: null}\ne: *set\n",
    ]);
    let tree = laid(&sources);
    insta::assert_snapshot!(places(&sources, &tree).join("\n"), @"
    /a/k `2` 1.yaml:2:8
    /a/deep/n `1` 0.yaml:1:24
    /b/k `1` 0.yaml:1:11
    /b/deep/n `1` 0.yaml:1:24
    /c/own `2` 0.yaml:3:18
    /c/deep/n `3` 1.yaml:3:15
    /d/k `1` 0.yaml:1:11
    /x-set/k `9` 1.yaml:1:17
    /e/k `9` 1.yaml:1:17
    ");
}

#[test]
fn a_base_without_anything_takes_all() {
    for base in ["", "# nothing\n", "~", "{}"] {
        let json = serde_json::json!({"a": {"b": [1, null]}});
        assert_eq!(merged(&[base, "a: {b: [1, null], c: null}\n"]), json, "{base}");
    }
    // What is no mapping is a mistake of its own.
    assert_eq!(merged(&["[1]", "a: 1"]), serde_json::json!([1]));
}

#[test]
fn repeated_keys_count_the_last_time() {
    let json = serde_json::json!({"a": {"x": 2, "y": 4}});
    assert_eq!(merged(&["a: {x: 1}\na: {x: 2}\n", "a: {y: 3}\na: {y: 4}\n"]), json);
}

#[test]
fn a_chain_of_aliases_costs_no_stack() {
    let mut base = "a0: &a0 {x: 1}\n".to_owned();
    let mut over = "a0: {y: 1}\n".to_owned();
    for number in 1..2000 {
        base.push_str(&format!("a{number}: &a{number} {{in: *a{}}}\n", number - 1));
        over.push_str(&format!("a{number}: {{y: 1}}\n"));
    }
    let sources = sources(&[&base, &over]);
    let merged = laid(&sources);
    // Every anchor was changed, and stands once more for the first alias to it.
    assert!(merged.len() < 40_000, "{}", merged.len());
}

#[test]
fn what_removes_nothing_is_told_with_what_is_there() {
    let sources = sources(&["a: {x: 1, y: 2}\n", "a: {z: null}\nb: {c: ~}\nd:\na: {y: }\n"]);
    let (base, over) = (tree(&sources, 0), tree(&sources, 1));
    let Overlaid { idle, silent, .. } = overlay(&base, &over, &counting(&over)).unwrap();
    let idle: Vec<_> = idle
        .iter()
        .map(|idle| (idle.keys.iter().map(|key| key.value).collect::<Vec<_>>(), &idle.there))
        .collect();
    assert_eq!(format!("{idle:?}"), r#"[(["c"], []), (["d"], ["a"])]"#);
    assert_eq!(silent.iter().map(|key| key.value).collect::<Vec<_>>(), ["y"]);
}

/// A mapping as a document may hold it; null where `nulls`.
fn map(nulls: bool) -> impl Strategy<Value = Value> {
    let mut leaves = vec![
        any::<i32>().prop_map(Value::from).boxed(),
        "[a-z ]{0,4}".prop_map(Value::from).boxed(),
        any::<bool>().prop_map(Value::from).boxed(),
    ];
    if nulls {
        leaves.push(Just(Value::Null).boxed());
    }
    let leaf = proptest::strategy::Union::new(leaves);
    let any = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            pairs(inner).prop_map(Value::Object),
        ]
    });
    pairs(any).prop_map(Value::Object)
}

fn pairs(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::vec(("[a-e]", value), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

/// Documents in which a key is of one kind wherever it stands, as in documents of a schema.
fn typed() -> impl Strategy<Value = Value> {
    let plain = || (("[s-u]"), any::<u8>().prop_map(Value::from));
    let list = || ("[l-m]", proptest::collection::vec(any::<u8>(), 0..3).prop_map(Value::from));
    let pair = prop_oneof![plain(), list()];
    let leaf = proptest::collection::vec(pair, 0..4)
        .prop_map(|pairs| Value::Object(pairs.into_iter().collect()));
    leaf.prop_recursive(3, 16, 3, move |inner| {
        let map = ("[a-c]", inner);
        let pair = prop_oneof![map, plain(), list()];
        proptest::collection::vec(pair, 0..4)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    })
}

fn text(value: &Value) -> String {
    value.to_string()
}

proptest! {
    #[test]
    fn laid_over_is_a_merge_patch(base in map(true), over in map(true)) {
        // The top level of a source without anything is an empty mapping.
        let expected = patched(base.clone(), &over);
        prop_assert_eq!(merged(&[&text(&base), &text(&over)]), expected);
    }

    #[test]
    fn nothing_changes_nothing(base in map(true)) {
        let sources = sources(&[&text(&base), "{}"]);
        let (below, over) = (tree(&sources, 0), tree(&sources, 1));
        prop_assert!(overlay(&below, &over, &counting(&over)).is_none());
        prop_assert_eq!(value(&laid(&sources)), base);
    }

    #[test]
    fn twice_is_once(base in map(true), over in map(true)) {
        let (base, over) = (text(&base), text(&over));
        prop_assert_eq!(merged(&[&base, &over, &over]), merged(&[&base, &over]));
    }

    #[test]
    fn null_removes_every_key(base in map(false)) {
        let nulls: Map<String, Value> =
            base.as_object().unwrap().keys().map(|key| (key.clone(), Value::Null)).collect();
        let gone = merged(&[&text(&base), &text(&Value::Object(nulls))]);
        prop_assert_eq!(gone, Value::Object(Map::new()));
    }

    /// Where nothing is removed and no key changes its kind, the grouping does not matter: a list
    /// of overlays is one overlay.
    #[test]
    fn overlays_can_be_grouped(a in typed(), b in typed(), c in typed()) {
        let [a, b, c] = [a, b, c].map(|value| text(&value));
        let last = text(&merged(&[&b, &c]));
        prop_assert_eq!(merged(&[&a, &b, &c]), merged(&[&a, &last]));
    }

    #[test]
    fn aliases_stand_for_what_they_stood_for(over in map(true)) {
        let base = "a: &a {a: 1, b: {c: 2, d: &d [1]}}\nb: *a\nc: {<<: *a, b: 3, e: *d}\n\
                    d: {<<: [*a, {e: 4}]}\n";
        let plain = value(&tree(&sources(&[base]), 0));
        let sources = sources(&[base, &text(&over)]);
        let merged = laid(&sources);
        prop_assert_eq!(value(&merged), patched(plain, &over));
        for id in merged.ids() {
            let span = merged.span(id);
            let all = sources.text(span.file());
            prop_assert!(all.get(span.range()).is_some());
            if merged.kind(id) == Kind::Scalar && merged.style(id) == Style::Plain {
                prop_assert_eq!(sources.slice(span), merged.value(id));
            }
        }
    }
}
