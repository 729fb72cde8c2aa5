//! What the patterns of real projects mean, and the limits.

use super::*;

const REAL: [&str; 6] = [
    r"^Qwen/Qwen2\.5-Coder.*",
    r"^solidrust/dolphin.*AWQ$",
    r"^meta-llama/.*",
    r"^mistralai/.*",
    r".*:\d+[bB]$",
    r".*\.gguf$",
];

fn read(text: &str) -> Pattern {
    Pattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn reach_of(texts: &[&str]) -> Vec<Reach> {
    let patterns: Vec<Pattern> = texts.iter().map(|text| read(text)).collect();
    reach(&patterns.iter().collect::<Vec<_>>())
}

fn shadowed(by: &[usize]) -> Reach {
    Reach::Shadowed { by: by.to_vec() }
}

#[test]
fn a_match_is_anchored_at_the_start_alone() {
    assert!(read("gpt").matches("gpt-4"));
    assert!(!read("gpt").matches("my-gpt"));
    assert!(read("gpt$").matches("gpt\n"));
    assert!(!read(r"gpt\Z").matches("gpt\n"));
    assert!(!read("gpt.").matches("gpt\n"));
}

#[test]
fn rust_syntax_has_the_meaning_of_python_or_none() {
    for text in [r"\p{L}", r"\z", r"(?<n>a)", r"\x{41}", r"(?R)a", r"(?U)a", r"a**", r"\h"] {
        let error = Pattern::parse(text).expect_err(text);
        assert!(matches!(error, PatternError::Invalid { .. }), "{text}: {error}");
    }
    // A set of `[`, `:` and letters, then a `]`.
    assert!(read("[[:alpha:]]").matches("p]"));
    assert!(!read("[[:alpha:]]").matches("z"));
    assert!(read("[a&&b]").matches("&"));
    assert!(read("a{,2}b").matches("b"));
    assert!(read("a{x").matches("a{x"));
}

#[test]
fn errors_name_the_construct_and_its_place() {
    let error = Pattern::parse("é(?=b)").expect_err("a lookahead");
    assert_eq!(error.at(), Some(2..5));
    assert_eq!(
        error.to_string(),
        "the pattern uses a lookahead `(?=...)`, which Python's `re` has and gwcfg cannot decide on"
    );
    let error = Pattern::parse("ab(cd").expect_err("an open group");
    assert_eq!(error, PatternError::Invalid { message: "the group has no `)`".into(), at: 2..5 });
    let error = Pattern::parse("*gpt").expect_err("nothing to repeat");
    assert_eq!(error.at(), Some(0..1));
}

#[test]
fn large_patterns_are_refused_quickly() {
    let nested = "(".repeat(100_000);
    for text in ["(.{1000}){1000}", "((a{0}){65535}){65535}", nested.as_str()] {
        let error = Pattern::parse(text).expect_err("it is too large");
        assert!(matches!(error, PatternError::TooLarge { .. }), "{error}");
    }
}

#[test]
fn wildcards_are_equal_or_absent() {
    let text = |pattern: &str| read(pattern).wildcard().map(|w| w.text().to_owned());
    for (pattern, wildcard) in [
        ("^meta-llama/.*", "meta-llama/*"),
        ("meta-llama/", "meta-llama/*"),
        ("^meta-llama/.*$", "meta-llama/*"),
        (r".*\.gguf", "*.gguf"),
        (".*", "*"),
        ("", "*"),
        ("(?:gpt|gpt-4)", "gpt*"),
        ("a+", "a*"),
        (r"\bgpt", "gpt*"),
        ("(.*)-mini(?:-[0-9]*)?", "*-mini"),
        ("gpt-.*-mini.*?", "gpt-*-mini"),
    ] {
        assert_eq!(text(pattern).as_deref(), Some(wildcard), "{pattern}");
    }
    for pattern in [r".*\.gguf$", "meta-llama/.+", "(?i)gpt", r"a\*b", "a|b", "$a", "(?i)é", "[*]"]
    {
        assert_eq!(text(pattern), None, "{pattern}");
    }
    assert_eq!(read(r".*\.gguf").wildcard().map(|w| w.capturing()), Some("*.gguf*".to_owned()));
}

#[test]
fn an_exact_name_is_seen() {
    assert_eq!(read("^gpt-4$").exact_name().as_deref(), Some("gpt-4"));
    assert_eq!(read(r"gpt\.4\Z").exact_name().as_deref(), Some("gpt.4"));
    assert_eq!(read("gpt-4").exact_name(), None);
    assert_eq!(read("^gpt-.$").exact_name(), None);
    assert_eq!(read("^gpt$4").exact_name(), None);
}

#[test]
fn earlier_patterns_shadow_alone_and_together() {
    assert!(reach_of(&REAL).iter().all(|reach| matches!(reach, Reach::Reachable { .. })));
    let answers = reach_of(&[
        "^meta-llama/.*",
        "^meta-llama/Llama-3.*",
        "(?i)^META-llama/guard",
        "^x-[a-m]",
        "^x-[n-z]",
        "^x-[a-z]+$",
        "a$b",
        r"^meta-llama/.*:\d+b$",
    ]);
    assert_eq!(answers[1], shadowed(&[0]));
    assert!(matches!(answers[2], Reach::Reachable { .. }));
    assert_eq!(answers[5], shadowed(&[3, 4]));
    assert_eq!(answers[6], Reach::Empty);
    assert_eq!(answers[7], shadowed(&[0]));
}

#[test]
fn litellm_takes_the_longer_first() {
    let pair = |earlier, later| Reorder { earlier, later };
    assert_eq!(
        reordered(&["*", "gpt-*", "openai/*", "gpt-4*"]),
        [pair(0, 1), pair(0, 2), pair(0, 3), pair(1, 3)]
    );
    assert_eq!(reordered(&["gpt-4*", "gpt-*", "*"]), []);
    // An escaped `-` counts twice: `a\-` is longer than `ab`.
    assert_eq!(reordered(&["*ab", "*a-"]), [pair(0, 1)]);
}

#[test]
fn adversarial_patterns_stay_bounded() {
    let texts: Vec<String> = (0..300).map(|n| format!("[ab]*a[ab]{{{}}}b", 10 + n % 40)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let answers = reach_of(&texts);
    assert_eq!(answers[40], shadowed(&[0]));
    // Which of 31 places hold an `a` makes 2^31 sets that no set is contained in.
    let cover = |n: usize| {
        let texts =
            [format!(".*a.{{{n}}}$"), format!(".*b.{{{n}}}$"), format!("[ab]{{{},}}$", n + 1)];
        reach_of(&texts.each_ref().map(String::as_str)).pop()
    };
    assert_eq!(cover(5), Some(shadowed(&[0, 1])));
    assert_eq!(cover(30), Some(Reach::Undecided));
}
