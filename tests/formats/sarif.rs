//! SARIF by its official schema, and what that schema does not say.

use serde_json::Value;

use crate::{broken, fixtures, found, report_on};

/// What the official schema has against a log.
fn breaches(sarif: &str) -> Vec<String> {
    let schema = include_str!("sarif-schema-2.1.0.json");
    // A slip of the official schema: a bracket too many, which is no regular expression to those
    // who look closely. It is about the language of a run, which gwcfg does not tell.
    let (slip, meant) = ("^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}-[a-zA-Z]{2}$");
    assert!(schema.contains(slip));
    let schema: Value = serde_json::from_str(&schema.replace(slip, meant)).unwrap();
    let log: Value = serde_json::from_str(sarif).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(&log).map(|error| error.to_string()).collect()
}

fn results(sarif: &str) -> Vec<Value> {
    let log: Value = serde_json::from_str(sarif).unwrap();
    log["runs"][0]["results"].as_array().unwrap().clone()
}

/// The fingerprints of the results of one rule.
fn fingerprints(sarif: &str, rule: &str) -> Vec<String> {
    let of_rule = results(sarif).into_iter().filter(|result| result["ruleId"] == rule);
    let prints = of_rule.map(|result| result["partialFingerprints"]["gwcfg/v1"].to_string());
    prints.collect()
}

#[test]
fn a_log_is_what_the_official_schema_wants() {
    let sarif = found(&broken(), &["validate", "--format", "sarif"]);
    assert_eq!(breaches(&sarif), Vec::<String>::new());
    assert!(results(&sarif).len() >= 4, "{sarif}");
    for folder in fixtures() {
        assert_eq!(breaches(&report_on(&folder, "sarif")), Vec::<String>::new(), "{folder:?}");
    }
}

#[test]
fn the_schema_sees_what_is_wrong() {
    let sarif = found(&broken(), &["validate", "--format", "sarif"]);
    for (right, wrong) in [
        ("\"unicodeCodePoints\"", "\"letters\""),
        ("\"level\": \"error\"", "\"level\": \"fatal\""),
        ("\"startLine\": 2", "\"startLine\": 0"),
        ("\"ruleIndex\"", "\"ruleNumber\""),
    ] {
        assert!(sarif.contains(right), "{right}");
        assert_ne!(breaches(&sarif.replace(right, wrong)), Vec::<String>::new(), "{wrong}");
    }
}

#[test]
fn every_result_points_to_its_rule_and_to_a_file_that_is_listed() {
    let sarif = found(&broken(), &["validate", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results(&sarif) {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let page = rule["help"]["markdown"].as_str().unwrap();
        assert!(page.contains("## Why this matters"), "{page}");
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let index = usize::try_from(place["index"].as_u64().unwrap()).unwrap();
        assert_eq!(run["artifacts"][index]["location"]["uri"], place["uri"]);
    }
    let unknown = results(&sarif).into_iter().find(|result| result["ruleId"] == "provider-unknown");
    let unknown = unknown.unwrap();
    let related = &unknown["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(related, "config/providers.yaml");
    // `café` is four characters.
    let region = &unknown["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (region["startColumn"].as_u64(), region["endColumn"].as_u64()),
        (Some(20), Some(25))
    );
}

#[test]
fn a_finding_that_moves_is_the_same_and_one_whose_value_changes_is_not() {
    let project = broken();
    let rule = "provider-unknown";
    let prints = || fingerprints(&found(&project, &["validate", "--format", "sarif"]), rule);
    let first = prints();
    assert_eq!(first.len(), 1);
    let mappings = project.read("config/model-mappings.yaml");
    let moved = format!(
        "# a comment\n\n{}",
        mappings.replace("  café: {provider: olama,", "  café:   { 'provider': \"olama\",")
    );
    project.write("config/model-mappings.yaml", &moved);
    assert_eq!(prints(), first);
    project.write("config/model-mappings.yaml", moved.replace("olama\"", "ollamma\""));
    let changed = prints();
    assert_eq!(changed.len(), 1);
    assert_ne!(changed, first);
}

#[test]
fn the_fix_of_a_log_mends_the_file() {
    let project = broken();
    let sarif = found(&project, &["validate", "--format", "sarif"]);
    let unknown = results(&sarif).into_iter().find(|result| result["ruleId"] == "provider-unknown");
    let fix = unknown.unwrap()["fixes"][0]["artifactChanges"][0].clone();
    let path = fix["artifactLocation"]["uri"].as_str().unwrap();
    let region = &fix["replacements"][0]["deletedRegion"];
    let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
    let text = project.read(path);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line: Vec<char> = lines[number("startLine") - 1].chars().collect();
    let before: String = line[..number("startColumn") - 1].iter().collect();
    let after: String = line[number("endColumn") - 1..].iter().collect();
    let inserted = fix["replacements"][0]["insertedContent"]["text"].as_str().unwrap();
    lines[number("startLine") - 1] = format!("{before}{inserted}{after}");
    project.write(path, lines.join("\n"));
    let again = found(&project, &["validate", "--format", "sarif"]);
    assert_eq!(fingerprints(&again, "provider-unknown"), Vec::<String>::new());
}
