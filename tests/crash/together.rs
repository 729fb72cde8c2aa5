//! Sixteen hands on one project: they generate, roll back and read at random. Every reader sees a
//! whole config and a whole history, each number is given once and none is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::scenarios::{change, sources};
use crate::state::{OUTPUT, State, Told, history, sha256};
use crate::support::project::{Ended, Project};

/// Hands, each with one process at a time.
const HANDS: u64 = 16;

/// Versions of the sources.
const VERSIONS: u32 = 8;

/// How long it goes on: `GWCFG_LONG=1` takes the time that the proof is meant to have.
fn time() -> Duration {
    let long = std::env::var_os("GWCFG_LONG").is_some_and(|value| value == "1");
    Duration::from_secs(if long { 60 } else { 10 })
}

/// The project, and what is known of it.
struct Together {
    project: Project,
    /// What each version compiles to.
    outputs: Vec<Vec<u8>>,
    /// The hashes of these.
    hashes: BTreeSet<String>,
    /// Whether old generations go away.
    pruned: bool,
    /// The numbers that runs were given.
    given: Mutex<Vec<u64>>,
    /// Runs that were refused as another one was at work, and those among them that were told who.
    refused: AtomicUsize,
    named: AtomicUsize,
    reads: AtomicUsize,
    over: AtomicBool,
}

impl Together {
    fn new(keep: &str, pruned: bool) -> Self {
        let project = Project::fast();
        project.write("gwcfg.yaml", project.read("gwcfg.yaml") + keep);
        let scratch = project.copy();
        let mut outputs = Vec::new();
        for version in 0..VERSIONS {
            change(&scratch, version + 1);
            scratch.run(&["generate", "--force"]);
            outputs.push(fs::read(scratch.path(OUTPUT)).unwrap());
        }
        let hashes = outputs.iter().map(|bytes| sha256(bytes)).collect();
        change(&project, 1);
        assert_eq!(project.run(&["generate"]).code, Some(0));
        Self {
            project,
            outputs,
            hashes,
            pruned,
            given: Mutex::new(vec![1]),
            refused: AtomicUsize::new(0),
            named: AtomicUsize::new(0),
            reads: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        }
    }

    /// One hand: the next thing to do is drawn by lot.
    fn work(&self, hand: u64) {
        let mut random = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(hand + 1);
        let mut seen = BTreeMap::new();
        while !self.over.load(Ordering::Relaxed) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let version = u32::try_from((random >> 20) % u64::from(VERSIONS)).unwrap();
            let wait = if (random >> 40) & 1 == 0 { "--wait=30s" } else { "--wait=0s" };
            match (random >> 33) % 8 {
                0 | 1 => {
                    self.take(version, hand);
                    self.wrote(&self.project.run(&["generate", wait]), wait);
                }
                2 => self.wrote(&self.project.run(&["rollback", wait]), wait),
                3 if !self.pruned => {
                    self.wrote(&self.project.run(&["rollback", "--to", "1", wait]), wait);
                }
                3 | 4 => self.look(&mut seen),
                _ => (0..200).for_each(|_| self.read()),
            }
        }
    }

    /// Another version of the sources, in one step.
    fn take(&self, version: u32, hand: u64) {
        let beside = self.project.path(&format!("{hand}.yaml"));
        fs::write(&beside, sources(version + 1)).unwrap();
        fs::rename(beside, self.project.path("config/providers.yaml")).unwrap();
    }

    /// How a run that writes may end.
    fn wrote(&self, ended: &Ended, wait: &str) {
        let words = &ended.err;
        match ended.code {
            Some(0) => {
                let number: Option<u64> =
                    ["config/litellm-unified.yaml`, generation ", "as generation "]
                        .iter()
                        .find_map(|before| words.split_once(before))
                        .and_then(|(_, rest)| rest.lines().next()?.parse().ok());
                let nothing = words.contains("up to date") || words.contains("nothing to do");
                assert!(number.is_some() || nothing, "{ended:?}");
                self.given.lock().unwrap().extend(number);
            }
            Some(4) if wait == "--wait=0s" && words.contains("is at work on `") => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                let named = words.contains("error: `gwcfg ") && words.contains("(process ");
                self.named.fetch_add(usize::from(named), Ordering::Relaxed);
            }
            Some(2) if words.contains("is the oldest that is kept") => {}
            _ => panic!("{ended:?}"),
        }
    }

    /// The output, as the gateway would read it just now.
    fn read(&self) {
        let now = fs::read(self.project.path(OUTPUT)).unwrap();
        assert!(self.outputs.contains(&now), "{}", String::from_utf8_lossy(&now));
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// The history, as a person would read it just now.
    fn look(&self, seen: &mut BTreeMap<u64, Told>) {
        let told = history(&self.project).unwrap();
        let current = told.iter().filter(|one| one.status == "current").count();
        assert_eq!(current, 1, "{told:?}");
        let numbers: Vec<u64> = told.iter().map(|one| one.number).collect();
        let whole = self.pruned || numbers.iter().copied().eq(1..=told.len() as u64);
        assert!(whole && numbers.is_sorted_by(|one, two| one < two), "{numbers:?}");
        let last = seen.keys().next_back().copied().unwrap_or(0);
        assert!(numbers.last().is_some_and(|number| *number >= last), "{numbers:?} behind {last}");
        for one in told {
            assert!(self.hashes.contains(&one.sha256), "{one:?}");
            let same =
                |before: &Told| (&before.sha256, &before.origin) == (&one.sha256, &one.origin);
            assert!(seen.get(&one.number).is_none_or(same), "{one:?} was another one");
            seen.insert(one.number, one);
        }
    }

    /// Lets all hands work, and looks at what is there in the end.
    fn run(self, time: Duration) {
        std::thread::scope(|scope| {
            let hands: Vec<_> = (0..HANDS)
                .map(|hand| {
                    scope.spawn({
                        let all = &self;
                        move || all.work(hand)
                    })
                })
                .collect();
            let begun = Instant::now();
            // A hand that found something wrong has ended.
            while begun.elapsed() < time && !hands.iter().any(|hand| hand.is_finished()) {
                std::thread::sleep(Duration::from_millis(50));
            }
            self.over.store(true, Ordering::Relaxed);
        });
        let ended = self.project.run(&["generate"]);
        self.wrote(&ended, "");
        State::of(&self.project).verify();
        let mut given = self.given.into_inner().unwrap();
        given.sort_unstable();
        let last = given.len() as u64;
        assert!(
            given.iter().copied().eq(1..=last),
            "a number is given twice or left out: {given:?}"
        );
        let told = history(&self.project).unwrap();
        assert_eq!(told.last().unwrap().number, last);
        assert!(self.pruned || told.len() as u64 == last, "{} of {last} are left", told.len());
        let left: BTreeSet<&String> = told.iter().map(|one| &one.sha256).collect();
        let objects = self.project.list(".gwcfg/objects");
        let names: BTreeSet<String> = left.iter().map(|hash| format!("{hash}.gz")).collect();
        assert!(objects.iter().eq(&names), "{objects:?} for {names:?}");
        assert_eq!(self.project.list(".gwcfg/generations").len(), told.len());
        assert_eq!(self.project.list("config").len(), 4);
        let (refused, named) = (self.refused.into_inner(), self.named.into_inner());
        let reads = self.reads.into_inner();
        println!(
            "{HANDS} hands in {} s: {last} generations, {reads} reads, {refused} runs refused, \
             {named} of them told by whom",
            time.as_secs()
        );
        assert!(last > 20 && reads > 100 && named > 0, "too little happened");
    }
}

#[test]
fn sixteen_hands_lose_nothing() {
    let _alone = crate::alone();
    Together::new("keep: {last: 1000000, daily: 0, weekly: 0}\n", false).run(time());
}

#[test]
fn sixteen_hands_and_old_generations_that_go() {
    let _alone = crate::alone();
    Together::new("keep: {last: 4, daily: 0, weekly: 0}\n", true).run(time() / 2);
}
