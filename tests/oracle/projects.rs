//! Random projects, compiled by gwcfg: capabilities with orders, weighted groups, exact names,
//! patterns, chains that touch each other, a default chain, a default provider.

use std::fmt::Write as _;

use gwcfg::diagnostic::{Level, Levels, Report, Severity};
use gwcfg::gateway::litellm::compiled;
use gwcfg::gateway::litellm::config::Config;
use gwcfg::gateway::litellm::emit;
use gwcfg::gateway::litellm::walk::Gateway;
use gwcfg::gateway::yaml::YamlWriter;
use gwcfg::pipeline::{self, Files, Overlays};
use gwcfg::source::{SourceFile, Sources, parse};

use crate::chance::Chance;

/// The two sources.
pub struct Project {
    providers: String,
    mappings: String,
}

const MODELS: [&str; 5] = ["m0", "m1", "m2", "m3", "m4"];
const PROVIDERS: [&str; 3] = ["one", "two", "three"];

/// The project of a seed.
pub fn project(seed: u64) -> Project {
    let chance = &mut Chance::new(seed ^ 0xabcd);
    let mut providers = "providers:\n".to_owned();
    let mut served: Vec<(&str, &str)> = Vec::new();
    for (number, provider) in PROVIDERS.iter().enumerate() {
        let port = 8001 + number;
        let models: Vec<&str> = MODELS.into_iter().filter(|_| chance.percent(45)).collect();
        let models = if models.is_empty() { vec![MODELS[number]] } else { models };
        writeln!(
            providers,
            "  {provider}: {{type: openai_compatible, base_url: \"http://127.0.0.1:{port}/v1\", \
             status: active, default_model: {}, models: [{}]}}",
            models[0],
            models.join(", ")
        )
        .unwrap();
        served.extend(models.iter().map(|model| (*provider, *model)));
    }
    let mut names: Vec<String> = served.iter().map(|(_, model)| (*model).to_owned()).collect();
    names.sort();
    names.dedup();
    let mut mappings = String::new();
    exact_matches(chance, &mut mappings, &served, &mut names);
    load_balancing(chance, &mut mappings, &served, &mut names);
    capabilities(chance, &mut mappings, &mut names);
    fallback_chains(chance, &mut mappings, &names);
    if chance.percent(20) {
        mappings.push_str("patterns:\n- {pattern: \"^w/.*\", provider: one}\n");
    }
    if chance.percent(15) {
        mappings.push_str("routing_rules: {default_provider: two}\n");
    }
    Project { providers, mappings }
}

fn exact_matches(
    chance: &mut Chance,
    text: &mut String,
    served: &[(&str, &str)],
    names: &mut Vec<String>,
) {
    text.push_str("exact_matches:\n");
    for name in ["e0", "e1"] {
        let (provider, model) = chance.one_of(served);
        writeln!(text, "  {name}: {{provider: {provider}, backend_model: {model}}}").unwrap();
        names.push(name.to_owned());
    }
}

fn load_balancing(
    chance: &mut Chance,
    text: &mut String,
    served: &[(&str, &str)],
    names: &mut Vec<String>,
) {
    if chance.percent(60) {
        text.push_str("load_balancing:\n  balanced:\n    providers:\n");
        for provider in &PROVIDERS[..2 + chance.below(2)] {
            let (_, model) = served.iter().find(|(owner, _)| owner == provider).unwrap();
            let weight = chance.one_of(&["0.5", "1", "3"]);
            writeln!(
                text,
                "    - {{provider: {provider}, preferred_model: {model}, weight: {weight}}}"
            )
            .unwrap();
        }
        names.push("balanced".to_owned());
    }
}

fn capabilities(chance: &mut Chance, text: &mut String, names: &mut Vec<String>) {
    text.push_str("capabilities:\n");
    let known = names.clone();
    for name in ["c0", "c1"] {
        let mut models = Vec::new();
        for _ in 0..1 + chance.below(3) {
            let model = chance.one_of(&known);
            if !models.contains(model) {
                models.push(model.clone());
            }
        }
        writeln!(text, "  {name}: {{preferred_models: [{}]}}", models.join(", ")).unwrap();
        names.push(name.to_owned());
    }
}

fn fallback_chains(chance: &mut Chance, text: &mut String, names: &[String]) {
    text.push_str("fallback_chains:\n");
    for name in names {
        if chance.percent(45) {
            let chain = steps(chance, names);
            writeln!(text, "  {name}: {{chain: [{chain}]}}").unwrap();
        }
    }
    if chance.percent(40) {
        let chain = steps(chance, names);
        writeln!(text, "  default: {{chain: [{chain}]}}").unwrap();
    }
}

fn steps(chance: &mut Chance, names: &[String]) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for _ in 0..1 + chance.below(3) {
        let step = chance.one_of(names);
        if !steps.contains(&step.as_str()) {
            steps.push(step);
        }
    }
    steps.join(", ")
}

/// The config of a project. Every error is lowered: what it is about is left out.
pub fn compiled(project: &Project) -> String {
    compile(&project.providers, &project.mappings, None)
}

/// The config of the sources.
pub fn compile(providers: &str, mappings: &str, ports: Option<&str>) -> String {
    let mut sources = Sources::default();
    let mut add = |path: &str, text: &str| {
        sources.add(SourceFile::new(path.to_owned(), text.as_bytes().to_vec(), false))
    };
    let providers = add("providers.yaml", providers);
    let mappings = add("model-mappings.yaml", mappings);
    let ports = ports.map(|ports| add("ports.yaml", ports));
    let overlays = Overlays::default();
    let files = Files { project: None, providers, mappings, ports, overlays };
    let mut levels = Levels::default();
    let all = gwcfg::rules::all();
    for rule in &all {
        levels.set(all.iter().copied(), rule.name, Level::Report(Severity::Warning)).unwrap();
    }
    let mut report = Report::new(levels);
    let (_, (text, memory)) = pipeline::compile(&sources, files, &mut report, |lowered, _| {
        let mut text = Vec::new();
        let mut writer = YamlWriter::new(&mut text);
        emit(lowered, &mut writer).unwrap();
        writer.finish().unwrap();
        (String::from_utf8(text).unwrap(), compiled::compile(lowered))
    });
    // What is read in memory is what is written.
    let mut sources = Sources::default();
    let written = sources.add(SourceFile::new(String::new(), text.clone().into_bytes(), false));
    let read = sources.add(SourceFile::new(String::new(), memory.text.into_bytes(), false));
    let tree = parse(&sources, written).tree;
    let composed = memory.composed.tree(read, sources.text(read));
    let (written, read) = (Config::read(&tree), Config::read(&composed));
    assert_eq!(tables(&Gateway::new(&written)), tables(&Gateway::new(&read)), "{text}");
    text
}

/// The tables in words, without places.
fn tables(gateway: &Gateway<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for deployment in &gateway.deployments {
        let place = format!("{:?}", deployment.span);
        lines.push(format!("{deployment:?}").replace(&place, ""));
    }
    lines.extend(gateway.public_names().into_iter().map(str::to_owned));
    lines.join("\n")
}
