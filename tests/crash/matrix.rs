//! Each call of each command is struck in each way.

use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::scenarios::{self, Kind, Scenario, Step, change};
use crate::state::{OUTPUT, State, Told, history, is_pending};
use crate::strace::{Blow, Call, calls, is_ready, strike};
use crate::support::project::{Ended, Project};

/// What a call that changes something may answer.
const ERRORS: [&str; 5] = ["EIO", "ENOSPC", "EACCES", "EXDEV", "EINTR"];

/// What a call that looks may answer.
const LOOK_ERRORS: [&str; 1] = ["EIO"];

/// As many runs at a time.
const WORKERS: usize = 2;

/// How far a struck command came, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Came {
    /// As if it had not been.
    Nowhere,
    /// It did its work.
    Through,
    /// It deployed, and that was taken back.
    Back,
}

/// What a clean run does, to compare with.
struct Reference {
    before: State,
    after: State,
    told_before: Vec<Told>,
    told_after: Vec<Told>,
    /// The states behind each step.
    undone: Vec<State>,
    done: Vec<State>,
    back: Vec<State>,
    calls: Vec<Call>,
    /// Which call puts the output in place.
    placed: Option<usize>,
    /// Which call notes that a deploy is about to be.
    noted: Option<usize>,
    /// Which call notes what is in place.
    counted: Option<usize>,
    /// States that were left by blows and are known to do no harm. What follows depends on
    /// nothing else, so it is not done twice.
    harmless: Mutex<HashSet<(Came, State)>>,
    /// Deploys that were left to the next run, as everybody who knew of them was dead.
    left: AtomicUsize,
}

impl Reference {
    fn of(scenario: &Scenario) -> Self {
        let calls = calls(&scenario.project, scenario.arguments, scenario.is_alone());
        let struck = calls.iter().filter(|call| call.changes).count();
        let (name, floor) = (scenario.name, scenario.floor);
        assert!(struck >= floor, "{name}: {struck} calls are seen, {floor} at least were once");
        let run = scenario.project.copy();
        let (before, told_before) = (State::of(&run), history(&scenario.project.copy()).unwrap());
        let undone = follow(scenario, scenario.next, &run).unwrap();
        let run = scenario.project.copy();
        let ended = run.run(scenario.arguments);
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.err);
        scenario.wait(&run);
        let (after, told_after) = (State::of(&run), history(&run).unwrap());
        let done = follow(scenario, scenario.next_done, &run).unwrap();
        let back = if scenario.kind == Kind::Deploys { taken_back(scenario) } else { Vec::new() };
        for state in undone.iter().chain(&done).chain(&back).chain([&after]) {
            state.verify();
        }
        let heads = || calls.iter().enumerate().filter(|(_, call)| call.puts(".gwcfg/head.json"));
        let placed = calls.iter().position(|call| call.puts(OUTPUT));
        let last_call = placed.unwrap_or(calls.len());
        let noted = heads().map(|(at, _)| at).rfind(|at| *at < last_call);
        let counted = heads().map(|(at, _)| at).find(|at| *at > placed.unwrap_or(0));
        let harmless = Mutex::new(HashSet::new());
        Self {
            before,
            after,
            told_before,
            told_after,
            undone,
            done,
            back,
            calls,
            placed,
            noted,
            counted,
            harmless,
            left: AtomicUsize::new(0),
        }
    }

    fn states(&self, came: Came) -> &[State] {
        match came {
            Came::Nowhere => &self.undone,
            Came::Through => &self.done,
            Came::Back => &self.back,
        }
    }

    /// How far a run came that was killed when it had made so many calls.
    fn came(&self, kind: Kind, made: usize) -> Came {
        let is_made = |call: Option<usize>| call.is_some_and(|call| call < made);
        match kind {
            Kind::Installs if is_made(self.placed) => Came::Through,
            Kind::Settles if is_made(self.counted) => Came::Through,
            Kind::Deploys if is_made(self.counted) => Came::Through,
            Kind::Deploys if is_made(self.noted) => Came::Back,
            Kind::Installs | Kind::Settles | Kind::Deploys | Kind::Prunes => Came::Nowhere,
        }
    }
}

/// The states behind each step when a deploy was taken back as the gateway could not be reloaded.
fn taken_back(scenario: &Scenario) -> Vec<State> {
    let run = scenario.project.copy();
    run.write("broken", "");
    let ended = run.run(scenario.arguments);
    assert!(matches!(ended.code, Some(5 | 6)), "{ended:?}");
    scenario.wait(&run);
    run.remove("broken");
    assert_eq!(State::of(&run).output(), State::of(&scenario.project).output());
    let told = history(&run).unwrap();
    assert_eq!(told.last().unwrap().status, "failed");
    follow(scenario, scenario.next, &run).unwrap()
}

/// Takes the steps behind a blow; gives the state after each.
fn follow(scenario: &Scenario, steps: &[Step], project: &Project) -> Result<Vec<State>, String> {
    let mut states = Vec::new();
    for step in steps {
        match step {
            Step::Change(version) => change(project, *version),
            Step::Whole(arguments) | Step::Part(arguments) => {
                let ended = project.run(arguments);
                if ended.code != Some(0) {
                    let (code, err) = (ended.code, ended.err);
                    return Err(format!("then {arguments:?} ends with {code:?}: {err}"));
                }
                scenario.wait(project);
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
    scenario.wait(&project);
    let came = match blow {
        Blow::Kill | Blow::KillAll => reference.came(scenario.kind, made),
        Blow::Error(_) => came_in_order(scenario, reference, made, &ended, &project)?,
    };
    if matches!(blow, Blow::KillAll) && is_pending(&project) {
        // Whoever comes next goes back.
        project.run(&["history"]);
        reference.left.fetch_add(1, Ordering::Relaxed);
    }
    let now = State::of(&project);
    let outputs = match (came, scenario.kind) {
        (Came::Through, _) => vec![reference.after.output()],
        // The way back is two steps, and the next run takes the second.
        (Came::Nowhere, Kind::Settles) => {
            vec![reference.before.output(), reference.after.output()]
        }
        (Came::Nowhere | Came::Back, _) => vec![reference.before.output()],
    };
    if !outputs.contains(&now.output()) {
        return Err(format!("it came {came:?}, and the output is not so; {ended:?}"));
    }
    let key = (came, now);
    if reference.harmless.lock().unwrap().contains(&key) {
        return Ok(());
    }
    told_in_order(reference, &history(&project)?)?;
    let steps = if came == Came::Through { scenario.next_done } else { scenario.next };
    let states = follow(scenario, steps, &project)?;
    for ((step, state), expected) in steps.iter().zip(&states).zip(reference.states(came)) {
        let difference = expected.difference(state);
        if !difference.is_empty() && !matches!(step, Step::Part(_)) {
            return Err(format!("it came {came:?}; {ended:?}\nbehind {step:?}:\n{difference}"));
        }
    }
    reference.harmless.lock().unwrap().insert(key);
    Ok(())
}

/// A run that was told of an error says so, goes back, or did its work all the same. Gives how
/// far it came.
fn came_in_order(
    scenario: &Scenario,
    reference: &Reference,
    made: usize,
    ended: &Ended,
    project: &Project,
) -> Result<Came, String> {
    let told = ended.err.contains("error: ");
    let through = |through: bool| if through { Came::Through } else { Came::Nowhere };
    match (scenario.kind, ended.code) {
        (Kind::Settles, Some(0)) => Ok(through(!is_pending(project))),
        (Kind::Settles, Some(2 | 6)) if told => Ok(through(!is_pending(project))),
        (Kind::Prunes, Some(0)) => Ok(Came::Nowhere),
        (Kind::Installs | Kind::Deploys, Some(0)) => Ok(Came::Through),
        (Kind::Deploys, Some(5)) if told => Ok(Came::Back),
        (Kind::Installs | Kind::Deploys | Kind::Prunes, Some(2)) if told => {
            match reference.came(scenario.kind, made) {
                Came::Back => Err(format!("it does not go back: {ended:?}")),
                came @ (Came::Nowhere | Came::Through) => Ok(came),
            }
        }
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
    // What was deployed first of all and taken back leaves nothing in place.
    let expected = usize::from(told.iter().any(|one| one.status != "failed"));
    if lost.is_empty() && new.is_empty() && current == expected {
        return Ok(());
    }
    Err(format!("lost: {lost:?}; never recorded: {new:?}; {current} in place"))
}

/// A run to be struck: which scenario, which call, how.
type Run = (usize, usize, Blow);

/// Every blow, and how many calls change files and how many look.
fn blows(scenarios: &[Scenario], references: &[Reference]) -> (Vec<Run>, usize, usize) {
    let mut blows = Vec::new();
    let (mut points, mut looks) = (0, 0);
    for (at, (scenario, reference)) in scenarios.iter().zip(references).enumerate() {
        let mut own = 0;
        for (made, call) in reference.calls.iter().enumerate() {
            if call.changes {
                // Killed before it, so that the change before it was the last one.
                blows.push((at, made, Blow::Kill));
                if scenario.kind == Kind::Deploys {
                    blows.push((at, made, Blow::KillAll));
                }
                own += 1;
            } else if scenario.looks {
                looks += 1;
            } else {
                continue;
            }
            if call.name != "exit_group" {
                let errors = if call.changes { &ERRORS[..] } else { &LOOK_ERRORS };
                blows.extend(errors.iter().map(|error| (at, made, Blow::Error(error))));
            }
        }
        // The end of the run is no change: it is there so that the last change is struck too.
        println!("{}: {} calls that change files", scenario.name, own - 1);
        points += own - 1;
    }
    (blows, points, looks)
}

#[test]
fn every_call_may_be_the_last_and_may_fail() {
    if !is_ready() {
        return;
    }
    let _alone = crate::alone();
    let scenarios = scenarios::all();
    let references: Vec<Reference> = scenarios.iter().map(Reference::of).collect();
    let (blows, points, looks) = blows(&scenarios, &references);
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((at, made, blow)) = blows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (scenario, reference) = (&scenarios[*at], &references[*at]);
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
    let left: usize = references.iter().map(|one| one.left.load(Ordering::Relaxed)).sum();
    println!("{left} deploys were left to the next command, the other ones to their watcher");
    let wrong = wrong.into_inner().unwrap();
    let first = wrong.iter().take(12).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} of {} blows hurt:\n{first}", wrong.len(), blows.len());
}
