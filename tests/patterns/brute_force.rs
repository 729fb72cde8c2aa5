//! Decisions on sets of names against all short names.

use gwcfg::routing::pattern::{Pattern, Reach, reach, reordered, specificity};

use crate::generate::{Random, regular};

const ATOMS: [&str; 12] = ["a", "b", "a", "b", ".", "[ab]", "[^a]", "\\w", "^", "$", "\\b", "-"];

/// All names of up to `longest` of the characters.
fn names(characters: &str, longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..longest {
        let to = all.len();
        for at in from..to {
            for character in characters.chars() {
                all.push(format!("{}{character}", all[at]));
            }
        }
        from = to;
    }
    all
}

/// LiteLLM's wildcard matching: the parts in order, the first at the start.
fn takes(wildcard: &str, name: &str) -> bool {
    let mut parts = wildcard.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or("")) else { return false };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

#[test]
fn reach_agrees_with_all_short_names() {
    let mut random = Random(0x5EED_0004);
    let names = names("ab-x", 5);
    let mut seen = [0usize; 4];
    for _ in 0..1_500 {
        let texts: Vec<String> =
            (0..2 + random.below(4)).map(|_| regular(&mut random, 1, &ATOMS)).collect();
        let patterns: Vec<Pattern> =
            texts.iter().map(|text| Pattern::parse(text).expect("it is regular")).collect();
        let references: Vec<&Pattern> = patterns.iter().collect();
        for (number, answer) in reach(&references).into_iter().enumerate() {
            let own = &patterns[number];
            match answer {
                Reach::Reachable { example } => {
                    seen[0] += 1;
                    assert!(own.matches(&example), "{texts:?} {number} {example:?}");
                    let earlier = patterns[..number].iter().find(|p| p.matches(&example));
                    assert!(earlier.is_none(), "{texts:?} {number} {example:?}");
                    assert!(!example.contains('\n'));
                }
                Reach::Shadowed { by } => {
                    seen[1] += 1;
                    assert!(by.iter().all(|&earlier| earlier < number) && by.is_sorted());
                    for name in &names {
                        let covered = by.iter().any(|&earlier| patterns[earlier].matches(name));
                        assert!(!own.matches(name) || covered, "{texts:?} {number} {name:?}");
                    }
                    seen[3] += usize::from(by.len() > 1);
                }
                Reach::Empty => {
                    seen[2] += 1;
                    assert!(!names.iter().any(|name| own.matches(name)), "{texts:?} {number}");
                }
                Reach::Undecided => panic!("{texts:?} {number} is within the limits"),
            }
        }
    }
    assert!(seen.iter().all(|&count| count > 5), "every answer occurs: {seen:?}");
}

#[test]
fn wildcards_agree_with_all_short_names() {
    let mut random = Random(0x5EED_0005);
    let short = names("abxA-", 5);
    let candidates: Vec<String> =
        names("ab-*", 4).into_iter().filter(|text| text.contains('*')).collect();
    let atoms = ["a", "b", "(.*)", "(?:.*)", "(a.*)", ".", "[ab]", "^", "$", "-"];
    let (mut equal, mut none) = (0, 0);
    for _ in 0..1_000 {
        let text = regular(&mut random, 1, &atoms);
        let pattern = Pattern::parse(&text).expect("it is regular");
        match pattern.wildcard() {
            Some(wildcard) => {
                equal += 1;
                for name in &short {
                    let theirs = takes(wildcard.text(), name);
                    assert_eq!(pattern.matches(name), theirs, "{text:?} {wildcard:?} {name:?}");
                    assert_eq!(theirs, takes(&wildcard.capturing(), name));
                }
            }
            None if none < 300 => {
                none += 1;
                let missed = candidates.iter().find(|candidate| {
                    short.iter().all(|name| pattern.matches(name) == takes(candidate, name))
                });
                assert_eq!(missed, None, "{text:?} equals a wildcard");
            }
            None => {}
        }
    }
    assert!(equal > 100 && none == 300, "{equal} {none}");
}

#[test]
fn reordered_pairs_agree_with_all_short_names() {
    let mut random = Random(0x5EED_0006);
    let all = names("ab-*", 3);
    let short = names("ab-", 7);
    for _ in 0..40 {
        let list: Vec<&str> = (0..6).map(|_| all[random.below(all.len())].as_str()).collect();
        let found = reordered(&list);
        for later in 0..list.len() {
            for earlier in 0..later {
                let both = |name: &&String| takes(list[earlier], name) && takes(list[later], name);
                let expected = list[earlier].contains('*')
                    && list[later].contains('*')
                    && specificity(list[later]) > specificity(list[earlier])
                    && short.iter().any(|name| both(&name));
                let ours = found.iter().any(|pair| (pair.earlier, pair.later) == (earlier, later));
                assert_eq!(ours, expected, "{list:?} {earlier} {later}");
            }
        }
    }
}
