//! `--fix`, `--unsafe-fixes` and `--diff` on disk, the comments that allow findings, and the rules
//! that nothing allows: by the real binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic fails the test"
)]

mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use support::project::{Ended, Project, finish};

const PROVIDERS: &str = "config/providers.yaml";
const MAPPINGS: &str = "config/model-mappings.yaml";

/// The example project with one mistake that can be mended safely, and one that cannot.
fn wrong() -> Project {
    let project = Project::new();
    let providers = project.read(PROVIDERS);
    project
        .write(PROVIDERS, format!("\u{feff}{providers}metadata: {{total_providers: 99}} # mine\n"));
    let mappings = project.read(MAPPINGS);
    project.write(MAPPINGS, format!("{mappings}\nrouting_rulez: {{}}\n"));
    project
}

fn ended(ended: &Ended, code: i32, err: &str) {
    assert_eq!(ended.code, Some(code), "{}\n{}", ended.out, ended.err);
    assert!(ended.err.contains(err), "{}", ended.err);
}

fn rules(ended: &Ended) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(&ended.out).expect(&ended.out);
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn safe_fixes_are_made_and_what_is_left_is_reported() {
    let project = wrong();
    fs::set_permissions(project.path(PROVIDERS), fs::Permissions::from_mode(0o640)).unwrap();
    let before = project.read(PROVIDERS);
    let fixed = project.run(&["validate", "--fix", "--format", "json"]);
    ended(&fixed, 0, "fixed 2 findings in 1 file\n1 finding left with a likely fix");
    assert!(rules(&fixed).contains(&"key-unknown".to_owned()), "{}", fixed.out);
    let after = project.read(PROVIDERS);
    let count = after.split("total_providers: ").nth(1).unwrap().split('}').next().unwrap();
    assert_ne!(count, "99");
    let expected = before.replace('\u{feff}', "").replace("99", count);
    assert_eq!(after, expected, "nothing else changed");
    let mode = fs::metadata(project.path(PROVIDERS)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let again = project.run(&["validate", "--fix"]);
    ended(&again, 0, "nothing was fixed");
    assert_eq!(project.read(PROVIDERS), after);
    assert_eq!(project.list("config").len(), 3, "no file is left beside the sources");
}

#[test]
fn unsafe_fixes_are_made_when_they_are_asked_for() {
    let project = wrong();
    ended(&project.run(&["validate", "--unsafe-fixes"]), 2, "say `--fix`");
    assert!(project.read(PROVIDERS).starts_with('\u{feff}'));
    let fixed = project.run(&["validate", "--fix", "--unsafe-fixes"]);
    ended(&fixed, 0, "fixed 3 findings in 2 files");
    assert!(project.read(MAPPINGS).ends_with("\nrouting_rules: {}\n"));
}

#[test]
fn a_fix_that_would_repeat_a_key_is_left_out() {
    let project = wrong();
    let mappings = project.read(MAPPINGS).replace("routing_rulez", "fallback_chainz");
    project.write(MAPPINGS, &mappings);
    let fixed = project.run(&["validate", "--fix", "--unsafe-fixes"]);
    ended(&fixed, 0, "left out a fix of `key-unknown` at `config/model-mappings.yaml:");
    assert!(fixed.err.contains("fixed 2 findings in 1 file"), "{}", fixed.err);
    assert_eq!(project.read(MAPPINGS), mappings);
}

#[test]
fn a_diff_shows_what_would_change_and_writes_nothing() {
    let project = wrong();
    let before = project.read(PROVIDERS);
    let shown = project.run(&["validate", "--diff"]);
    ended(&shown, 1, "");
    assert!(shown.out.starts_with(&format!("--- {PROVIDERS}\n+++ {PROVIDERS}\n@@ -1,")));
    assert!(shown.out.contains("\n-metadata: {total_providers: 99} # mine\n+metadata: "));
    assert!(!shown.out.contains(MAPPINGS), "{}", shown.out);
    let both = project.run(&["validate", "--fix", "--diff", "--unsafe-fixes"]);
    ended(&both, 1, "");
    assert!(both.out.contains("\n-routing_rulez: {}\n+routing_rules: {}\n"), "{}", both.out);
    assert_eq!(project.read(PROVIDERS), before);
    ended(&Project::new().run(&["validate", "--diff"]), 0, "");
}

#[test]
fn a_diff_shows_no_secret() {
    let project = wrong();
    let secret = ["sk", "-ant-api03-", &"Ab3".repeat(20)].concat();
    let text = format!("metadata: {{total_providers: 98, api_key: {secret}}}\n");
    let providers = project.read(PROVIDERS).replace("metadata: {total_providers: 99}", &text);
    project.write(PROVIDERS, providers);
    let shown = project.run(&["validate", "--diff"]);
    ended(&shown, 1, "");
    assert!(shown.out.contains("-metadata: {total_providers: 98, api_key: ***"), "{}", shown.out);
    assert!(!format!("{}{}", shown.out, shown.err).contains(&secret));
}

#[test]
fn a_link_stays_a_link_and_none_leads_out_of_the_project() {
    let project = wrong();
    fs::rename(project.path(PROVIDERS), project.path("shared.yaml")).unwrap();
    symlink("../shared.yaml", project.path(PROVIDERS)).unwrap();
    ended(&project.run(&["validate", "--fix"]), 0, "fixed 2 findings in 1 file");
    assert!(project.path(PROVIDERS).is_symlink());
    assert!(!project.read("shared.yaml").starts_with('\u{feff}'));

    let (project, elsewhere) = (wrong(), tempfile::tempdir().unwrap());
    let outside = elsewhere.path().join("providers.yaml");
    fs::rename(project.path(PROVIDERS), &outside).unwrap();
    symlink(&outside, project.path(PROVIDERS)).unwrap();
    ended(&project.run(&["validate", "--fix"]), 2, "outside the project");
    assert!(fs::read_to_string(outside).unwrap().starts_with('\u{feff}'));
}

#[test]
fn what_is_no_text_is_kept_and_the_other_files_are_mended() {
    let project = wrong();
    let mappings = [b"# caf\xe9\n".as_slice(), project.read(MAPPINGS).as_bytes()].concat();
    project.write(MAPPINGS, &mappings);
    ended(&project.run(&["validate", "--fix"]), 1, "fixed 1 finding in 1 file");
    assert!(!project.read(PROVIDERS).starts_with('\u{feff}'));
    assert_eq!(fs::read(project.path(MAPPINGS)).unwrap(), mappings);
}

#[test]
fn a_config_of_the_gateway_can_be_mended_and_an_output_cannot() {
    let project = Project::new();
    project.write("other.yaml", "\u{feff}model_list: [] # gwcfg: allow[weights-sum]\n");
    let fixed = project.run(&["lint", "other.yaml", "other.yaml", "--fix"]);
    assert!(fixed.err.contains("fixed 2 findings in 1 file"), "{}", fixed.err);
    assert_eq!(project.read("other.yaml"), "model_list: []\n");
    assert_eq!(project.run(&["generate"]).code, Some(0));
    let refused = project.run(&["lint", "config/litellm-unified.yaml", "--fix"]);
    ended(&refused, 4, "is written by gwcfg: mend the sources instead");
}

#[test]
fn an_allowed_error_does_not_stop_generate_until_its_day_is_over() {
    let project = Project::new();
    let mappings = project.read(MAPPINGS);
    let comment = "# gwcfg: allow[provider-unknown] until=2027-01-31 it comes in January";
    let entry = format!("exact_matches:\n  {comment}\n  later: {{provider: nobody}}");
    project.write(MAPPINGS, mappings.replacen("exact_matches:", &entry, 1));
    let on = |seconds: &str, arguments: &[&str]| {
        let mut command = project.command(arguments);
        command.env("SOURCE_DATE_EPOCH", seconds);
        finish(command)
    };
    let allowed = on("1801439999", &["generate", "-o", "-"]);
    ended(&allowed, 0, "");
    let silent = project.run(&["generate", "-o", "-", "-A", "provider-unknown"]);
    assert_eq!(allowed.out, silent.out, "an allow compiles as `-A` does");
    assert_eq!(rules(&on("1801439999", &["validate", "--format", "json"]))[0], "left-out");
    let over = on("1801440000", &["validate", "--format", "json"]);
    ended(&over, 1, "");
    assert!(over.out.contains("allowed until 2027-01-31, which is over"), "{}", over.out);
    ended(&on("1801440000", &["generate", "-o", "-"]), 1, "nothing was written");
}

#[test]
fn nothing_allows_or_lowers_a_mandatory_rule() {
    let project = Project::new();
    let settings = project.read("gwcfg.yaml");
    let with = |more: &str| project.write("gwcfg.yaml", format!("{settings}{more}\n"));
    with("mandatory: [weights-sum, provider-unknown]");
    for option in [["-A", "weights-sum"], ["-W", "provider-unknown"]] {
        let refused = project.run(&["validate", option[0], option[1]]);
        let told = format!("`{}` is mandatory in this project, so nothing can", option[1]);
        ended(&refused, 2, &told);
    }
    ended(&project.run(&["validate", "-D", "weights-sum", "-W", "port-differs"]), 0, "");
    with("mandatory: [weights-sum]\nrules: {weights-sum: info}");
    ended(&project.run(&["validate"]), 2, "`gwcfg.yaml:10:9`: `weights-sum` is mandatory");
    with("mandatory: [weights-sum]\nrules: {weights-sum: error}");
    ended(&project.run(&["validate"]), 0, "");
    with("mandatory: [weight-sum]");
    ended(&project.run(&["validate"]), 2, "there is no rule `weight-sum`: did you mean `weights-");
}
