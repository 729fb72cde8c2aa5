//! What is meant to happen.

use std::fs;

use crate::ends;
use crate::site::{OUTPUT, Site};

#[test]
fn a_deploy_is_served_and_a_second_one_follows() {
    let site = Site::new();
    site.names(&["a", "b"]);
    let first = site.run(&["deploy", "-m", "the first"]);
    ends(&first, 0, &["does not answer now", "reload: sh reload.sh", "generation 1 is in place"]);
    assert_eq!(site.is_back(&["a", "b"]).as_secs(), 0);
    site.names(&["a", "c"]);
    ends(&site.run(&["deploy"]), 0, &["probe: 2 names", "generation 2 is in place"]);
    assert_eq!(site.served(), ["a", "c"]);
    assert_eq!(site.reloads(), 2);
    let again = site.run(&["deploy"]);
    ends(&again, 0, &["is up to date", "to restart the gateway all the same: sh reload.sh"]);
    assert_eq!(site.reloads(), 2, "nothing is restarted for nothing");
    ends(&site.run(&["history"]), 0, &["current", "previous", "the first"]);
    site.is_over();
}

#[test]
fn a_quiet_deploy_says_nothing_until_it_fails() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    let quiet = site.run(&["deploy", "-q"]);
    ends(&quiet, 0, &[]);
    assert_eq!(quiet.err, "");
    site.names(&["a", "d"]);
    site.trouble("echo no; exit 7");
    let failed = site.run(&["deploy", "-q"]);
    ends(&failed, 5, &[]);
    assert_eq!(
        failed.err,
        "error: the gateway was not reloaded: `sh reload.sh` ended with code 7; it wrote:\nno\n"
    );
    site.is_back(&["a", "c"]);
    site.is_over();
}

#[test]
fn a_deploy_needs_no_place_for_temporary_files() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.trouble("echo said");
    let mut command = site.command(&["deploy"]);
    command.env("TMPDIR", "/no/such/folder");
    ends(&crate::support::project::finish(command), 0, &["generation 2 is in place"]);
    assert_eq!(site.served(), ["a", "c"]);
    site.is_over();
}

#[test]
fn commands_run_in_the_project_wherever_one_stands() {
    let site = Site::serving();
    site.names(&["a", "c"]);
    site.deploys("  check: [./check.sh, '{config}']\n");
    site.project.write("check.sh", "#!/bin/sh\ncp \"$1\" checked; echo 'config OK (2 models)'\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(site.project.path("check.sh"), mode).unwrap();
    let root = site.project.root().to_str().unwrap().to_owned();
    let mut command = site.command(&["-C", &root, "deploy"]);
    command.current_dir("/");
    ends(&crate::support::project::finish(command), 0, &["check: ./check.sh", "is in place"]);
    assert_eq!(site.project.read("checked"), site.project.read(OUTPUT));
    assert_eq!(site.served(), ["a", "c"]);
    site.is_over();
}

#[test]
fn a_wildcard_may_list_a_name_that_went_away() {
    let site = Site::serving();
    // The gateway lists `b` still: it knows it as one of the models of the wildcard.
    site.names(&["a"]);
    let mappings = site.project.read("config/model-mappings.yaml");
    let patterns = "patterns: [{pattern: '^b.*', provider: one}]\n";
    site.project.write("config/model-mappings.yaml", mappings + patterns);
    site.project.write(
        "reload.sh",
        "cp config/litellm-unified.yaml running.yaml\nprintf '  - {model_name: b, \
         litellm_params: {model: openai/b}}\\n' > more\nsed -i '/^model_list:/r more' running.yaml\n",
    );
    ends(&site.run(&["deploy"]), 0, &["is in place"]);
    assert_eq!(site.served(), ["a", "b"]);
    site.is_over();
}
