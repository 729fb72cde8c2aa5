//! A project in several environments: what each compiles to, keeps and takes back on its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a panic fails the test"
)]

mod support;

use std::fs;
use std::time::{Duration, Instant};

use support::project::{Ended, Project};

/// No way back takes longer, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The example project with an environment `prod`.
fn project(overlay: &str) -> Project {
    let project = Project::new();
    let settings = project.read("gwcfg.yaml");
    let environments = "environments: {prod: {overlay: config/env/prod.yaml}, bare: {}}\n";
    project.write("gwcfg.yaml", format!("{settings}{environments}"));
    fs::create_dir(project.path("config/env")).unwrap();
    project.write("config/env/prod.yaml", overlay);
    project
}

fn ends(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    for word in words {
        assert!(ended.out.contains(word) || ended.err.contains(word), "no `{word}` in {ended:?}");
    }
}

const OUTPUT: &str = "config/litellm-unified.prod.yaml";
const OVERLAY: &str = "providers: {vllm: {base_url: 'http://10.0.0.5:8001'}}\n";

/// A config without its header.
fn body(config: &str) -> String {
    config.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_overlay_compiles_to_what_the_sources_would_if_they_said_it() {
    let overlaid = project(OVERLAY);
    let by_hand = Project::new();
    let providers = by_hand.read("config/providers.yaml");
    by_hand.write(
        "config/providers.yaml",
        providers.replace("http://127.0.0.1:8001", "http://10.0.0.5:8001"),
    );
    let of = |project: &Project, arguments: &[&str]| {
        let ended = project.run(&[&["generate", "-o", "-"], arguments].concat());
        ends(&ended, 0, &[]);
        body(&ended.out)
    };
    assert_eq!(of(&overlaid, &["--env", "prod"]), of(&by_hand, &[]));
    assert_ne!(of(&overlaid, &["--env", "prod"]), of(&overlaid, &[]));
    // An environment without an overlay is the sources.
    assert_eq!(of(&overlaid, &["--env", "bare"]), of(&overlaid, &[]));
}

#[test]
fn a_changed_overlay_is_drift_of_its_environment_alone() {
    let project = project(OVERLAY);
    ends(&project.run(&["generate"]), 0, &["generation 1"]);
    ends(&project.run(&["generate", "--env", "prod"]), 0, &[OUTPUT, "generation 1"]);
    project.write("config/env/prod.yaml", OVERLAY.replace("8001", "8002"));
    let drifted = project.run(&["generate", "--check", "--env", "prod"]);
    ends(&drifted, 1, &["run `gwcfg generate --env prod`"]);
    ends(&project.run(&["generate", "--check"]), 0, &["is up to date"]);
    ends(&project.run(&["generate", "--env", "prod"]), 0, &["generation 2"]);
    ends(&project.run(&["diff", "--env", "prod", "1", "2"]), 0, &["+", "10.0.0.5:8002"]);
    ends(&project.run(&["rollback", "--env", "prod"]), 0, &["what generation 1 was"]);
    assert!(project.read(OUTPUT).contains("10.0.0.5:8001"));
    // The history of the others knows nothing of it.
    let history = project.run(&["history", "--format", "json"]);
    assert_eq!(history.out.matches("\"number\"").count(), 1);
    assert_eq!(project.list(".gwcfg/env"), ["prod"]);
}

#[test]
fn the_way_back_needs_no_project_file() {
    let project = project(OVERLAY);
    ends(&project.run(&["generate", "--env", "prod"]), 0, &["generation 1"]);
    project.write("config/env/prod.yaml", OVERLAY.replace("8001", "8002"));
    ends(&project.run(&["generate", "--env", "prod"]), 0, &["generation 2"]);
    project.write("gwcfg.yaml", "environments: {prod: [\n");
    let listed = project.run(&["history", "--env", "prod"]);
    ends(&listed, 0, &["`gwcfg.yaml` has errors", "2  current"]);
    ends(&project.run(&["rollback", "--env", "prod"]), 0, &["what generation 1 was"]);
    project.remove("gwcfg.yaml");
    ends(&project.run(&["rollback", "--env", "prod", "--to", "2"]), 0, &["generation 2 was"]);
    assert!(project.read(OUTPUT).contains("10.0.0.5:8002"));
}

#[test]
fn a_deploy_is_pending_in_its_environment_alone_and_goes_back_by_itself() {
    let deploy = "deploy: {reload: ['true']}\n";
    let project = project(&format!("{OVERLAY}{deploy}"));
    ends(&project.run(&["generate", "--env", "prod"]), 0, &["generation 1"]);
    let before = project.read(OUTPUT);
    let changed = format!("{}{deploy}", OVERLAY.replace("8001", "8002"));
    project.write("config/env/prod.yaml", changed);
    let deployed = project.run(&["deploy", "--env", "prod", "--confirm", "2s"]);
    ends(&deployed, 0, &["reload: true", "unless you confirm it: `gwcfg confirm --env prod`"]);
    let elsewhere = project.run(&["confirm"]);
    ends(&elsewhere, 4, &["no deploy waits", "one waits in `prod`: `gwcfg confirm --env prod`"]);
    ends(&project.run(&["generate"]), 0, &["generation 1"]);
    let begun = Instant::now();
    // The output comes back first, and the history is written then.
    let history = || project.run(&["history", "--env", "prod"]);
    while project.read(OUTPUT) != before || !history().out.contains("2  failed") {
        assert!(begun.elapsed() < PATIENCE, "nobody took the deploy back");
        std::thread::sleep(Duration::from_millis(50));
    }
    ends(&history(), 0, &["2  failed", "1  current"]);
    let again = ["deploy", "--env", "prod", "--confirm", "60s", "--wait", "30s"];
    ends(&project.run(&again), 0, &["generation 3"]);
    ends(&project.run(&["confirm", "--env", "prod"]), 0, &["generation 3 is confirmed"]);
}

#[test]
fn an_overlay_says_what_gwcfg_yaml_may_say() {
    let project =
        project("rules: {model-unreached: error}\nkeep: {last: 1, daily: 0, weekly: 0}\n");
    let shown = project.run(&["config", "show", "--env", "prod", "--origin"]);
    ends(&shown, 0, &["model-unreached: error", "config/env/prod.yaml:1", "last: 1"]);
    // What is shown is a project file that says the same.
    let plain = project.run(&["config", "show", "--env", "prod"]).out;
    project.write("flat.yaml", &plain);
    assert_eq!(project.run(&["--config", "flat.yaml", "config", "show"]).out, plain);
    for (overlay, words) in [
        ("rules: {model-unreachd: error}\n", "`config/env/prod.yaml:1:9`: there is no rule"),
        ("deploy: {reload-timeout: soon}\n", "`config/env/prod.yaml:1:26`: `soon` is no time"),
        ("deploy: {reload: 5}\n", "`config/env/prod.yaml` has errors, so nothing else was judged"),
    ] {
        project.write("config/env/prod.yaml", overlay);
        ends(&project.run(&["validate", "--env", "prod"]), 2, &[words]);
        ends(&project.run(&["validate", "--all-envs"]), 2, &[words]);
        ends(&project.run(&["validate"]), 0, &[]);
    }
    project.remove("config/env/prod.yaml");
    let missing = "`gwcfg.yaml:9:32`: `config/env/prod.yaml` does not exist";
    ends(&project.run(&["validate", "--env", "prod"]), 2, &[missing]);
}

#[test]
fn a_project_file_with_impossible_environments_is_refused() {
    let project = Project::new();
    let settings = project.read("gwcfg.yaml");
    let many = (0..9).map(|number| format!("{number}.yaml")).collect::<Vec<_>>().join(", ");
    for (environments, words) in [
        ("{'../x': {}}", "becomes a folder's"),
        ("{prod: {}, Prod: {}}", "differ in case only"),
        ("{prod: {overlay: ''}}", "this names no file"),
        ("{prod: {overlay: 5}}", "has errors"),
        ("{prod: {overly: a.yaml}}", "did you mean `overlay`"),
        (&format!("{{prod: {{overlay: [{many}]}}}}"), "at most 8 overlays"),
    ] {
        project.write("gwcfg.yaml", format!("{settings}environments: {environments}\n"));
        ends(&project.run(&["validate"]), 2, &[words]);
    }
    project.write("gwcfg.yaml", &settings);
    ends(&project.run(&["validate", "--env", "prod"]), 2, &["has no `environments`"]);
    ends(&project.run(&["validate", "--all-envs"]), 0, &["note: gwcfg.yaml has no `environments`"]);
}

#[test]
fn a_secret_of_an_overlay_shows_nowhere() {
    let secret = ["sk", "-proj-", "0123456789abcdefABCDEF"].concat();
    let project = project(&format!(
        "gateway: {{general_settings: {{master_key: '{secret}'}}}}\n\
         providers: {{openai: {{api_key: {secret}}}}}\ndeploy: {{reload: 5}}\n"
    ));
    let runs: [&[&str]; 6] = [
        &["validate", "--env", "prod"],
        &["validate", "--all-envs", "--format", "json"],
        &["generate", "--env", "prod", "-o", "-"],
        &["config", "show", "--env", "prod", "--origin"],
        &["config", "show", "--env", "prod", "--format", "json"],
        &["env", "--env", "prod"],
    ];
    for broken in [true, false] {
        if !broken {
            let overlay = project.read("config/env/prod.yaml");
            project.write("config/env/prod.yaml", overlay.replace("reload: 5", "reload: ['true']"));
        }
        for arguments in runs {
            let ended = project.run(arguments);
            assert!(!ended.out.contains(&secret) && !ended.err.contains(&secret), "{ended:?}");
        }
    }
    let shown = project.run(&["config", "show", "--env", "prod"]);
    ends(&shown, 0, &["master_key: '********'", "- 'true'"]);
    let fixed = project.run(&["validate", "--env", "prod"]);
    ends(&fixed, 1, &["config/env/prod.yaml:1:", "which has to be set then"]);
}

#[test]
fn a_file_of_two_environments_is_read_once() {
    let project = project(OVERLAY);
    let settings = project.read("gwcfg.yaml");
    project
        .write("gwcfg.yaml", settings.replace("bare: {}", "bare: {overlay: config/env/prod.yaml}"));
    let all = project.run(&["validate", "--all-envs", "--format", "json"]);
    ends(&all, 0, &[]);
    assert_eq!(all.out.matches("config/env/prod.yaml").count(), 1, "{}", all.out);
}

/// An overlay that moves a service, so that the port of the sources differs; an entry that is not
/// there.
const MOVED: &str =
    "services: {vllm: {port: 8002, health_check: null}}\nproviders:\n  nobody: null\n";

#[test]
fn comments_of_an_overlay_count_and_what_is_mandatory_stays_so() {
    let project = project(MOVED);
    let removes = "nobody: null # gwcfg: allow[overlay-removes-nothing] it comes next week";
    let prod = ["validate", "--env", "prod", "-A", "port-differs"];
    ends(&project.run(&prod), 1, &["config/env/prod.yaml:3:3"]);
    let allowed = MOVED.replace("nobody: null", removes);
    project.write("config/env/prod.yaml", &allowed);
    ends(&project.run(&prod), 0, &["no findings"]);
    // A setting of the project file is allowed by a comment of the overlay, too.
    project
        .write("config/env/prod.yaml", "keep:\n  weeks: 1 # gwcfg: allow[setting-unknown] later\n");
    let settings = project.read("gwcfg.yaml");
    ends(&project.run(&["validate", "--env", "prod"]), 0, &["no findings"]);
    project.write("gwcfg.yaml", format!("{settings}mandatory: [overlay-removes-nothing]\n"));
    project.write("config/env/prod.yaml", &allowed);
    ends(&project.run(&prod), 1, &["[overlay-removes-nothing]", "[allow-of-mandatory]"]);
    project.write("config/env/prod.yaml", "rules: {overlay-removes-nothing: allow}\n");
    let lowered = "`config/env/prod.yaml:1:9`: `overlay-removes-nothing` is mandatory";
    ends(&project.run(&["validate", "--env", "prod"]), 2, &[lowered]);
    ends(&project.run(&["validate", "--all-envs"]), 2, &[lowered]);
}

#[test]
fn what_one_environment_needs_is_not_called_unused_in_all_of_them() {
    let project =
        project(&MOVED.replace("services", "# gwcfg: allow[url-invalid] never\nservices"));
    let providers = project.read("config/providers.yaml");
    let needed = "8001 # gwcfg: allow[port-differs] behind a proxy";
    let unneeded = "11434 # gwcfg: allow[port-differs] as well";
    project.write(
        "config/providers.yaml",
        providers.replacen("8001", needed, 1).replacen("11434", unneeded, 1),
    );
    let all = project.run(&["validate", "--all-envs", "--format", "plain"]);
    let unused: Vec<&str> = all.out.lines().filter(|line| line.contains("unused-allow")).collect();
    assert_eq!(unused.len(), 2, "{all:?}");
    assert!(unused[0].contains("config/env/prod.yaml:1:"), "{unused:?}");
    assert!(unused[0].contains("(only in environment `prod`)"), "{unused:?}");
    assert!(unused[1].contains("config/providers.yaml:6:"), "{unused:?}");
    let sarif = project.run(&["validate", "--all-envs", "--format", "sarif"]).out;
    assert_eq!(sarif.matches("\"kind\": \"inSource\"").count(), 1, "{sarif}");
}

#[test]
fn a_baseline_is_of_all_environments_and_its_entries_are_used_in_any() {
    let project = project(MOVED);
    let write = ["validate", "--env", "prod", "--write-baseline", "known.yaml"];
    ends(&project.run(&write), 0, &["2 findings are known"]);
    let all = ["validate", "--all-envs", "--baseline", "known.yaml"];
    ends(&project.run(&all), 0, &["no findings"]);
    // In no environment any more: told once, as what is found everywhere.
    project.write("config/env/prod.yaml", MOVED.replace("nobody: null", "ollama: {timeout: 5}"));
    let left = project.run(&all);
    ends(&left, 0, &["[baseline-unused]", "overlay-removes-nothing"]);
    assert_eq!(left.out.matches("[baseline-unused]").count(), 1, "{left:?}");
    assert!(!left.out.contains("only in environment"), "{left:?}");
    for option in [&["--fix"][..], &["--diff"], &["--write-baseline", "x.yaml"], &["--env", "prod"]]
    {
        let refused = [&["validate", "--all-envs"], option].concat();
        ends(&project.run(&refused), 2, &["cannot be used with"]);
    }
    let before = ["--env", "prod", "validate", "--all-envs"];
    ends(&project.run(&before), 2, &["leave one of them out"]);
}

#[test]
fn a_fix_mends_the_overlay_of_the_environment() {
    let project = project("providers: {vllm: {api_key: hunter2hunter2}}\n");
    let fix = ["validate", "--env", "prod", "--fix", "--unsafe-fixes"];
    ends(&project.run(&fix), 0, &["fixed 1 finding in 1 file"]);
    let mended = project.read("config/env/prod.yaml");
    assert_eq!(mended, "providers: {vllm: {env_var: VLLM_API_KEY}}\n");
}
