//! The projects and the commands that are struck.

use std::fs;

use gwcfg::gateway::litellm::served;
use serde_json::Value;

use crate::gateway;
use crate::state::OUTPUT;
use crate::strace::{Blow, calls, strike};
use crate::support::project::Project;

/// A command on a project, and what is done after it was struck.
pub struct Scenario {
    /// What it is, for people.
    pub name: &'static str,
    /// As it is before the command; every run begins with a copy.
    pub project: Project,
    /// The command.
    pub arguments: &'static [&'static str],
    /// What the command does.
    pub kind: Kind,
    /// What comes after the blow.
    pub next: &'static [Step],
    /// The same when the command did its work all the same.
    pub next_done: &'static [Step],
    /// At least so many calls are struck, or something is not seen any more.
    pub floor: usize,
    /// Whether the calls that only look fail too.
    pub looks: bool,
}

impl Scenario {
    /// Whether the command is one process that changes nothing elsewhere: a reload is another
    /// process, and its words go to a file elsewhere.
    pub fn is_alone(&self) -> bool {
        matches!(self.kind, Kind::Installs | Kind::Prunes)
    }

    /// Waits for the processes that a command left behind.
    pub fn wait(&self, project: &Project) {
        if !self.is_alone() {
            gateway::wait(project.root());
        }
    }
}

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It puts an output in place, which counts from then on.
    Installs,
    /// It leaves the output alone.
    Prunes,
    /// It puts an output in place that counts when it is confirmed, and goes away before.
    Deploys,
    /// It confirms a deploy, or takes it back.
    Settles,
}

/// One step after the blow. All must end with 0.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// A command, after which everything is as if nothing had been.
    Whole(&'static [&'static str]),
    /// A command that leaves some of the work to the next one.
    Part(&'static [&'static str]),
    /// The sources are changed.
    Change(u32),
}

const GENERATE: &[&str] = &["generate"];
const FORCE: &[&str] = &["generate", "--force"];
const ROLLBACK: &[&str] = &["rollback"];
const PRUNE: &[&str] = &["history", "prune"];
const HISTORY: &[&str] = &["history"];
const DEPLOY: &[&str] = &["deploy"];
const CONFIRM: &[&str] = &["confirm"];

use Step::{Change, Part, Whole};

/// The sources in one of many versions.
pub fn change(project: &Project, version: u32) {
    project.write("config/providers.yaml", sources(version));
}

/// What stands in `providers.yaml` then.
pub fn sources(version: u32) -> String {
    let example = include_str!("../../config/providers.yaml");
    let changed = example.replace("timeout: 60", &format!("timeout: {version}"));
    assert_ne!(example, changed);
    changed
}

/// A project with this many generations, its sources changed since the last.
fn with_generations(generations: u32) -> Project {
    let project = Project::fast();
    for version in 0..generations {
        change(&project, 100 + version);
        let ended = project.run(GENERATE);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    change(&project, 200);
    project
}

/// The same, with a wish that all but the newest two go.
fn with_too_many() -> Project {
    let project = with_generations(6);
    let settings = project.read("gwcfg.yaml");
    project.write("gwcfg.yaml", settings + "keep: {last: 2, daily: 0, weekly: 0}\n");
    project
}

/// A project whose last run was killed: before the output was put in its place, or behind that.
fn killed(behind: bool) -> Project {
    let project = with_generations(3);
    let calls = calls(&project, GENERATE, true);
    let placed = calls.iter().position(|call| call.puts(OUTPUT)).unwrap();
    strike(&project, GENERATE, &calls[placed + usize::from(behind)], Blow::Kill);
    change(&project, 201);
    project
}

/// A project whose gateway serves every name of the example, and is reloaded as long as there is
/// no file `broken`.
fn served(project: Project) -> Project {
    let example = with_generations(1).read(OUTPUT);
    let address = gateway::start(&served::names(&example));
    let probe = format!("{{url: \"{address}\", timeout: 20s}}");
    let reload = "[test, \"!\", -e, broken]";
    let deploy = format!("deploy:\n  reload: {reload}\n  probe: {probe}\n");
    project.write("gwcfg.yaml", project.read("gwcfg.yaml") + &deploy);
    let (_, port) = address.rsplit_once(':').unwrap();
    project.write("config/ports.yaml", project.read("config/ports.yaml").replace("4000", port));
    project
}

/// A project with a deploy that waits to be confirmed, or waited too long, and nobody who watches.
fn pending(overdue: bool) -> Project {
    let project = served(with_generations(3));
    let ended = project.run(&["deploy", "--confirm", "1h"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    gateway::kill(project.root());
    if overdue {
        let mut head: Value = serde_json::from_str(&project.read(".gwcfg/head.json")).unwrap();
        head["pending"]["deadline"] = head["pending"]["since"].clone();
        project.write(".gwcfg/head.json", serde_json::to_vec(&head).unwrap());
    }
    // What the killed watcher held.
    fs::write(project.path(".gwcfg/lock"), "").unwrap();
    project
}

/// What the other ones look at, one of these looks at too.
const LOOKING: [&str; 7] = [
    "the first generate",
    "generate that prunes",
    "generate after one killed late",
    "rollback",
    "prune",
    "deploy",
    "rollback of a deploy that waits",
];

/// All of them.
pub fn all() -> Vec<Scenario> {
    let mut all = installing();
    all.extend(deploying());
    all
}

fn installing() -> Vec<Scenario> {
    let foreign = Project::fast();
    foreign.write(OUTPUT, "model_list: []\n");
    let edited = with_generations(3);
    edited.write(OUTPUT, edited.read(OUTPUT) + "# by hand\n");
    let scenario = |name, project, arguments, floor, next| Scenario {
        name,
        project,
        arguments,
        kind: if arguments == PRUNE { Kind::Prunes } else { Kind::Installs },
        next,
        next_done: next,
        floor,
        looks: LOOKING.contains(&name),
    };
    let and_back: &'static [Step] = &[Whole(GENERATE), Whole(ROLLBACK)];
    let first: &'static [Step] = &[Whole(GENERATE), Change(300), Whole(GENERATE), Whole(ROLLBACK)];
    let pruned: &'static [Step] = &[Whole(PRUNE), Whole(GENERATE), Whole(ROLLBACK)];
    let and_prune: &'static [Step] = &[Part(GENERATE), Whole(PRUNE), Whole(ROLLBACK)];
    let forced: &'static [Step] = &[Whole(FORCE), Whole(ROLLBACK)];
    let to_the_first: &'static [&'static str] = &["rollback", "--to", "1"];
    vec![
        scenario("the first generate", Project::fast(), GENERATE, 38, first),
        scenario("generate over a foreign file", foreign, GENERATE, 56, and_back),
        scenario("generate", with_generations(3), GENERATE, 34, and_back),
        scenario("generate over an edited file", edited, FORCE, 54, forced),
        scenario("generate that prunes", with_too_many(), GENERATE, 43, and_prune),
        scenario("generate after one killed early", killed(false), GENERATE, 38, and_back),
        scenario("generate after one killed late", killed(true), GENERATE, 40, and_back),
        scenario("rollback", with_generations(3), ROLLBACK, 26, and_back),
        scenario("rollback to the first", with_generations(3), to_the_first, 26, and_back),
        scenario("prune", with_too_many(), PRUNE, 13, pruned),
    ]
}

fn deploying() -> Vec<Scenario> {
    let scenario = |name, project, arguments, kind, floor, next, next_done| Scenario {
        name,
        project,
        arguments,
        kind,
        next,
        next_done,
        floor,
        looks: LOOKING.contains(&name),
    };
    let and_back: &'static [Step] = &[Part(HISTORY), Whole(DEPLOY), Whole(ROLLBACK)];
    let first: &'static [Step] =
        &[Part(HISTORY), Whole(DEPLOY), Change(300), Whole(DEPLOY), Whole(ROLLBACK)];
    let confirm: &'static [Step] = &[Whole(CONFIRM), Whole(ROLLBACK)];
    let take_back: &'static [Step] = &[Whole(ROLLBACK), Whole(DEPLOY), Whole(ROLLBACK)];
    let overdue: &'static [Step] = &[Whole(HISTORY), Whole(DEPLOY), Whole(ROLLBACK)];
    let (deploys, settles) = (Kind::Deploys, Kind::Settles);
    let served_first = served(Project::fast());
    let served_later = served(with_generations(3));
    vec![
        scenario("the first deploy", served_first, DEPLOY, deploys, 43, first, first),
        scenario("deploy", served_later, DEPLOY, deploys, 40, and_back, and_back),
        scenario("confirm", pending(false), CONFIRM, settles, 12, confirm, &confirm[1..]),
        scenario(
            "rollback of a deploy that waits",
            pending(false),
            ROLLBACK,
            settles,
            18,
            take_back,
            &take_back[1..],
        ),
        scenario(
            "history when nobody confirmed",
            pending(true),
            HISTORY,
            settles,
            18,
            overdue,
            &overdue[1..],
        ),
    ]
}
