//! The projects and the commands that are struck.

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
    /// What comes after the blow.
    pub next: &'static [Step],
    /// At least so many calls are struck, or something is not seen any more.
    pub floor: usize,
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
    let calls = calls(&project, GENERATE);
    let placed = calls.iter().position(|call| call.puts(OUTPUT)).unwrap();
    strike(&project, GENERATE, &calls[placed + usize::from(behind)], Blow::Kill);
    change(&project, 201);
    project
}

/// All of them.
pub fn all() -> Vec<Scenario> {
    let first = Project::fast();
    let foreign = Project::fast();
    foreign.write(OUTPUT, "model_list: []\n");
    let edited = with_generations(3);
    edited.write(OUTPUT, edited.read(OUTPUT) + "# by hand\n");
    let scenario =
        |name, project, arguments, floor, next| Scenario { name, project, arguments, next, floor };
    let and_back: &'static [Step] = &[Whole(GENERATE), Whole(ROLLBACK)];
    let pruned = &[Whole(PRUNE), Whole(GENERATE), Whole(ROLLBACK)];
    vec![
        scenario(
            "the first generate",
            first,
            GENERATE,
            35,
            &[Whole(GENERATE), Change(300), Whole(GENERATE), Whole(ROLLBACK)],
        ),
        scenario("generate over a foreign file", foreign, GENERATE, 45, and_back),
        scenario("generate", with_generations(3), GENERATE, 30, and_back),
        scenario(
            "generate over an edited file",
            edited,
            FORCE,
            50,
            &[Whole(FORCE), Whole(ROLLBACK)],
        ),
        scenario(
            "generate that prunes",
            with_too_many(),
            GENERATE,
            35,
            &[Part(GENERATE), Whole(PRUNE), Whole(ROLLBACK)],
        ),
        scenario("generate after one killed early", killed(false), GENERATE, 30, and_back),
        scenario("generate after one killed late", killed(true), GENERATE, 35, and_back),
        scenario("rollback", with_generations(3), ROLLBACK, 30, and_back),
        scenario("rollback to the first", with_generations(3), &["rollback", "--to", "1"], 30, {
            and_back
        }),
        scenario("prune", with_too_many(), PRUNE, 8, pruned),
    ]
}
