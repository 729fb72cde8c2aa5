//! Each call of each command is struck in each way.

use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::scenarios::{self, Scenario, Step, change};
use crate::state::{OUTPUT, State, Told, history};
use crate::strace::{Blow, Call, calls, is_ready, strike};
use crate::support::project::{Ended, Project};

/// What a call that changes something may answer.
const ERRORS: [&str; 5] = ["EIO", "ENOSPC", "EACCES", "EXDEV", "EINTR"];

/// What a call that looks at what gwcfg wrote may answer.
const LOOK_ERRORS: [&str; 1] = ["EIO"];

/// As many runs at a time.
const WORKERS: usize = 2;

/// What a clean run does, to compare with.
struct Reference {
    before: State,
    after: State,
    told_before: Vec<Told>,
    told_after: Vec<Told>,
    /// The states behind each step when the command had not put its output in place.
    undone: Vec<State>,
    /// The same when it had.
    done: Vec<State>,
    calls: Vec<Call>,
    /// Which call puts the output in place.
    placed: Option<usize>,
    /// States that were left by blows and are known to do no harm, with or without the new
    /// output. What follows depends on nothing else, so it is not done twice.
    harmless: Mutex<HashSet<(bool, State)>>,
}

impl Reference {
    fn of(scenario: &Scenario) -> Self {
        let calls = calls(&scenario.project, scenario.arguments);
        let struck = calls.iter().filter(|call| call.changes).count();
        let (name, floor) = (scenario.name, scenario.floor);
        assert!(struck >= floor, "{name}: {struck} calls are seen, {floor} at least were once");
        let run = scenario.project.copy();
        let (before, told_before) = (State::of(&run), history(&run).unwrap());
        let undone = follow(scenario, &run).unwrap();
        let run = scenario.project.copy();
        let ended = run.run(scenario.arguments);
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.err);
        let (after, told_after) = (State::of(&run), history(&run).unwrap());
        let done = follow(scenario, &run).unwrap();
        for state in undone.iter().chain(&done).chain([&after]) {
            state.verify();
        }
        let placed = calls.iter().position(|call| call.puts(OUTPUT));
        let harmless = Mutex::new(HashSet::new());
        Self { before, after, told_before, told_after, undone, done, calls, placed, harmless }
    }

    /// True when the output is the new one once the first `calls` calls were made.
    fn is_placed(&self, calls: usize) -> bool {
        self.placed.is_some_and(|placed| placed < calls)
    }
}

/// Takes the steps behind a blow; gives the state after each.
fn follow(scenario: &Scenario, project: &Project) -> Result<Vec<State>, String> {
    let mut states = Vec::new();
    for step in scenario.next {
        match step {
            Step::Change(version) => change(project, *version),
            Step::Whole(arguments) | Step::Part(arguments) => {
                let ended = project.run(arguments);
                if ended.code != Some(0) {
                    let (code, err) = (ended.code, ended.err);
                    return Err(format!("then {arguments:?} ends with {code:?}: {err}"));
                }
            }
        }
        states.push(State::of(project));
    }
    Ok(states)
}

/// One blow, and all that must hold behind it.
fn survives(
    scenario: &Scenario,
    reference: &Reference,
    made: usize,
    blow: Blow,
) -> Result<(), String> {
    let project = scenario.project.copy();
    let ended = strike(&project, scenario.arguments, &reference.calls[made], blow);
    let now = State::of(&project);
    let done = match blow {
        Blow::Kill => reference.is_placed(made),
        Blow::Error(_) => ends_in_order(reference, made, &ended)?,
    };
    let expected = if done { &reference.after } else { &reference.before };
    if now.output() != expected.output() {
        let what = if done { "new" } else { "old" };
        return Err(format!("the output is not the {what} one; {ended:?}"));
    }
    let key = (done, now);
    if reference.harmless.lock().unwrap().contains(&key) {
        return Ok(());
    }
    told_in_order(reference, &history(&project)?)?;
    let states = follow(scenario, &project)?;
    let expected = if done { &reference.done } else { &reference.undone };
    for ((step, state), expected) in scenario.next.iter().zip(&states).zip(expected) {
        let difference = expected.difference(state);
        if !difference.is_empty() && !matches!(step, Step::Part(_)) {
            return Err(format!("{ended:?}\nbehind {step:?}:\n{difference}"));
        }
    }
    reference.harmless.lock().unwrap().insert(key);
    Ok(())
}

/// A run that was told of an error says so, or did its work all the same. Gives whether the new
/// output is in place.
fn ends_in_order(reference: &Reference, made: usize, ended: &Ended) -> Result<bool, String> {
    match ended.code {
        Some(0) => Ok(reference.placed.is_some()),
        Some(2) if ended.err.contains("error: ") => Ok(reference.is_placed(made)),
        _ => Err(format!("it ends in no order: {ended:?}")),
    }
}

/// Nothing is told of that is neither of before nor of after, nothing of both is missing, and
/// one generation is in place.
fn told_in_order(reference: &Reference, told: &[Told]) -> Result<(), String> {
    let set = |told: &[Told]| -> BTreeSet<(u64, String, String)> {
        let plain = |one: &Told| (one.number, one.sha256.clone(), one.origin.clone());
        told.iter().map(plain).collect()
    };
    let (before, after) = (set(&reference.told_before), set(&reference.told_after));
    let now = set(told);
    let lost: Vec<_> = before.intersection(&after).filter(|one| !now.contains(*one)).collect();
    let new: Vec<_> =
        now.iter().filter(|one| !before.contains(*one) && !after.contains(*one)).collect();
    let current = told.iter().filter(|one| one.status == "current").count();
    if lost.is_empty() && new.is_empty() && current == usize::from(!told.is_empty()) {
        return Ok(());
    }
    Err(format!("lost: {lost:?}; never recorded: {new:?}; {current} in place"))
}

#[test]
fn every_call_may_be_the_last_and_may_fail() {
    if !is_ready() {
        return;
    }
    let _alone = crate::alone();
    let scenarios = scenarios::all();
    let mut blows = Vec::new();
    let (mut points, mut looks) = (0, 0);
    let references: Vec<Reference> = scenarios.iter().map(Reference::of).collect();
    for (scenario, reference) in references.iter().enumerate() {
        let mut own = 0;
        for (made, call) in reference.calls.iter().enumerate() {
            if call.changes {
                // Killed before it, so that the change before it was the last one.
                blows.push((scenario, made, Blow::Kill));
                own += 1;
            } else if call.files.starts_with(".gwcfg") || call.files.contains(OUTPUT) {
                looks += 1;
            } else {
                continue;
            }
            if call.name != "exit_group" {
                let errors = if call.changes { &ERRORS[..] } else { &LOOK_ERRORS };
                blows.extend(errors.iter().map(|error| (scenario, made, Blow::Error(error))));
            }
        }
        // The end of the run is no change: it is there so that the last change is struck too.
        println!("{}: {} calls that change files", scenarios[scenario].name, own - 1);
        points += own - 1;
    }
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((scenario, made, blow)) =
                    blows.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let (scenario, reference) = (&scenarios[*scenario], &references[*scenario]);
                    if let Err(why) = survives(scenario, reference, *made, *blow) {
                        let (name, call) = (scenario.name, &reference.calls[*made]);
                        let words = format!("{name}, {blow:?} at {call:?}: {why}");
                        wrong.lock().unwrap().push(words);
                    }
                }
            });
        }
    });
    println!("{points} calls that change files, {looks} that look, {} runs struck", blows.len());
    let wrong = wrong.into_inner().unwrap();
    let first = wrong.iter().take(12).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {} blows hurt:\n{first}", wrong.len(), blows.len());
}
