//! Plain scalars are read as PyYAML reads them, and as the YAML 1.2 core schema says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]

mod support;

use std::collections::BTreeSet;

use gwcfg::source::scalar::{
    Resolved, differs, float_yaml11, int_yaml11, resolve_yaml11, resolve_yaml12,
};
use regex::Regex;
use serde_json::{Value, json};

use support::python::Judge;

/// Everything that has a meaning in a number, a date or a time.
const ALPHABET: &[u8] = b"0158.:-+_eExbaTZ ";

/// Spellings that are something to YAML 1.1; the mutations of each are near misses.
const SEEDS: &[&str] = &[
    "2025-01-31T10:00:00Z",
    "2025-1-1 1:00:00.5 +01:00",
    "2025-01-31\t10:00:00-5",
    "2025-01-31",
    "12:30:45.5",
    "-190:20:30",
    "1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20:21:22.5",
    "0x1F_",
    "+0xabcdef0123456789abcdef0123456789",
    "0b1_0",
    "1_000.5e+3",
    ".5e-3",
    "-.inf",
    "+.INF",
    ".nan",
    ".NaN",
    "1e+3",
    "+0777",
    "-0o17",
    "170141183460469231731687303715884105727",
    "1.0e+308",
    "4.9E-324",
    "0.1_2_3",
    "179769313486231580793728971405301000000000000000000000000000000000000",
    "yes",
    "No",
    "TRUE",
    "false",
    "on",
    "Off",
    "null",
    "~",
    "<<",
    "=",
    "y",
    "N",
    "nULL",
];

#[test]
fn kinds_and_values_are_those_of_pyyaml() {
    let Some(mut judge) = Judge::start() else { return };
    let texts = texts();
    assert!(texts.len() >= 200_000, "only {} texts", texts.len());
    let mut wrong = Vec::new();
    for part in texts.chunks(5_000) {
        let answers = judge.ask(&json!({"kind": part}));
        let answers = answers.as_array().expect("one answer for each text");
        assert_eq!(answers.len(), part.len());
        wrong.extend(part.iter().zip(answers).filter_map(|(text, answer)| mismatch(text, answer)));
    }
    assert!(wrong.is_empty(), "{} of {} wrong: {:#?}", wrong.len(), texts.len(), first(&wrong));
}

/// The resolver is asked about a text as such above; here PyYAML meets it in a document.
#[test]
fn kinds_are_those_of_plain_scalars_in_a_document() {
    let Some(mut judge) = Judge::start() else { return };
    let texts: Vec<String> = texts().into_iter().filter(|text| stands_plain(text)).collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for part in texts.chunks(2_000).step_by(8) {
        let document: String = part.iter().map(|text| format!("- {text}\n")).collect();
        let answers = judge.ask(&json!({"tags": document}));
        let answers = answers.as_array().unwrap_or_else(|| panic!("{answers}"));
        assert_eq!(answers.len(), part.len());
        seen += answers.len();
        wrong.extend(part.iter().zip(answers).filter_map(|(text, answer)| {
            let ours = name_of(resolve_yaml11(text));
            (*answer != json!([ours, text])).then(|| format!("{text:?} is {ours}, not {answer}"))
        }));
    }
    assert!(seen >= 10_000, "only {seen} texts");
    assert!(wrong.is_empty(), "{} of {seen} wrong: {:#?}", wrong.len(), first(&wrong));
}

#[test]
fn kinds_are_those_of_the_core_schema() {
    // YAML 1.2.2, section 10.3.2, in its own order.
    let table = [
        ("null", "null|Null|NULL|~|"),
        ("bool", "true|True|TRUE|false|False|FALSE"),
        ("int", "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"),
        ("float", r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"),
    ]
    .map(|(name, pattern)| (name, Regex::new(&format!("^(?:{pattern})$")).unwrap()));
    for text in texts() {
        let rule = table.iter().find(|(_, pattern)| pattern.is_match(&text));
        let expected = rule.map_or("str", |(name, _)| name);
        assert_eq!(name_of(resolve_yaml12(&text)), expected, "{text:?}");
    }
}

#[test]
fn schemas_differ_where_kind_or_value_does() {
    for text in texts() {
        let (yaml11, yaml12) = (resolve_yaml11(&text), resolve_yaml12(&text));
        let same_value = match (yaml11, yaml12) {
            (Resolved::Int, Resolved::Int) => same_int(&text),
            (Resolved::Float, Resolved::Float) => {
                let yaml12_value = text.replace(".inf", "inf").replace(".INF", "inf");
                let yaml12_value = yaml12_value.to_lowercase().replace(".nan", "nan");
                let value = yaml12_value.replace(".inf", "inf").parse::<f64>().unwrap();
                float_yaml11(&text).is_some_and(|ours| ours == value || ours.is_nan())
            }
            (one, other) => one == other,
        };
        assert_eq!(differs(&text), !same_value, "{text:?} is {yaml11:?} and {yaml12:?}");
    }
}

/// Whether an integer of both schemas has one value; those too long for us are decimal in both.
fn same_int(text: &str) -> bool {
    let yaml12_value = if let Some(digits) = text.strip_prefix("0x") {
        i128::from_str_radix(digits, 16).ok()
    } else {
        text.parse().ok()
    };
    int_yaml11(text) == yaml12_value
}

/// What is wrong about our reading, against `[kind, value]` of PyYAML.
fn mismatch(text: &str, answer: &Value) -> Option<String> {
    let (kind, value) = (&answer[0], &answer[1]);
    let ours = resolve_yaml11(text);
    let same = *kind == name_of(ours)
        && match ours {
            Resolved::Null => value.is_null(),
            Resolved::Bool(truth) => *value == truth,
            Resolved::Int => {
                let theirs = value["int"].as_str().and_then(|digits| digits.parse().ok());
                let as_float = theirs.map(|value: i128| value as f64);
                int_yaml11(text) == theirs && (theirs.is_none() || float_yaml11(text) == as_float)
            }
            // The stated limit: its powers of 60 are beyond exact arithmetic.
            Resolved::Float if text.split(':').count() > 22 => float_yaml11(text).is_none(),
            Resolved::Float => same_float(float_yaml11(text), &value["float"]),
            Resolved::Text => {
                value == text && int_yaml11(text).is_none() && float_yaml11(text).is_none()
            }
            // A date that no calendar has is refused, and so are the two signs as values.
            Resolved::Timestamp => value["other"].is_string() || value["error"].is_string(),
            Resolved::Merge | Resolved::Value => value["error"].is_string() || value == text,
        };
    (!same).then(|| {
        let (int, float) = (int_yaml11(text), float_yaml11(text));
        format!("{text:?} is {ours:?}, {int:?}, {float:?}, and to PyYAML {answer}")
    })
}

fn same_float(ours: Option<f64>, theirs: &Value) -> bool {
    match ours {
        Some(value) if value.is_nan() => theirs == "nan",
        Some(value) => *theirs == format!("{:016x}", value.to_bits()),
        None => theirs.is_null(),
    }
}

/// The name of the tag that PyYAML gives.
fn name_of(kind: Resolved) -> &'static str {
    match kind {
        Resolved::Null => "null",
        Resolved::Bool(_) => "bool",
        Resolved::Int => "int",
        Resolved::Float => "float",
        Resolved::Timestamp => "timestamp",
        Resolved::Merge => "merge",
        Resolved::Value => "value",
        Resolved::Text => "str",
    }
}

fn first(wrong: &[String]) -> &[String] {
    wrong.get(..20).unwrap_or(wrong)
}

/// Whether a line `- text` holds the text as one plain scalar.
fn stands_plain(text: &str) -> bool {
    let begins =
        text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b"+.~<=".contains(&b));
    begins
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(['\t', '#', '\n'])
}

/// Every short text over the alphabet, longer random ones, and mutations of the seeds. In order.
fn texts() -> Vec<String> {
    let mut texts: BTreeSet<String> = SEEDS.iter().map(|seed| (*seed).to_owned()).collect();
    texts.insert(String::new());
    texts.insert("9".repeat(400));
    texts.insert(format!("1.{}", "0_1".repeat(200)));
    let mut shorter = vec![String::new()];
    for _ in 0..4 {
        shorter = shorter
            .iter()
            .flat_map(|text| {
                ALPHABET.iter().map(move |byte| format!("{text}{}", char::from(*byte)))
            })
            .collect();
        texts.extend(shorter.iter().cloned());
    }
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..90_000 {
        let length = 5 + random.below(8);
        texts.insert((0..length).map(|_| random.pick_char()).collect());
    }
    for _ in 0..120_000 {
        let seed = SEEDS[random.below(SEEDS.len())];
        let mut text: Vec<char> = seed.chars().collect();
        for _ in 0..=random.below(2) {
            let place = random.below(text.len() + 1);
            match random.below(3) {
                0 if place < text.len() => text[place] = random.pick_char(),
                1 if place < text.len() => drop(text.remove(place)),
                _ => text.insert(place, random.pick_char()),
            }
        }
        texts.insert(text.into_iter().collect());
    }
    texts.into_iter().collect()
}

/// A xorshift generator: the same texts at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick_char(&mut self) -> char {
        const LETTERS: &[u8] = b"00123456789...::--++__eExXbaofFoO~=<nNyYTtZz \tiInN";
        char::from(LETTERS[self.below(LETTERS.len())])
    }
}
