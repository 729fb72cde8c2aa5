//! JUnit reports by the schema of Jenkins, which `xmlschema` reads.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::project::plain;
use crate::support::python;
use crate::{broken, fixtures, found, report_on};

/// The newest release when this was written.
const XMLSCHEMA: &str = "xmlschema==4.3.2";

const CHECK: &str = "
import sys, xmlschema
schema = xmlschema.XMLSchema(sys.argv[1])
for report in sys.argv[2:]:
    for error in schema.iter_errors(report):
        print(report, error.reason or error)
";

/// What the schema has against reports; `None` when nobody can be asked.
fn breaches(reports: &[String]) -> Option<String> {
    let python = python::environment("xmlschema-4", XMLSCHEMA)?;
    let folder = tempfile::tempdir().unwrap();
    let write = |(number, report): (usize, &String)| {
        let path = folder.path().join(format!("{number}.xml"));
        fs::write(&path, report).unwrap();
        path
    };
    let paths: Vec<_> = reports.iter().enumerate().map(write).collect();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/junit-10.xsd");
    let mut command = Command::new(python);
    command.args(["-I", "-c", CHECK]).arg(schema).args(paths);
    plain(&mut command);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn reports_are_what_the_schema_of_jenkins_wants() {
    let project = broken();
    let mut reports = vec![found(&project, &["validate", "--format", "junit"])];
    reports.push(found(&project, &["validate", "--format", "junit", "--fail-on", "info"]));
    reports.push(report_on(Path::new(env!("CARGO_MANIFEST_DIR")), "junit"));
    reports.extend(fixtures().iter().map(|folder| report_on(folder, "junit")));
    if let Some(breaches) = breaches(&reports) {
        assert_eq!(breaches, "");
    }
}

#[test]
fn the_schema_sees_what_is_wrong() {
    let report = found(&broken(), &["validate", "--format", "junit"]);
    let wrong = [
        report.replace("<failure ", "<fault ").replace("</failure>", "</fault>"),
        report.replace("testcase name=", "testcase label="),
        report.replace(" errors=\"0\"", ""),
    ];
    for report in wrong {
        let Some(breaches) = breaches(&[report]) else { return };
        assert_ne!(breaches, "");
    }
}

#[test]
fn a_warning_fails_as_a_test_when_it_fails_the_command() {
    let project = broken();
    let failures = |report: &str| report.matches("<failure ").count();
    let errors = found(&project, &["validate", "--format", "junit"]);
    let warnings = found(&project, &["validate", "--format", "junit", "--fail-on", "warning"]);
    assert!(failures(&errors) > 0 && errors.contains("<system-out>"), "{errors}");
    assert!(failures(&warnings) > failures(&errors), "{warnings}");
    assert!(errors.contains(&format!("failures=\"{}\"", failures(&errors))), "{errors}");
}
