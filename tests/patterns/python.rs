//! The same pattern and the same names, here and in Python's `re`.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use gwcfg::routing::pattern::{Pattern, PatternError, specificity};
use serde_json::{Value, json};

use crate::generate::{Random, name, regular, soup};

const SCRIPT: &str = r"
import json, re, sys, unicodedata
cased = [chr(c) for c in range(0x110000) if not 0xd800 <= c < 0xe000
         and (chr(c).lower() != chr(c) or chr(c).upper() != chr(c))]
def answer(q):
    if 'pattern' in q:
        try:
            p = re.compile(q['pattern'])
        except Exception as e:
            return {'error': str(e)}
        return {'matches': [p.match(n) is not None for n in q['names']]}
    if 'escape' in q:
        r = re.escape(q['escape']).replace(r'\*', '(.*)')
        marks = ['*', '+', '?', '\\', '^', '$', '|', '(', ')']
        return {'specificity': [len(r), sum(r.count(c) for c in marks)]}
    if 'case' in q:
        text = ''.join(cased)
        return [[c, ''.join(re.findall('(?%s)%s' % (q['case'], c), text))] for c in cased]
    if 'members' in q:
        p = re.compile(q['members'])
        return [c for c in range(0x110000) if not 0xd800 <= c < 0xe000
                and unicodedata.category(chr(c)) != 'Cn' and p.match(chr(c))]
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
";

/// Asks one `python3` all `questions`; none if there is none and `GWCFG_OFFLINE=1` allows that.
fn ask(test: &str, questions: &[Value]) -> Option<Vec<Value>> {
    let started = Command::new("python3")
        .args(["-W", "ignore", "-X", "utf8", "-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = started else {
        let offline = std::env::var("GWCFG_OFFLINE").is_ok_and(|value| value == "1");
        assert!(offline, "python3 is needed; GWCFG_OFFLINE=1 skips this test");
        println!("skipped: {test}");
        return None;
    };
    let mut input = python.stdin.take().expect("stdin is piped");
    let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = python.wait_with_output().expect("python3 ends");
    writer.join().expect("the writer ends").expect("python3 reads all");
    let text = String::from_utf8(output.stdout).expect("json is utf-8");
    let answers: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a line of json")).collect();
    assert_eq!(answers.len(), questions.len(), "python3 answers every question");
    Some(answers)
}

/// Compares every pattern with Python; answers how many were accepted and the names of the
/// constructs that only Python has.
fn compare(test: &str, cases: &[(String, Vec<String>)]) -> (usize, BTreeSet<&'static str>) {
    let questions: Vec<Value> =
        cases.iter().map(|(pattern, names)| json!({"pattern": pattern, "names": names})).collect();
    let mut accepted = 0;
    let mut constructs = BTreeSet::new();
    let Some(answers) = ask(test, &questions) else { return (usize::MAX, constructs) };
    for ((text, names), answer) in cases.iter().zip(&answers) {
        match Pattern::parse(text) {
            Ok(pattern) => {
                let theirs = answer["matches"].as_array().unwrap_or_else(|| {
                    panic!("Python refuses {text:?}: {answer}");
                });
                accepted += 1;
                for (name, theirs) in names.iter().zip(theirs) {
                    let ours = pattern.matches(name);
                    assert_eq!(Some(ours), theirs.as_bool(), "{text:?} on {name:?}");
                }
            }
            Err(PatternError::Invalid { message, at }) => {
                assert!(answer.get("error").is_some(), "Python takes {text:?}, not we: {message}");
                assert!(text.get(at.clone()).is_some(), "{at:?} is not within {text:?}");
            }
            Err(PatternError::PythonOnly { construct, at }) => {
                assert!(text.get(at.clone()).is_some(), "{at:?} is not within {text:?}");
                constructs.insert(construct);
                // Three things that Python finds out later than its parser does.
                let later = text.contains("(?<") || text.contains(r"\N{") || text.contains("(?t");
                let refused = answer.get("error").is_some();
                assert!(!refused || later, "Python refuses {text:?}: {answer}");
            }
            Err(PatternError::TooLarge { what }) => panic!("{text:?}: {what}"),
        }
    }
    (accepted, constructs)
}

#[test]
fn random_texts_are_accepted_and_refused_as_by_python() {
    let mut random = Random(0x5EED_0001);
    let characters =
        ["a", "b", "A", "Q", "é", "É", "K", "\u{212a}", "1", "٣", "-", "_", " ", "#", "\n", "{"];
    let cases: Vec<_> = (0..40_000)
        .map(|_| {
            let text = soup(&mut random);
            (text, (0..6).map(|_| name(&mut random, &characters)).collect())
        })
        .collect();
    let (accepted, constructs) =
        compare("random_texts_are_accepted_and_refused_as_by_python", &cases);
    assert!(accepted > 3_000, "only {accepted} were accepted");
    if accepted != usize::MAX {
        let expected: BTreeSet<&str> = [
            "atomic group `(?>...)`",
            "backreference `\\1`",
            "backreference `(?P=name)`",
            "conditional group `(?(1)...)`",
            "lookahead `(?=...)`",
            "lookbehind `(?<=...)`",
            "named character `\\N{...}`",
            "negative lookahead `(?!...)`",
            "negative lookbehind `(?<!...)`",
            "possessive quantifier such as `a*+`",
            "template flag `(?t)`",
        ]
        .into();
        assert_eq!(constructs, expected);
    }
}

#[test]
fn regular_patterns_match_as_in_python() {
    let mut random = Random(0x5EED_0002);
    let atoms = [
        "a", "b", "A", ".", "\\w", "\\d", "\\s", "[ab]", "[^a]", "[^\\W1]", "^", "$", "\\b", "\\B",
        "\\A", "\\Z", "é", "k", "i", "[i-k]", "-", "\n", "\\n",
    ];
    let characters =
        ["a", "a", "b", "b", "A", "é", "É", "K", "\u{212a}", "ı", "İ", "1", "٣", "-", " ", "\n"];
    let cases: Vec<_> = (0..15_000)
        .map(|_| {
            let flags = random.pick(&["", "", "", "(?i)", "(?m)", "(?s)", "(?a)", "(?ai)"]);
            let text = format!("{flags}{}", regular(&mut random, 2, &atoms));
            (text, (0..12).map(|_| name(&mut random, &characters)).collect())
        })
        .collect();
    let (accepted, constructs) = compare("regular_patterns_match_as_in_python", &cases);
    assert!(accepted >= cases.len(), "only {accepted} were accepted");
    assert!(constructs.is_empty(), "{constructs:?}");
}

#[test]
fn letter_case_is_ignored_as_by_python() {
    for flag in ["i", "ai"] {
        let Some(answers) = ask("letter_case_is_ignored_as_by_python", &[json!({"case": flag})])
        else {
            return;
        };
        let answers = answers[0].as_array().expect("a list");
        assert!(answers.len() > 2_000);
        for answer in answers {
            let (letter, theirs) = (answer[0].as_str().unwrap(), answer[1].as_str().unwrap());
            let pattern = Pattern::parse(&format!("(?{flag}){letter}")).unwrap();
            let near = theirs.chars().flat_map(|c| c.to_lowercase().chain(c.to_uppercase()));
            let near: BTreeSet<char> = near.chain(theirs.chars()).collect();
            let is_ours = |c: &char| pattern.matches(&c.to_string());
            let ours: String = near.into_iter().filter(is_ours).collect();
            assert_eq!(ours, theirs, "(?{flag}){letter}");
        }
    }
}

#[test]
fn categories_hold_what_python_puts_in_them() {
    for category in ["\\d", "\\s", "\\w", "(?a)\\d", "(?a)\\s", "(?a)\\w"] {
        let test = "categories_hold_what_python_puts_in_them";
        let Some(answers) = ask(test, &[json!({"members": category})]) else { return };
        let theirs: BTreeSet<u32> =
            answers[0].as_array().unwrap().iter().map(|c| c.as_u64().unwrap() as u32).collect();
        let pattern = Pattern::parse(category).unwrap();
        let ours: BTreeSet<u32> = (0..=0x10_FFFF)
            .filter_map(char::from_u32)
            .filter(|c| pattern.matches(c.encode_utf8(&mut [0; 4])))
            .map(u32::from)
            .collect();
        let missing: Vec<_> = theirs.difference(&ours).collect();
        assert!(missing.is_empty(), "{category} misses {missing:x?}");
        // Letters of a newer Unicode than that of the Python are unassigned there.
        let newer: Vec<_> = ours.difference(&theirs).copied().collect();
        assert!(newer.len() < 20_000, "{category} has {} more", newer.len());
        assert!(newer.iter().all(|&c| c > 0x7f), "{category} has {newer:x?}");
    }
}

#[test]
fn specificity_is_that_of_litellm() {
    let mut random = Random(0x5EED_0003);
    let characters = ["*", "a", "/", "-", ".", "(", "\\", "[", "é", "#", " ", ":", "^", "~", "\n"];
    let names: Vec<String> = (0..2_000).map(|_| name(&mut random, &characters)).collect();
    let questions: Vec<Value> = names.iter().map(|name| json!({"escape": name})).collect();
    let Some(answers) = ask("specificity_is_that_of_litellm", &questions) else { return };
    for (name, answer) in names.iter().zip(&answers) {
        let (length, special) = specificity(name);
        assert_eq!(answer["specificity"], json!([length, special]), "{name:?}");
    }
}
