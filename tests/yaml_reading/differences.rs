//! Where gwcfg and PyYAML read differently, by nature or on purpose. Each difference has one small
//! document, which a test holds to be still different.
//!
//! Most are places where YAML 1.2, which gwcfg's parser follows, is wider or narrower than YAML
//! 1.1: gwcfg writes its own output, and that is read alike by both (see `yaml_writing`).

use serde_json::Value;

use crate::Said;
use crate::ours::Ours;

/// NEL, LS and PS end a line in YAML 1.1 and are ordinary characters in YAML 1.2.
pub const LINE_BREAKS: &str = "line breaks of YAML 1.1";
/// PyYAML takes a byte order mark inside a document for a character; gwcfg refuses it there.
pub const BYTE_ORDER_MARK: &str = "a byte order mark inside a document";
/// YAML 1.2 has keys without text, and keys of flow maps that end on another line.
pub const EMPTY_KEY: &str = "an empty key, or a key apart from its colon";
/// PyYAML constructs values, so a list cannot be a key. gwcfg says so where it reads the map.
pub const COLLECTION_KEY: &str = "a list or a map as a key";
/// PyYAML wants letters, digits, `-` and `_`, and one use of each name; in YAML 1.2 an anchor may
/// hold most characters, and one of the same name hides the first.
pub const ANCHOR: &str = "names of anchors";
/// gwcfg knows `!!str` and ignores other tags; PyYAML constructs what they say, or refuses. The tag
/// `!` means "text" in YAML 1.2 and nothing to PyYAML.
pub const TAG: &str = "tags";
/// YAML 1.2 allows tabs between tokens, away from indentation.
pub const TAB: &str = "a tab between tokens";
/// PyYAML constructs a date, so it must be one. gwcfg has no dates: it is no text either way.
pub const DATE: &str = "a date that no calendar has";
/// PyYAML refuses to merge what is no map; gwcfg merges nothing then.
pub const MERGE: &str = "a merge of something that is no map";
/// In flow maps and lists PyYAML ends a plain scalar before `?`; YAML 1.2 does not.
pub const QUESTION_MARK: &str = "a question mark in a flow collection";
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
/// `1` and `true` are one key in Python, and two for gwcfg.
pub const EQUAL_KEYS: &str = "keys that are equal in Python alone";
/// YAML 1.2 wants the sign of a block scalar to be indented, where it stands on its own line.
pub const BLOCK_SIGN: &str = "the sign of a block scalar at the margin";
/// YAML 1.2 does not take a lone dash in a flow collection for text.
pub const DASH: &str = "a lone dash in a flow collection";
/// The text of a block scalar that is the whole document may stand at the margin in YAML 1.2.
pub const MARGIN: &str = "a block scalar at the margin";
/// gwcfg stops at 64 levels, PyYAML where Python's stack ends.
pub const DEPTH: &str = "collections inside collections";
/// The keys `=` and `<<` of YAML 1.1, which PyYAML refuses to construct as values.
pub const VALUE_KEY: &str = "a lone equals sign or merge sign as a value";
/// PyYAML knows no integers without digits (`0x_`).
pub const DIGITS: &str = "an integer without digits";

/// A small document for every known difference.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("a: b\u{85}c: d", LINE_BREAKS),
    ("a: b\u{2028}c: d", LINE_BREAKS),
    ("---\n\u{feff}", BYTE_ORDER_MARK),
    (": a", EMPTY_KEY),
    ("[\"\", : []]", EMPTY_KEY),
    ("{f\n:}", EMPTY_KEY),
    ("? [a]\n: b", COLLECTION_KEY),
    ("{{}: a}", COLLECTION_KEY),
    ("a: &x 1\nb: &x 2\n", ANCHOR),
    ("&' a", ANCHOR),
    ("a:\n&b:", ANCHOR),
    ("&a:", ANCHOR),
    ("?\n|", BLOCK_SIGN),
    ("2:\n|", BLOCK_SIGN),
    ("[-]", DASH),
    (">\na: b", MARGIN),
    (">\t", TAB),
    ("s: [\"\n\t\"]", TAB),
    ("{?a}", QUESTION_MARK),
    ("{?}", QUESTION_MARK),
    ("a: !x b", TAG),
    ("a: !!int b", TAG),
    ("a: !!int \"1\"", TAG),
    ("a: ! yes", TAG),
    ("\t", TAB),
    ("a: 2025-02-31", DATE),
    ("a: 1\n<<: b", MERGE),
    ("[a?]", QUESTION_MARK),
    ("...", DOCUMENT_END),
    ("a: \"b\nc\"", QUOTED_INDENT),
    ("a: \"\"# b", COMMENT),
    ("{a:[]}", FLOW_VALUE),
    ("a: &x [*x]", ENDLESS),
    ("a: |\n  b", LAST_LINE),
    ("1: a\ntrue: b", EQUAL_KEYS),
    ("a: =", VALUE_KEY),
    ("[<<]", VALUE_KEY),
    ("a: 0x_", DIGITS),
];

/// Words in PyYAML's error, where gwcfg reads a value, and what they tell.
const THEIR_WORDS: &[(&str, &str)] = &[
    ("but found ':'", EMPTY_KEY),
    ("but got ':'", EMPTY_KEY),
    ("unhashable key", COLLECTION_KEY),
    ("found duplicate anchor", ANCHOR),
    ("found character '\\t' that cannot start", TAB),
    ("but found '\\t'", TAB),
    ("must be in ", DATE),
    ("out of range for month", DATE),
    ("for merging", MERGE),
    ("but got '?'", QUESTION_MARK),
    ("mapping keys are not allowed here", QUESTION_MARK),
    ("but found '<document end>'", DOCUMENT_END),
    ("tag:yaml.org,2002:value", VALUE_KEY),
    ("tag:yaml.org,2002:merge", VALUE_KEY),
    ("invalid literal for int()", DIGITS),
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
    if has_odd_anchor(text) {
        return Some(ANCHOR);
    }
    match (ours, error) {
        (Ours::Value(_), Some(_)) if has_tag(text) => Some(TAG),
        (Ours::Value(_), Some(error)) => {
            let found = THEIR_WORDS.iter().find(|(words, _)| error.contains(words));
            let margin = text.contains(['|', '>']) && error.contains("<block mapping start>");
            found.map(|(_, why)| *why).or(margin.then_some(MARGIN))
        }
        (Ours::Refused(ours), None) => {
            if ours.contains("simple key expected ':'") {
                return text.contains(['|', '>']).then_some(BLOCK_SIGN);
            }
            OUR_WORDS.iter().find(|(words, _)| ours.contains(words)).map(|(_, why)| *why)
        }
        (Ours::Value(_), None) if has_tag(text) => Some(TAG),
        (Ours::Value(ours), None) if has_equal_keys(ours) => Some(EQUAL_KEYS),
        (Ours::Value(_), None) if has_question_mark_in_flow(text) => Some(QUESTION_MARK),
        (Ours::Value(ours), None) => {
            let cut = !text.ends_with(['\n', '\r']) && text.contains(['|', '>']);
            let same = without_line_ends(ours) == without_line_ends(theirs);
            (cut && same).then_some(LAST_LINE)
        }
        (Ours::Refused(_), Some(_)) => None,
    }
}

/// A tag other than the one that says "text" to both.
fn has_tag(text: &str) -> bool {
    let mut signs = text.match_indices('!').map(|(at, _)| &text[at..]);
    signs.any(|rest| !rest.starts_with("!!str "))
}

/// An anchor whose name is none to PyYAML: `&a:` is the anchor `a:` in YAML 1.2, and an anchor
/// before an empty key in YAML 1.1.
fn has_odd_anchor(text: &str) -> bool {
    let odd = |name: &str| {
        let ends = |c: char| c.is_ascii_whitespace() || c == ',' || c == ']' || c == '}';
        let name = name.split(ends).next().unwrap_or("");
        name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    };
    text.match_indices('&').any(|(at, sign)| odd(&text[at + sign.len()..]))
}

fn has_question_mark_in_flow(text: &str) -> bool {
    ["{?", "[?", ", ?", "?}", "?]", "?,"].iter().any(|sign| text.contains(sign))
}

fn without_line_ends(value: &Value) -> String {
    value.to_string().replace("\\n", "")
}

/// A map with both `1` and `true`, or both `0` and `false`.
fn has_equal_keys(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_equal_keys),
        Value::Object(object) => {
            let Some(Value::Array(pairs)) = object.get("map") else { return false };
            let has = |key: &Value| pairs.iter().any(|pair| pair[0] == *key);
            let int = |digit: &str| serde_json::json!({"int": digit});
            (has(&int("1")) && has(&Value::Bool(true)))
                || (has(&int("0")) && has(&Value::Bool(false)))
                || pairs.iter().any(has_equal_keys)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
