//! Nothing is skipped in silence: each key that the schemas publish changes the output or the
//! findings when it is set, unless it is there for people alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::gateway::yaml::YamlWriter;
use crate::testing::with_lowered;

/// What stands around a key: files in which `@` is replaced.
const PROVIDER: &str = "
--- providers.yaml
providers:
  p:
    type: vllm
    base_url: 'http://127.0.0.1:8001'
    status: active
    models: [m, n, {name: o, size: 8B}]
    @
  q: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [c]}
--- model-mappings.yaml
capabilities:
  big: {provider: p, min_model_size: 7B}
fallback_chains:
  c: {chain: [p]}
";

/// The same, for keys of which the provider has another value already.
const BARE_PROVIDER: &str = "
--- providers.yaml
providers:
  p: {base_url: 'http://127.0.0.1:8001', models: [m], @}
  q: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [c]}
";

const MODEL: &str = "
--- providers.yaml
providers:
  p:
    {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [m, {@}]}
--- model-mappings.yaml
capabilities:
  big: {provider: p, min_model_size: 7B}
";

const CHECKS: &str = "
--- providers.yaml
providers:
  p: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [m]}
health_checks: {@}
";

const METADATA: &str = "
--- providers.yaml
providers:
  p: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [m]}
metadata: {@}
";

/// Two providers, and `@` is the mappings.
const MAPPINGS: &str = "
--- providers.yaml
providers:
  p: {type: vllm, base_url: 'http://127.0.0.1:8001', status: active, models: [m, n]}
  q: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [c, {name: d,
      size: 70B, context_length: 4096}]}
--- model-mappings.yaml
@
";

/// A provider of which nothing else is written.
const EMPTY_PROVIDER: &str = "
--- providers.yaml
providers: {p: {@}}
";

/// A key, what stands around it, and what replaces `@` there.
struct Case {
    key: String,
    files: &'static str,
    without: String,
    with: String,
}

/// The cases of `every_key.txt`: `= KEY in FILES`, `- without`, `+ with`; a line that begins with
/// a space continues the one before.
fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut sign = "";
    for line in include_str!("every_key.txt").lines().filter(|line| !line.is_empty()) {
        let (mark, text) = line.split_once(' ').unwrap_or((line, ""));
        if mark == "=" {
            let (key, files) = text.split_once(" in ").unwrap();
            let (without, with) = (String::new(), String::new());
            cases.push(Case { key: key.to_owned(), files: files_named(files), without, with });
        }
        sign = if mark.is_empty() { sign } else { mark };
        let case = cases.last_mut().unwrap();
        match sign {
            "-" => write!(case.without, "{text} ").unwrap(),
            "+" => write!(case.with, "{text} ").unwrap(),
            _ => {}
        }
    }
    cases
}

fn files_named(name: &str) -> &'static str {
    match name {
        "provider" => PROVIDER,
        "bare provider" => BARE_PROVIDER,
        "providers" => EMPTY_PROVIDER,
        "model" => MODEL,
        "checks" => CHECKS,
        "metadata" => METADATA,
        "mappings" => MAPPINGS,
        other => panic!("no files are named {other}"),
    }
}

/// The output and the findings of a project, as one text.
fn effect(files: &str, text: &str) -> String {
    with_lowered(&files.replace('@', text), |lowered, _, report| {
        let mut bytes = Vec::new();
        let mut writer = YamlWriter::new(&mut bytes);
        super::emit(lowered, &mut writer).unwrap();
        writer.finish().unwrap();
        let mut effect = String::from_utf8(bytes).unwrap();
        let known = |rule: &str| rule != "syntax-error" && rule != "key-unknown";
        assert!(report.findings().iter().all(|finding| known(finding.rule.name)), "{text}");
        // Without places: another key moves them.
        for finding in report.findings() {
            writeln!(effect, "{}: {}", finding.rule.name, finding.message).unwrap();
            for label in &finding.labels {
                writeln!(effect, "  {}", label.text).unwrap();
            }
        }
        effect
    })
}

/// `Definition.key` of each key that a schema publishes and that is not for people alone.
fn published(schema: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let mut keys = BTreeSet::new();
    for (definition, shape) in schema["$defs"].as_object().unwrap() {
        for (key, property) in shape["properties"].as_object().into_iter().flatten() {
            let text = property["description"].as_str().unwrap_or_default();
            let for_people = text == "For people." || text.ends_with(", for people.");
            if !for_people && text != "Of a case that no gateway offers." {
                keys.insert(format!("{definition}.{key}"));
            }
        }
    }
    keys
}

#[test]
fn every_published_key_has_a_case() {
    let mut published = published(include_str!("../../../schemas/providers.json"));
    published.extend(self::published(include_str!("../../../schemas/model-mappings.json")));
    let tried: BTreeSet<String> = cases().into_iter().map(|case| case.key).collect();
    let missing: Vec<_> = published.difference(&tried).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_key_changes_the_output_or_the_findings() {
    let mut silent = cases();
    silent.retain(|case| effect(case.files, &case.without) == effect(case.files, &case.with));
    let silent: Vec<String> = silent.into_iter().map(|case| case.key).collect();
    assert!(silent.is_empty(), "these keys are skipped in silence: {silent:?}");
}
