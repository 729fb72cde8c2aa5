//! Where gwcfg and PyYAML read differently and no finding of `Tree::differences` says so, by nature
//! or on purpose. Each difference has one small document, which a test holds to be still different.
//!
//! Most are places where YAML 1.2, which gwcfg's parser follows, is wider or narrower than YAML
//! 1.1: gwcfg writes its own output, and that is read alike by both (see `yaml_writing`).

use serde_json::{Value, json};

use crate::Said;
use crate::ours::{Ours, in_order};

/// NEL, LS and PS end a line in YAML 1.1 and are ordinary characters in YAML 1.2.
pub const LINE_BREAKS: &str = "line breaks of YAML 1.1";
/// PyYAML takes a byte order mark inside a document for a character; gwcfg refuses it there.
pub const BYTE_ORDER_MARK: &str = "a byte order mark inside a document";
/// YAML 1.2 has keys without text, and keys of flow maps that end on another line. Before a colon
/// `&b:` is the anchor `b:` in YAML 1.2.
pub const EMPTY_KEY: &str = "an empty key, or a key apart from its colon";
/// PyYAML constructs values, so a list cannot be a key. gwcfg says so where it reads the map.
pub const COLLECTION_KEY: &str = "a list or a map as a key";
/// YAML 1.2 wants the further lines of a quoted scalar to be indented by spaces.
pub const TAB: &str = "a tab before a line of a quoted scalar";
/// An end of a document with no document before it.
pub const DOCUMENT_END: &str = "`...` alone";
/// YAML 1.2 wants the further lines of a quoted scalar to be indented.
pub const QUOTED_INDENT: &str = "lines of a quoted scalar that are not indented";
/// YAML 1.2 wants a space before `#`, behind a quoted scalar too.
pub const COMMENT: &str = "a comment right behind a quoted scalar";
/// `{a:[]}` is a key and a list in PyYAML, and for gwcfg's parser a missing space.
pub const FLOW_VALUE: &str = "a colon right before a flow collection";
/// PyYAML makes a value that holds itself; gwcfg refuses it, since nothing can be meant.
pub const ENDLESS: &str = "an alias inside what it stands for";
/// The last line of a block scalar has no line end, because the file ends: gwcfg's parser adds one.
pub const LAST_LINE: &str = "a block scalar at the end of a file that has no last line end";
/// `1` and `true` are one key, with the value of the last: Python keeps the first one's spelling,
/// gwcfg the last one's.
pub const EQUAL_KEYS: &str = "the spelling of a key that is written twice";
/// YAML 1.2 wants the sign of a block scalar to be indented, where it stands on its own line.
pub const BLOCK_SIGN: &str = "the sign of a block scalar at the margin";
/// YAML 1.2 does not take a lone dash in a flow collection for text.
pub const DASH: &str = "a lone dash in a flow collection";
/// The text of a block scalar that is the whole document may stand at the margin in YAML 1.2.
pub const MARGIN: &str = "a block scalar at the margin";
/// gwcfg stops at 64 levels, PyYAML where Python's stack ends.
pub const DEPTH: &str = "collections inside collections";

/// A small document for every known difference.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("a: b\u{85}c: d", LINE_BREAKS),
    ("a: b\u{2028}c: d", LINE_BREAKS),
    ("---\n\u{feff}", BYTE_ORDER_MARK),
    (": a", EMPTY_KEY),
    ("[\"\", : []]", EMPTY_KEY),
    ("{f\n:}", EMPTY_KEY),
    ("a:\n&b:", EMPTY_KEY),
    ("? [a]\n: b", COLLECTION_KEY),
    ("{{}: a}", COLLECTION_KEY),
    ("?\n|", BLOCK_SIGN),
    ("2:\n|", BLOCK_SIGN),
    ("[-]", DASH),
    (">\na: b", MARGIN),
    ("s: [\"\n\t\"]", TAB),
    ("...", DOCUMENT_END),
    ("a: \"b\nc\"", QUOTED_INDENT),
    ("a: \"\"# b", COMMENT),
    ("{a:[]}", FLOW_VALUE),
    ("a: &x [*x]", ENDLESS),
    ("a: |\n  b", LAST_LINE),
    ("1: a\ntrue: b", EQUAL_KEYS),
    ("{0x10: a, 16.0: b, q: {no: c, 0: d}}", EQUAL_KEYS),
];

/// Documents that PyYAML refuses or reads otherwise, which gwcfg reads and tells of.
pub const TOLD: &[&str] = &[
    "a: &x 1\nb: &x 2\n",
    "&' a",
    "&a[]",
    "&a:",
    "a: !x b",
    "a: !x [b]",
    "a: !!int b",
    "a: !!int \"1\"",
    "a: !!set {b, c}",
    "a: !!str [b]",
    "a: ! yes",
    "a: ! \"1\"",
    "a: 2025-02-31",
    "2025-02-31: a",
    "a: 2025-01-31T24:00:00Z",
    "a: 1\n<<: b",
    "a: 1\n<<:",
    "a: &a {b: 1}\nc:\n  <<: [*a, 1]",
    "a: =",
    "[<<]",
    "a: <<\n<<: {b: c}",
    "a: 0x_",
    "[+0b_]",
    "\t",
    ">\t",
    "a:\tb",
    "a: b\t",
    "a: b\t# c",
    "a: b\tc",
    "?a\tb",
    "a: 'b'\t# c",
    "[a,\tb]",
    "- \ta",
    "a: |\t# b\n  c\n",
    "[a?]",
    "{?a}",
    "{?}",
    "a: &m [is it?]",
    "a: [[], b?, [c]]",
];

/// Documents that look like those, and that both read alike.
pub const ALIKE: &[&str] = &[
    "a: &x 1\nb: &y-1_ 2\nc: [*x, *y-1_]\n",
    "a: !!str 1\nb: !!map {c: d}\ne: !!seq [f]\n",
    "a: !!int 1\nb: !!float 1.5\nc: !!bool yes\nd: !!null ~\ne: !!timestamp 2025-01-31\n",
    "a: ! b\nc: ! [d]\n",
    "a: &a {b: 1}\nc: {!!merge <<: *a}\n",
    "a: &a {b: 1}\nc: {<<: [*a, {d: 2}]}\n",
    "a: {<<: []}\n",
    "=: a\n\"<<\": b\nc: '='\nd: !!str =\n",
    "a: !!str <<\nb: {!!str <<: c}\n",
    "a: 2025-01-31\nb: 2024-02-29 23:59:59\nc: '2025-02-31'\n",
    "a: 0x_1\nb: '0x_'\n",
    "# a\tb\na: b # c\td\n",
    "a: 'b\tc' # \t\nd: \"e\tf\"\n",
    "a: |\n  b\tc\n  \t\nd: >-\n  \te\n\n# \tf\n",
    "a: | # b\tc\n  d\n",
    "a: is it?\nb: ?c\n? d\n: e\n",
    "a: [b, 'c?'] # d?\ne: f?\n",
    "{? a : b}\n",
    "a: {b: c}\nd: e?f\n",
];

/// Words in PyYAML's error, where gwcfg reads a value, and what they tell.
const THEIR_WORDS: &[(&str, &str)] = &[
    ("but found ':'", EMPTY_KEY),
    ("but got ':'", EMPTY_KEY),
    ("unhashable key", COLLECTION_KEY),
    ("but found '<document end>'", DOCUMENT_END),
    ("RecursionError", DEPTH),
];

/// Words in gwcfg's error, where PyYAML reads a value, and what they tell.
const OUR_WORDS: &[(&str, &str)] = &[
    ("invalid indentation in multiline quoted scalar", QUOTED_INDENT),
    ("comments must be separated", COMMENT),
    ("may not precede any of", FLOW_VALUE),
    ("plain scalar cannot start with '-'", DASH),
    ("Tab: ", TAB),
    ("Endless", ENDLESS),
    ("TooDeep", DEPTH),
];

/// Why the two may differ about this document; `None` when nothing is known that explains it.
pub fn known(said: &Said) -> Option<&'static str> {
    let Said { text, ours, theirs } = said;
    if text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return Some(LINE_BREAKS);
    }
    if text.trim_start_matches('\u{feff}').contains('\u{feff}') {
        return Some(BYTE_ORDER_MARK);
    }
    let error = theirs.get("error").and_then(Value::as_str);
    match (ours, error) {
        (Ours::Told(_), _) => has_anchor_before_colon(text),
        (Ours::Value(value), Some(error)) => {
            let found = THEIR_WORDS.iter().find(|(words, _)| error.contains(words));
            let margin = matches!(value, Value::String(_)) && text.contains(['|', '>']);
            found.map(|(_, why)| *why).or(margin.then_some(MARGIN))
        }
        (Ours::Refused(ours), None) => {
            if ours.contains("simple key expected ':'") {
                let sign = text.contains(['|', '>']);
                return sign.then_some(BLOCK_SIGN).or(has_anchor_before_colon(text));
            }
            if ours.starts_with("Other: ") && has_anchor_before_colon(text).is_some() {
                return Some(EMPTY_KEY);
            }
            OUR_WORDS.iter().find(|(words, _)| ours.contains(words)).map(|(_, why)| *why)
        }
        (Ours::Value(ours), None) if with_number_keys(ours) == with_number_keys(theirs) => {
            Some(EQUAL_KEYS)
        }
        (Ours::Value(ours), None) => {
            let cut = !text.ends_with(['\n', '\r']) && text.contains(['|', '>']);
            let same = without_line_ends(ours) == without_line_ends(theirs);
            (cut && same).then_some(LAST_LINE)
        }
        (Ours::Refused(_), Some(_)) => None,
    }
}

/// `&b:`, which is an anchor before an empty key to PyYAML.
fn has_anchor_before_colon(text: &str) -> Option<&'static str> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut anchors = text.match_indices('&').map(|(at, _)| &text[at + 1..]);
    let found = anchors.any(|rest| rest.trim_start_matches(word).starts_with(':'));
    found.then_some(EMPTY_KEY)
}

fn without_line_ends(value: &Value) -> String {
    value.to_string().replace("\\n", "")
}

/// The same value with keys that are equal in Python spelt alike.
fn with_number_keys(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(with_number_keys).collect(),
        Value::Object(object) => {
            let Some(Value::Array(pairs)) = object.get("map") else { return value.clone() };
            let pair = |pair: &Value| json!([number_key(&pair[0]), with_number_keys(&pair[1])]);
            in_order(json!({"map": pairs.iter().map(pair).collect::<Vec<_>>()}))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn number_key(key: &Value) -> Value {
    let bits = key.get("float").and_then(Value::as_str);
    let float = bits.and_then(|bits| u64::from_str_radix(bits, 16).ok()).map(f64::from_bits);
    match (key, float) {
        (Value::Bool(value), _) => json!({"int": u8::from(*value).to_string()}),
        (_, Some(float)) if float.fract() == 0.0 => json!({"int": format!("{float:.0}")}),
        _ => key.clone(),
    }
}
