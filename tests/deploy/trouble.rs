//! What goes wrong between the install and the probe, and the way back.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::ends;
use crate::site::{KEY, OUTPUT, Site, nobody_works_in};
use crate::support::project::{finish, plain};

#[test]
fn a_reload_that_fails_is_told_without_secrets() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.trouble("echo \"key: $SITE_KEY, sk-abcdefghijklmnopqrstuvwx0123456789\" >&2; exit 3");
    let failed = site.run(&["deploy"]);
    ends(
        &failed,
        5,
        &["`sh reload.sh` ended with code 3; it wrote:\nkey: ***, ***", "in place again"],
    );
    assert!(!failed.err.contains(KEY) && !failed.err.contains("sk-abc"), "{}", failed.err);
    site.is_back(&["a", "b"]);
    ends(&site.run(&["history"]), 0, &["failed", "current"]);
    site.is_over();
}

#[test]
fn a_reload_that_hangs_is_ended_with_all_that_it_started() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.deploys("  reload-timeout: 1s\n");
    let text = site.project.read("gwcfg.yaml").replacen("  reload-timeout: 20s\n", "", 1);
    site.project.write("gwcfg.yaml", text);
    site.trouble("sleep 600 & trap '' TERM; sleep 600");
    let begun = Instant::now();
    ends(&site.run(&["deploy"]), 5, &["did not end within 1s, and was ended", "in place again"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    site.is_back(&["a", "b"]);
    site.is_over();
}

#[test]
fn a_reload_that_asks_for_the_terminal_is_told_at_once() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.trouble("kill -TTIN $$; sleep 600");
    let begun = Instant::now();
    ends(&site.run(&["deploy"]), 5, &["asked for the terminal", "sudo -n", "in place again"]);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    site.is_over();
}

#[test]
fn a_reload_that_leaves_somebody_behind_does_not_hold_the_deploy() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.trouble("sleep 4 & echo started");
    let begun = Instant::now();
    ends(&site.run(&["deploy"]), 0, &["is in place"]);
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    site.is_over();
}

#[test]
fn a_gateway_with_other_names_goes_back() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    // It answers on, with what it read before.
    site.trouble("exit 0");
    let failed = site.run(&["deploy"]);
    let words = "does not serve `c`, and still serves `b`";
    ends(&failed, 5, &["the gateway does not serve the config", words, "in place again"]);
    site.is_back(&["a", "b"]);
    site.is_over();
}

#[test]
fn a_canary_that_gets_no_answer_goes_back() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.project.write("broken", "a\n");
    ends(&site.run(&["deploy"]), 5, &["a request for `a` got 503", "in place again"]);
    // The canary is for the new config; the old one is good without it.
    site.is_back(&["a", "b"]);
    site.is_over();
}

#[test]
fn a_key_that_is_missing_or_wrong_changes_nothing() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    let before = site.project.read(".gwcfg/head.json");
    let words = ["was not put in place", "SITE_KEY"];
    for (key, told) in [(None, "is not set"), (Some("a-wrong-key"), "is not the gateway's key")] {
        let mut command = site.command(&["deploy"]);
        match key {
            Some(key) => command.env("SITE_KEY", key),
            None => command.env_remove("SITE_KEY"),
        };
        let refused = finish(command);
        ends(&refused, 5, &[words[0], words[1], told, "refused with 401"]);
        assert!(!refused.err.contains("a-wrong-key"), "{}", refused.err);
        assert_eq!(site.reloads(), 0);
        assert_eq!(site.project.read(".gwcfg/head.json"), before);
        site.is_back(&["a", "b"]);
    }
    site.is_over();
}

#[test]
fn a_check_that_fails_or_drops_models_changes_nothing() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    for (script, words) in [
        ("echo bad >&2; exit 1", "ended with code 1; it wrote:\nbad"),
        ("echo 'LiteLLM: config OK (1 models)'", "it reads 1 models, and 2 were compiled"),
    ] {
        site.deploys(&format!("  check: [sh, -c, \"{}\"]\n", script.replace('"', "\\\"")));
        ends(&site.run(&["deploy"]), 5, &["the gateway refuses the config", words]);
        assert_eq!(site.reloads(), 0);
        site.is_back(&["a", "b"]);
    }
    site.deploys("  check: [sh, -c, \"echo 'LiteLLM: config OK (2 models)'\"]\n");
    ends(&site.run(&["deploy"]), 0, &["check: sh -c", "generation 2 is in place"]);
    site.is_over();
}

#[test]
fn the_first_deploy_that_fails_leaves_no_config() {
    let site = Site::new();
    site.names(&["a", "b"]);
    site.project.write("broken", "a\n");
    let failed = site.run(&["deploy"]);
    ends(&failed, 5, &["there was no config before it", "is to be stopped"]);
    assert!(!site.project.path(OUTPUT).exists());
    site.project.remove("broken");
    ends(&site.run(&["deploy"]), 0, &["generation 2 is in place"]);
    site.is_back(&["a", "b"]);
    site.is_over();
}

/// The config from before is in place, and nobody serves it: 6, and what is printed is what helps.
#[test]
fn a_way_back_that_fails_tells_a_person_what_to_type() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.project.write("reload.sh", "echo broken; exit 1\n");
    let stuck = site.run(&["deploy"]);
    let port = site.gateway.port;
    let ask = format!("  curl -fsS --oauth2-bearer \"$SITE_KEY\" http://127.0.0.1:{port}");
    ends(&stuck, 6, &["the way back failed too", "type these", "\n  sh reload.sh\n", &ask]);
    assert!(!stuck.err.contains("zcat"), "the bytes are back: {}", stuck.err);
    site.is_back(&["a", "b"]);
    site.is_over();
}

#[test]
fn what_a_person_types_puts_the_config_back() {
    let site = Site::serving();
    let before = site.project.read(OUTPUT);
    site.names(&["a", "c"]);
    // The place of the output cannot be written to any more.
    site.project.write(
        "reload.sh",
        "if [ ! -e config/litellm-unified.yaml/x ]; then rm config/litellm-unified.yaml; mkdir -p \
         config/litellm-unified.yaml/x; fi; exit 1\n",
    );
    let stuck = site.run(&["deploy"]);
    ends(&stuck, 6, &["the way back failed too", "\n  zcat ", "\n  sh reload.sh\n"]);
    std::fs::remove_dir_all(site.project.path(OUTPUT)).unwrap();
    let line = stuck.err.lines().find(|line| line.starts_with("  zcat ")).unwrap();
    let mut typed = Command::new("sh");
    typed.args(["-c", line.trim()]).current_dir(site.project.root());
    assert!(typed.status().unwrap().success(), "{line}");
    assert_eq!(site.project.read(OUTPUT), before);
    nobody_works_in(site.project.root());
}

#[test]
fn a_deploy_heals_a_gateway_that_was_down() {
    let site = Site::serving();
    site.project.remove("running.yaml");
    site.names(&["a", "c"]);
    ends(&site.run(&["deploy"]), 0, &["does not answer now", "generation 2 is in place"]);
    site.project.remove("running.yaml");
    site.names(&["a", "d"]);
    site.trouble("exit 1");
    ends(&site.run(&["deploy"]), 5, &["does not answer now", "generation 2 is in place again"]);
    site.is_back(&["a", "c"]);
    site.is_over();
}

#[test]
fn without_anybody_to_watch_nothing_is_changed() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    // The program that would be the watcher is gone when it is to be started.
    let program = site.project.path("gwcfg-copy");
    std::fs::copy(env!("CARGO_BIN_EXE_gwcfg"), &program).unwrap();
    site.deploys("  check: [rm, gwcfg-copy]\n");
    let mut command = Command::new(&program);
    command.arg("deploy").current_dir(site.project.root()).env("SITE_KEY", KEY);
    plain(&mut command);
    ends(&finish(command), 2, &["nobody could be started", "nothing was changed"]);
    assert_eq!(site.reloads(), 0);
    site.is_back(&["a", "b"]);
    site.is_over();
}
