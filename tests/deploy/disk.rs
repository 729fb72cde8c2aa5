//! A disk that is full, small and mounted in a namespace that ends with the run.

use std::process::Command;

use crate::site::{KEY, Site};
use crate::support::project::{Ended, finish, plain};
use crate::{ends, skipped};

/// Runs a script in the project with the folder `disk` on a disk of its own.
fn on_disk(site: &Site, script: &str) -> Ended {
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_gwcfg")]);
    command.current_dir(site.project.root()).env("SITE_KEY", KEY);
    plain(&mut command);
    finish(command)
}

/// The output or the state is on the disk: `in_place` names the output.
fn site(output: &str) -> Option<Site> {
    let site = Site::new();
    std::fs::create_dir(site.project.path("disk")).unwrap();
    site.deploys(&format!("output: {output}\n"));
    site.project.write(
        "reload.sh",
        format!(
            "if [ -e trouble ]; then mv trouble troubled; . ./troubled; fi\n\
             echo once >> reloads\ncp {output} running.yaml\n"
        ),
    );
    site.names(&["a", "b"]);
    if on_disk(&site, "mount -t tmpfs -o size=64k none disk").code != Some(0) {
        skipped("no disk can be mounted here");
        return None;
    }
    Some(site)
}

/// Puts names into the sources that fill a disk, beside those that are served.
fn fill(site: &Site) {
    let many: Vec<String> = (0..900).map(|number| format!("model-{number}")).collect();
    let mut names: Vec<&str> = many.iter().map(String::as_str).collect();
    names.extend(["a", "b"]);
    site.names(&names);
    for file in ["providers.yaml", "model-mappings.yaml"] {
        let from = site.project.path(&format!("config/{file}"));
        std::fs::rename(from, site.project.path(&format!("large-{file}"))).unwrap();
    }
    site.names(&["a", "b"]);
}

const LARGE: &str = "cp large-providers.yaml config/providers.yaml; \
                     cp large-model-mappings.yaml config/model-mappings.yaml; ";

#[test]
fn a_disk_without_space_for_the_output_changes_nothing() {
    let Some(site) = site("disk/out.yaml") else { return };
    fill(&site);
    let script = format!(
        "mount -t tmpfs -o size=64k none disk || exit 99; \"$1\" deploy || exit 98; \
         cp disk/out.yaml before.yaml; {LARGE} \"$1\" deploy; code=$?; \
         cmp disk/out.yaml before.yaml || exit 97; ls -A disk; exit $code"
    );
    let full = on_disk(&site, &script);
    ends(&full, 2, &["the disk is full", "the old file is untouched"]);
    assert!(full.out.ends_with("\nout.yaml\n"), "something half-written is left: {}", full.out);
    assert_eq!((site.served(), site.reloads()), (vec!["a".to_owned(), "b".to_owned()], 1));
    crate::site::nobody_works_in(site.project.root());
}

#[test]
fn a_disk_without_space_for_the_state_changes_nothing() {
    let Some(site) = site("out.yaml") else { return };
    site.names(&["a", "c"]);
    // Full at any moment of a deploy: with each page less, another write fails.
    let script = "mount -t tmpfs -o size=256k none disk || exit 99; \
        \"$1\" deploy --state-dir disk -q || exit 98; cp out.yaml before.yaml; \
        sed -i 's/\\bc\\b/d/g' config/*.yaml; \
        for free in 0 1 2 3 4 5 6 7 8; do \
          dd if=/dev/zero of=disk/ballast bs=4096 2>/dev/null; \
          truncate -s -$((free * 4096)) disk/ballast; \
          \"$1\" deploy --state-dir disk -q; code=$?; rm disk/ballast; echo $free $code; \
          if [ $code = 0 ]; then \
            cmp out.yaml running.yaml || exit 96; exit 0; fi; \
          case $code in 2|5) ;; *) exit $code;; esac; \
          cmp out.yaml before.yaml || exit 97; cmp running.yaml before.yaml || exit 95; \
          find disk -name '*.tmp'; \
          \"$1\" history --state-dir disk -q | grep pending && exit 94; \
        done; exit 93";
    let site_ended = on_disk(&site, script);
    ends(&site_ended, 0, &["0 2\n", "the disk is full"]);
    assert!(!site_ended.out.contains(".tmp"), "{}", site_ended.out);
    assert_eq!(site.served(), ["a", "d"]);
    crate::site::nobody_works_in(site.project.root());
}

/// The disk fills up between the install and the way back, as by the log of a gateway that fails.
#[test]
fn a_disk_that_fills_up_in_the_middle_does_not_stop_the_way_back() {
    let Some(site) = site("disk/out.yaml") else { return };
    let script = "mount -t tmpfs -o size=64k none disk || exit 99; \"$1\" deploy || exit 98; \
        cp disk/out.yaml before.yaml; sed -i 's/\\bb\\b/c/g' config/*.yaml; \
        echo 'dd if=/dev/zero of=disk/log bs=512 2>/dev/null; exit 1' > trouble; \
        \"$1\" deploy; code=$?; cmp disk/out.yaml before.yaml || exit 97; ls -A disk; exit $code";
    let full = on_disk(&site, script);
    ends(&full, 5, &["the gateway was not reloaded", "generation 1 is in place again"]);
    assert!(full.out.ends_with("\nlog\nout.yaml\n"), "something is left: {}", full.out);
    assert_eq!(site.served(), ["a", "b"]);
    crate::site::nobody_works_in(site.project.root());
}

/// The same with the state on that disk: the way back cannot be noted, and is gone once more.
#[test]
fn a_way_back_that_cannot_be_noted_is_gone_again() {
    let Some(site) = site("disk/out.yaml") else { return };
    let reload = site.project.read("reload.sh");
    let more =
        "if [ -e disk/log ]; then dd if=/dev/zero of=disk/more bs=512 2>/dev/null; fi; true\n";
    site.project.write("reload.sh", reload + more);
    let script = "mount -t tmpfs -o size=128k none disk || exit 99; \
        run() { \"$gwcfg\" \"$@\" --state-dir disk/state; }; gwcfg=$1; run deploy || exit 98; \
        cp disk/out.yaml before.yaml; sed -i 's/\\bb\\b/c/g' config/*.yaml; \
        echo 'dd if=/dev/zero of=disk/log bs=512 2>/dev/null; exit 1' > trouble; \
        run deploy; code=$?; cmp disk/out.yaml before.yaml || exit 97; \
        run history | grep pending || exit 96; rm disk/log disk/more; \
        for i in 1 2 3 4 5; do run history | grep pending || exit $code; sleep 1; done; exit 95";
    let full = on_disk(&site, script);
    ends(&full, 5, &["generation 1 is in place again", "that cannot be noted", "once more"]);
    assert_eq!(site.served(), ["a", "b"]);
    crate::site::nobody_works_in(site.project.root());
}
