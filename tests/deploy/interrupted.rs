//! A deploy whose run does not reach its end, and deploys that nobody confirms: the watcher takes
//! them back, and when it is gone too, the next command.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::ends;
use crate::site::{Site, end_all_in, kill, nobody_works_in, processes_in, signal};
use crate::support::project::{finish, plain};

/// A reload that is in the middle, with a child of its own. The run has had the time to tell its
/// watcher of it: a moment lies between.
const SLOW: &str = "sleep 0.5; touch reloading; sleep 600";

/// A deploy of other names that is in the middle of its reload; the gateway serves `a` and `b`.
fn in_the_middle(site: &Site, arguments: &[&str]) -> (Child, u32) {
    site.names(&["a", "c"]);
    site.trouble(SLOW);
    let middle = site.deploy_until_reload(arguments);
    site.project.remove("reloading");
    assert_eq!(site.in_place(), ["a", "c"]);
    middle
}

#[test]
fn a_deploy_that_is_killed_is_taken_back_by_its_watcher() {
    let site = Site::serving();
    // With and without a confirmation: it was never served.
    for arguments in [&[][..], &["--confirm", "1h"]] {
        let (mut deploy, watcher) = in_the_middle(&site, arguments);
        deploy.kill().unwrap();
        assert_eq!(deploy.wait().unwrap().signal(), Some(9));
        let took = site.is_back(&["a", "b"]);
        println!("back after {took:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
        nobody_works_in(site.project.root());
        let log = site.project.read(".gwcfg/watch.log");
        assert!(log.contains("was taken back") && log.contains("ended in the middle"), "{log}");
        assert!(processes_in(site.project.root()).iter().all(|(pid, _)| *pid != watcher));
    }
    // Once for each way back; the reload that was left in the middle did not go on.
    assert_eq!(site.reloads(), 2);
    ends(&site.run(&["history"]), 0, &["failed", "current"]);
    site.is_over();
}

#[test]
fn a_deploy_that_is_interrupted_is_taken_back_too() {
    let site = Site::serving();
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let (mut deploy, _) = in_the_middle(&site, &[]);
        signal(deploy.id(), name);
        assert_eq!(deploy.wait().unwrap().signal(), Some(number));
        site.is_back(&["a", "b"]);
        nobody_works_in(site.project.root());
    }
    site.is_over();
}

#[test]
fn a_way_back_that_is_killed_is_gone_again() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.project.write(
        "reload.sh",
        "if [ ! -e failed ]; then touch failed; exit 1; fi\n\
         if [ ! -e slept ]; then touch slept; sleep 0.5; touch reloading; sleep 600; fi\n\
         cp config/litellm-unified.yaml running.yaml\n",
    );
    let (mut deploy, _) = site.deploy_until_reload(&[]);
    deploy.kill().unwrap();
    deploy.wait().unwrap();
    site.is_back(&["a", "b"]);
    site.is_over();
}

/// As after a restart of the machine.
#[test]
fn without_a_watcher_the_next_command_takes_it_back() {
    let commands: [&[&str]; 6] = [
        &["validate"],
        &["history"],
        &["generate", "--check"],
        &["diff", "1", "live"],
        &["route", "a"],
        &["deploy"],
    ];
    for command in commands {
        let site = Site::serving();
        let (mut deploy, watcher) = in_the_middle(&site, &[]);
        kill(watcher);
        deploy.kill().unwrap();
        deploy.wait().unwrap();
        // What the run left is nobody's now.
        end_all_in(site.project.root());
        nobody_works_in(site.project.root());
        assert_eq!(site.in_place(), ["a", "c"], "nobody took it back");
        let next = site.run(command);
        let words = "taking generation 2 back: the run that deployed it ended in the middle";
        let code = if command[0] == "generate" { 1 } else { 0 };
        ends(&next, code, &[words, "generation 1 is in place again"]);
        if command[0] == "deploy" {
            ends(&next, 0, &["generation 3 is in place"]);
            assert_eq!(site.is_back(&["a", "c"]).as_secs(), 0);
        } else {
            assert_eq!(site.is_back(&["a", "b"]).as_secs(), 0);
        }
        site.is_over();
    }
}

#[test]
fn a_deploy_that_nobody_confirms_goes_away() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    // The time counts from when it serves, not from when it began.
    site.trouble("sleep 7");
    ends(&site.run(&["deploy", "--confirm", "6s"]), 0, &["generation 2 serves", "gwcfg confirm"]);
    let begun = Instant::now();
    assert_eq!(site.served(), ["a", "c"]);
    ends(&site.run(&["history"]), 0, &["pending"]);
    site.names(&["a", "d"]);
    for command in ["deploy", "generate"] {
        let refused = site.run(&[command]);
        ends(&refused, 4, &["generation 2 was deployed and waits for `gwcfg confirm` until"]);
    }
    assert_eq!(site.served(), ["a", "c"]);
    site.is_back(&["a", "b"]);
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(4) && took < Duration::from_secs(20), "{took:?}");
    let log = site.project.read(".gwcfg/watch.log");
    assert!(log.contains("nobody confirmed it in time"), "{log}");
    let late = site.run(&["confirm", "--wait", "10s"]);
    ends(&late, 4, &["no deploy waits to be confirmed"]);
    site.is_over();
}

#[test]
fn a_deploy_that_nobody_confirms_goes_away_without_its_watcher() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    let deployed = site.run(&["deploy", "-v", "--confirm", "4s"]);
    ends(&deployed, 0, &["generation 2 serves"]);
    kill(crate::site::watcher(&deployed.err));
    ends(&site.run(&["validate"]), 0, &["checked"]);
    assert_eq!(site.served(), ["a", "c"]);
    sleep(Duration::from_millis(4500));
    let late = site.run(&["confirm"]);
    ends(&late, 5, &["nobody confirmed it in time", "it is too late to confirm it"]);
    assert_eq!(site.is_back(&["a", "b"]).as_secs(), 0);
    site.is_over();
}

/// What the run had open is not open in its watcher: no lock, no terminal, no pipe of a caller.
fn holds_little(watcher: u32) {
    let entries = std::fs::read_dir(format!("/proc/{watcher}/fd")).unwrap();
    let open: Vec<String> = entries
        .filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
        .map(|link| link.to_string_lossy().into_owned())
        .collect();
    let known = |link: &&String| link.starts_with("pipe:") || link.ends_with("/watch.log");
    assert_eq!((open.len(), open.iter().filter(known).count()), (3, 3), "{open:?}");
}

#[test]
fn a_rollback_of_what_is_pending_is_done_at_once() {
    let site = Site::serving();
    for more in [&[][..], &["--to", "1"]] {
        site.names(&["a", "c"]);
        // A caller with a file open, as `flock` has.
        let mut command = Command::new("sh");
        command.args(["-c", "exec 9> held; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_gwcfg")]);
        command.args(["deploy", "-v", "--confirm", "1h"]).current_dir(site.project.root());
        plain(&mut command);
        let deployed = finish(site.with_key(command));
        ends(&deployed, 0, &["serves"]);
        holds_little(crate::site::watcher(&deployed.err));
        let dry = site.run(&["rollback", "--dry-run"]);
        ends(&dry, 0, &["-  - model_name: c", "+  - model_name: b"]);
        assert_eq!(site.in_place(), ["a", "c"]);
        let mut rollback = vec!["rollback"];
        rollback.extend(more);
        let back = site.run(&rollback);
        ends(&back, 0, &["back: a rollback was asked for", "generation 1 is in place again"]);
        assert_eq!(site.is_back(&["a", "b"]).as_secs(), 0);
        // Nothing is left to wait for.
        nobody_works_in(site.project.root());
    }
    site.is_over();
}

/// The watcher must not stand in the way of the confirmation, however soon it comes.
#[test]
fn a_confirmation_in_time_keeps_it() {
    let site = Site::serving();
    for round in 0..8 {
        let name = format!("c{round}");
        site.names(&["a", &name]);
        ends(&site.run(&["deploy", "--confirm", "6s"]), 0, &["serves"]);
        ends(&site.run(&["confirm"]), 0, &["is confirmed"]);
    }
    nobody_works_in(site.project.root());
    sleep(Duration::from_secs(7));
    ends(&site.run(&["history"]), 0, &["current"]);
    assert_eq!(site.is_back(&["a", "c7"]).as_secs(), 0);
    ends(&site.run(&["rollback"]), 0, &["is again what generation 8 was"]);
    site.is_over();
}

/// Whoever can write to the state must not write elsewhere by a note in it.
#[test]
fn a_note_about_another_file_is_not_followed() {
    let site = Site::serving();
    let elsewhere = tempfile::tempdir().unwrap();
    let theirs = elsewhere.path().join("theirs");
    std::fs::write(&theirs, "theirs\n").unwrap();
    site.names(&["a", "c"]);
    let deployed = site.run(&["deploy", "-v", "--confirm", "1h"]);
    kill(crate::site::watcher(&deployed.err));
    let head = site.project.read(".gwcfg/head.json");
    let (before, pending) = head.split_once("\"pending\"").unwrap();
    for other in [theirs.to_str().unwrap(), "config/providers.yaml", "../theirs"] {
        let moved = pending.replace("config/litellm-unified.yaml", other);
        site.project.write(".gwcfg/head.json", format!("{before}\"pending\"{moved}"));
        let sources = site.project.read("config/providers.yaml");
        ends(&site.run(&["rollback"]), 6, &["error: "]);
        assert_eq!(std::fs::read_to_string(&theirs).unwrap(), "theirs\n");
        assert_eq!(site.project.read("config/providers.yaml"), sources);
    }
    site.project.write(".gwcfg/head.json", head);
    ends(&site.run(&["rollback"]), 0, &["generation 1 is in place again"]);
    site.is_over();
}
