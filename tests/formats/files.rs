//! `--report FORMAT=FILE`.

use std::fs;

use serde_json::Value;

use crate::support::project::{Project, ends};
use crate::{SECRET, broken};

#[test]
fn one_run_tells_people_and_writes_files_for_programs() {
    let project = broken();
    let mut arguments = vec!["validate", "--color", "always"];
    let formats = ["human", "json", "sarif", "github", "gitlab", "junit", "plain"];
    let reports: Vec<String> =
        formats.iter().map(|format| format!("{format}=reports/all/{format}.txt")).collect();
    arguments.extend(reports.iter().flat_map(|report| ["--report", report.as_str()]));
    let ended = project.run(&arguments);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("\u{1b}[1;31merror[provider-unknown]"), "{}", ended.out);
    for format in formats {
        let file = project.read(&format!("reports/all/{format}.txt"));
        let alone = project.run(&["validate", "--format", format]).out;
        assert_eq!(file, alone, "{format}");
        assert!(!file.contains('\u{1b}') && !file.contains(SECRET), "{format}");
    }
    // Each is written beside itself and then renamed: nothing is left.
    assert_eq!(project.list("reports/all").len(), formats.len());
}

#[test]
fn a_file_that_is_there_is_replaced_whole() {
    let project = broken();
    project.write("gwcfg.sarif", "x".repeat(1_000_000));
    ends(&project.run(&["validate", "-q", "--report", "sarif=gwcfg.sarif"]), 1, &[]);
    let log: Value = serde_json::from_str(&project.read("gwcfg.sarif")).unwrap();
    assert_eq!(log["version"], "2.1.0");
}

#[test]
fn every_command_that_reports_writes_files() {
    let project = Project::new();
    let report = ["--report", "json=report.json"];
    let commands: [&[&str]; 6] = [
        &["validate"],
        &["generate"],
        &["generate", "--check"],
        &["generate", "-o", "-"],
        &["generate", "--emit", "configmap"],
        &["lint", "config/litellm-unified.yaml"],
    ];
    for command in commands {
        let ended = project.run(&[command, &report].concat());
        assert_eq!(ended.code, Some(0), "{command:?} {ended:?}");
        let report: Value = serde_json::from_str(&project.read("report.json")).unwrap();
        assert_eq!(report["version"], 1, "{command:?}");
        project.remove("report.json");
    }
    // Nothing new to deploy, and so nothing is restarted.
    let ended = project.run(&["deploy", "--report", "json=report.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(project.path("report.json").exists());
}

#[test]
fn no_file_of_the_project_is_replaced_by_a_report() {
    let project = broken();
    let before = project.read("config/providers.yaml");
    project.write("linted.yaml", "model_list: []\n");
    std::os::unix::fs::symlink("config/providers.yaml", project.path("link.sarif")).unwrap();
    let refused: [(&[&str], &str); 9] = [
        (&["validate", "--report", "json=config/providers.yaml"], "one of the sources"),
        (&["validate", "--report", "json=./config/../config/providers.yaml"], "sources"),
        (&["validate", "--report", "json=config/ports.yaml"], "one of the sources"),
        (&["validate", "--report", "sarif=link.sarif"], "one of the sources"),
        (&["validate", "--report", "json=gwcfg.yaml"], "one of the sources"),
        (&["generate", "--report", "json=config/litellm-unified.yaml"], "the output"),
        (&["generate", "-o", "out.yaml", "--report", "json=out.yaml"], "the output"),
        (&["validate", "--report", "json=.gwcfg/head.json"], "in the state folder"),
        (&["lint", "linted.yaml", "--report", "json=linted.yaml"], "a config to lint"),
    ];
    for (arguments, why) in refused {
        let ended = project.run(arguments);
        ends(&ended, 2, &[why, "name another file for the report"]);
        assert_eq!(ended.out, "", "nothing was judged: {arguments:?}");
    }
    assert_eq!(project.read("config/providers.yaml"), before);
    assert!(!project.path("config/ports.yaml").exists() && !project.path("out.yaml").exists());
}

#[test]
fn what_cannot_be_written_or_understood_ends_with_two() {
    let project = broken();
    fs::create_dir(project.path("folder.sarif")).unwrap();
    project.write("file", "");
    let wrong: [(&[&str], &str); 7] = [
        (&["--report", "sarif"], "write it as FORMAT=FILE"),
        (&["--report", "sarif="], "name the file"),
        (&["--report", "serif=a"], "there is no format `serif`"),
        (&["--report", "sarif=-"], "use `--format sarif`"),
        (&["--report", "sarif=a", "--report", "json=./a"], "is named twice"),
        (&["--report", "sarif=folder.sarif"], "cannot write `folder.sarif`"),
        (&["--report", "sarif=file/a.sarif"], "cannot write `file/a.sarif`"),
    ];
    for (options, why) in wrong {
        ends(&project.run(&[&["validate"], options].concat()), 2, &[why]);
    }
    // The report on the terminal is not lost with the file.
    let ended = project.run(&["validate", "--report", "sarif=folder.sarif"]);
    assert!(ended.out.contains("provider-unknown"), "{}", ended.out);
}
