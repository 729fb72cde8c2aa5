//! Code Quality reports by what GitLab documents: an array of issues with these fields, and a
//! fingerprint of its own for each.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{broken, fixtures, found, report_on};

/// The words that GitLab knows.
const SEVERITIES: &[&str] = &["info", "minor", "major", "critical", "blocker"];

/// What is wrong about a report.
fn breaches(report: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(report).unwrap();
    let mut prints = BTreeSet::new();
    let mut wrong = Vec::new();
    for issue in report.as_array().unwrap() {
        let text = |field: &str| issue[field].as_str().unwrap_or("").to_owned();
        let location = &issue["location"];
        let path = location["path"].as_str().unwrap_or("");
        let right = !text("description").is_empty()
            && !text("check_name").is_empty()
            && prints.insert(text("fingerprint"))
            && !text("fingerprint").is_empty()
            && SEVERITIES.contains(&text("severity").as_str())
            && !path.is_empty()
            && !path.starts_with("./")
            && location["lines"]["begin"].as_u64().is_some_and(|line| line > 0);
        if !right {
            wrong.push(issue.to_string());
        }
    }
    wrong
}

#[test]
fn every_issue_has_the_fields_that_gitlab_asks_for() {
    let report = found(&broken(), &["validate", "--format", "gitlab"]);
    assert_eq!(breaches(&report), Vec::<String>::new());
    assert!(report.matches("\"fingerprint\"").count() >= 4, "{report}");
    for folder in fixtures() {
        assert_eq!(breaches(&report_on(&folder, "gitlab")), Vec::<String>::new(), "{folder:?}");
    }
    for (right, wrong) in [("\"major\"", "\"bad\""), ("\"path\"", "\"file\""), ("begin", "line")] {
        assert_ne!(breaches(&report.replace(right, wrong)), Vec::<String>::new(), "{wrong}");
    }
}
