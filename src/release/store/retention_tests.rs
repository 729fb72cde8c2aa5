use jiff::Timestamp;

use super::super::{Origin, VERSION};
use super::*;

/// Generations at these times, numbered from 1, the last one in place.
fn recorded(times: &[&str]) -> (BTreeMap<u32, Generation>, Head) {
    let mut generations = BTreeMap::new();
    for (number, time) in (1..).zip(times) {
        generations.insert(number, generation(number, time));
    }
    let last = u32::try_from(times.len()).unwrap();
    let current = BTreeMap::from([("out".to_owned(), last)]);
    (generations, Head { last: Some(last), current, ..Head::default() })
}

fn generation(number: u32, time: &str) -> Generation {
    Generation {
        version: VERSION,
        number,
        created: time.parse::<Timestamp>().unwrap(),
        output: "out".to_owned(),
        root: String::new(),
        sha256: String::new(),
        bytes: 0,
        parent: number.checked_sub(1).filter(|parent| *parent > 0),
        origin: Origin::Generated,
        sources: Vec::new(),
        sources_sha256: None,
        git: None,
        tool: String::new(),
        target: None,
        user: String::new(),
        host: String::new(),
        message: None,
    }
}

const TIMES: [&str; 8] = [
    "2026-01-01T10:00:00Z",
    "2026-01-12T10:00:00Z",
    "2026-01-13T10:00:00Z",
    "2026-01-18T23:59:59Z",
    "2026-01-19T00:00:01Z",
    "2026-01-19T12:00:00Z",
    "2026-01-20T01:00:00Z",
    "2026-01-20T02:00:00Z",
];

fn kept(last: u32, daily: u32, weekly: u32) -> Vec<u32> {
    let (generations, head) = recorded(&TIMES);
    keep(&generations, &head, &Keep { last, daily, weekly }).into_keys().collect()
}

#[test]
fn each_wish_keeps_its_own() {
    assert_eq!(kept(0, 0, 0), [7, 8], "what is in place, and the one before it");
    assert_eq!(kept(3, 0, 0), [6, 7, 8]);
    assert_eq!(kept(0, 3, 0), [4, 6, 7, 8], "the newest of the 20th, the 19th and the 18th");
    assert_eq!(kept(0, 0, 3), [1, 4, 7, 8], "weeks begin on Monday");
    assert_eq!(kept(99, 0, 0).len(), 8);
}

#[test]
fn what_waits_and_what_it_would_go_back_to_stay() {
    let (generations, mut head) = recorded(&TIMES);
    head.current.insert("out".to_owned(), 3);
    head.pending = Some(super::super::Pending {
        number: 8,
        output: "out".to_owned(),
        before: Some(3),
        since: Timestamp::UNIX_EPOCH,
        deadline: Timestamp::UNIX_EPOCH,
        by_hand: true,
    });
    let kept = keep(&generations, &head, &Keep { last: 0, daily: 0, weekly: 0 });
    assert_eq!(kept.into_keys().collect::<Vec<_>>(), [2, 3, 7, 8]);
}

#[test]
fn nobody_goes_back_to_one_that_was_taken_back() {
    let (generations, mut head) = recorded(&TIMES);
    head.failed.extend([6, 7]);
    assert_eq!(before(&generations, &head, 8), Some(5));
    head.failed.extend([1, 2, 3, 4, 5]);
    assert_eq!(before(&generations, &head, 8), None);
}
