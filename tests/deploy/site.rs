//! A small project whose gateway is in the test, and the processes that work for it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use gwcfg::gateway::litellm::served;

use crate::fake::{Fake, running};
use crate::support::project::{Ended, Project, finish};

/// The compiled config.
pub const OUTPUT: &str = "config/litellm-unified.yaml";

/// The gateway's key; its shape is not the one of a key, so it is hidden because it is known.
pub const KEY: &str = "open-sesame-please";

/// The gateway reads the config that is in place. `trouble` is done once, before.
const RELOAD: &str = "\
if [ -e trouble ]; then mv trouble troubled; . ./troubled; fi
echo once >> reloads
cp config/litellm-unified.yaml running.yaml
";

pub struct Site {
    pub project: Project,
    pub gateway: Fake,
}

impl Site {
    /// Names `a` and `b` are in place, and served.
    pub fn serving() -> Site {
        let site = Site::new();
        site.names(&["a", "b"]);
        crate::ends(&site.run(&["deploy"]), 0, &["generation 1 is in place"]);
        site.remove("reloads");
        site
    }

    /// Nothing was ever compiled.
    pub fn new() -> Site {
        let project = Project::new();
        let gateway = Fake::start(project.root(), KEY);
        let site = Site { project, gateway };
        site.deploys("");
        site.project.write("reload.sh", RELOAD);
        site
    }

    /// The section `deploy`, with more settings in it.
    pub fn deploys(&self, more: &str) {
        let port = self.gateway.port;
        self.project.write(
            "gwcfg.yaml",
            format!(
                "deploy:\n  reload: [sh, reload.sh]\n  reload-timeout: 20s\n  probe: {{url: \
                 'http://127.0.0.1:{port}', timeout: 2s, interval: 0.05, key-env: SITE_KEY, \
                 canary: [a]}}\n{more}"
            ),
        );
    }

    /// The sources give these names.
    pub fn names(&self, names: &[&str]) {
        let list = names.join(", ");
        self.project.write(
            "config/providers.yaml",
            format!(
                "providers:\n  one: {{type: vllm, base_url: 'http://127.0.0.1:8001', status: \
                 active, models: [{list}]}}\n"
            ),
        );
        let mappings: String = names
            .iter()
            .map(|name| format!("  {name}: {{provider: one, backend_model: {name}}}\n"))
            .collect();
        self.project.write("config/model-mappings.yaml", format!("exact_matches:\n{mappings}"));
        self.project.write("config/ports.yaml", "vllm: {port: 8001}\n");
    }

    /// What the next reload does first.
    pub fn trouble(&self, script: &str) {
        self.project.write("trouble", format!("{script}\n"));
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.with_key(self.project.command(arguments))
    }

    pub fn with_key(&self, mut command: Command) -> Command {
        command.env("SITE_KEY", KEY);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        finish(self.command(arguments))
    }

    /// Starts a deploy and waits until its reload has left the file `reloading`; gives it with the
    /// process that watches.
    pub fn deploy_until_reload(&self, arguments: &[&str]) -> (Child, u32) {
        let words = self.project.path("deploy.err");
        let mut command = self.command(&["deploy", "-v"]);
        command.args(arguments).stdout(Stdio::null()).stderr(fs::File::create(&words).unwrap());
        let child = command.spawn().unwrap();
        let begun = Instant::now();
        while !self.project.path("reloading").exists() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{}",
                self.project.read("deploy.err")
            );
            sleep(Duration::from_millis(10));
        }
        (child, watcher(&self.project.read("deploy.err")))
    }

    /// The names that the gateway serves.
    pub fn served(&self) -> Vec<String> {
        let text = fs::read_to_string(running(self.project.root())).unwrap_or_default();
        served::names(&text).into_iter().collect()
    }

    /// The names of the config that is in place.
    pub fn in_place(&self) -> Vec<String> {
        served::names(&self.project.read(OUTPUT)).into_iter().collect()
    }

    /// How often the gateway was reloaded since [`Site::serving`].
    pub fn reloads(&self) -> usize {
        fs::read_to_string(self.project.path("reloads")).unwrap_or_default().lines().count()
    }

    /// Waits until the old config serves, the old bytes are in place, and nothing is pending.
    pub fn is_back(&self, names: &[&str]) -> Duration {
        let begun = Instant::now();
        loop {
            let head = self.project.read(".gwcfg/head.json");
            if head.contains("\"pending\": null") && self.served() == names {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{head} {:?}", self.served());
            sleep(Duration::from_millis(20));
        }
        assert_eq!(self.in_place(), names);
        begun.elapsed()
    }

    fn remove(&self, inside: &str) {
        self.project.remove(inside);
    }

    /// Nothing that worked for the project lives on, and nothing half-written is left.
    pub fn is_over(&self) {
        nobody_works_in(self.project.root());
        let left = |folder: &str| {
            let names = self.project.list(folder).into_iter();
            names.filter(|name| name.contains(".gwcfg-")).collect::<Vec<_>>()
        };
        for folder in ["config", ".gwcfg", ".gwcfg/objects", ".gwcfg/generations"] {
            assert!(left(folder).is_empty(), "{folder}: {:?}", left(folder));
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // A test that failed leaves nobody behind either.
        if std::thread::panicking() {
            end_all_in(self.project.root());
        }
    }
}

/// The number in `process 12 watches`.
pub fn watcher(words: &str) -> u32 {
    let (before, _) = words.split_once(" watches").unwrap_or_else(|| panic!("{words}"));
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Ends a process that a test started, without asking.
pub fn kill(pid: u32) {
    signal(pid, "KILL");
}

/// Sends a signal to a process that a test started.
pub fn signal(pid: u32, name: &str) {
    let done = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
    assert!(done.unwrap().success(), "process {pid} is gone");
}

/// Ends what works in a folder, without asking, until nothing does.
pub fn end_all_in(folder: &Path) {
    for _ in 0..200 {
        let left = processes_in(folder);
        if left.is_empty() {
            break;
        }
        for (pid, _) in left {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
        sleep(Duration::from_millis(20));
    }
}

/// Waits until no process stands in a folder or was started with a path in it.
pub fn nobody_works_in(folder: &Path) {
    let begun = Instant::now();
    loop {
        let left = processes_in(folder);
        if left.is_empty() {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(15), "left behind: {left:?}");
        sleep(Duration::from_millis(20));
    }
}

/// Processes that stand in a folder, or have it on their command line.
pub fn processes_in(folder: &Path) -> BTreeSet<(u32, String)> {
    let name = folder.to_string_lossy().into_owned();
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != std::process::id())
        .filter_map(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            let stands = fs::read_link(format!("/proc/{pid}/cwd")).ok();
            let works = stands.is_some_and(|place| place.starts_with(folder));
            (works || line.contains(&name)).then_some((pid, line))
        })
        .collect()
}
