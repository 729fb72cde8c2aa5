//! Two people at once.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::ends;
use crate::site::Site;

#[test]
fn the_second_of_two_is_refused_or_waits() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.trouble("touch reloading; sleep 3");
    let (mut first, _) = site.deploy_until_reload(&[]);
    let holder = format!("`gwcfg deploy` of .* (process {}, since", first.id());
    let (before, after) = holder.split_once(".*").unwrap();
    for command in ["deploy", "rollback", "confirm", "generate"] {
        let begun = Instant::now();
        site.names(&["a", "d"]);
        let refused = site.run(&[command]);
        ends(&refused, 4, &[before, after, "is at work on", "--wait 30s"]);
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    }
    // Those that only read need not wait.
    ends(&site.run(&["validate"]), 0, &["checked"]);
    ends(&site.run(&["history"]), 0, &["pending"]);
    let second = site.run(&["deploy", "--wait", "30s"]);
    assert!(first.wait().unwrap().success(), "{}", site.project.read("deploy.err"));
    ends(&second, 0, &["generation 3 is in place"]);
    assert_eq!(site.served(), ["a", "d"]);
    site.is_over();
}

/// Started at the same moment, one after the other; nobody but the winner changes anything.
#[test]
fn of_many_at_the_same_time_one_wins() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.trouble("sleep 2");
    let words = |number: usize| site.project.path(&format!("words{number}"));
    let children: Vec<_> = (0..4)
        .map(|number| {
            let mut command = site.command(&["deploy"]);
            command.stdout(Stdio::null()).stderr(File::create(words(number)).unwrap());
            command.spawn().unwrap()
        })
        .collect();
    let codes = children.into_iter().map(|mut child| child.wait().unwrap().code());
    let mut codes: Vec<_> = codes.collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(4), Some(4), Some(4)]);
    let told: Vec<String> =
        (0..4).map(|number| std::fs::read_to_string(words(number)).unwrap()).collect();
    assert_eq!(told.iter().filter(|one| one.contains("`gwcfg deploy` of")).count(), 3, "{told:?}");
    assert_eq!((site.reloads(), site.served()), (1, vec!["a".to_owned(), "c".to_owned()]));
    site.is_over();
}

/// The lock of a run that was killed is free before its watcher has it.
#[test]
fn one_who_waits_for_a_run_that_is_killed_finds_the_old_config() {
    let site = Site::serving();
    for _ in 0..3 {
        site.names(&["a", "c"]);
        site.trouble("sleep 0.5; touch reloading; sleep 600");
        let (mut first, _) = site.deploy_until_reload(&[]);
        site.project.remove("reloading");
        site.names(&["a", "d"]);
        let mut command = site.command(&["deploy", "--wait", "60s"]);
        let words = site.project.path("second.err");
        command.stdout(Stdio::null()).stderr(File::create(&words).unwrap());
        let mut second = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(300));
        first.kill().unwrap();
        first.wait().unwrap();
        assert_eq!(second.wait().unwrap().code(), Some(0), "{}", site.project.read("second.err"));
        assert_eq!(site.served(), ["a", "d"]);
        site.names(&["a", "b"]);
        ends(&site.run(&["deploy", "--wait", "10s"]), 0, &["is in place"]);
    }
    site.is_over();
}
