//! One string that holds many files, to the findings as text. For the tests of rules.

use std::fmt::Write as _;

use crate::checks::gateway::World;
use crate::diagnostic::{Diagnostic, Label, Level, Levels, Report, Severity};
use crate::gateway::litellm::Lowered;
use crate::gateway::litellm::releases::{PINNED, Release};
use crate::pipeline::{self, Files, Overlays};
use crate::project::baseline;
use crate::source::{SourceFile, Sources};

/// A provider and a mapping that are clean, for rules that look at the other files.
const PROVIDERS: &str = "
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
";
const MAPPINGS: &str = "
exact_matches:
  phi4: {provider: ollama}
";

/// Splits `--- NAME` sections into files; required files that are not there are clean ones.
fn files(text: &str) -> Vec<SourceFile> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in text.trim_start_matches('\n').split_inclusive('\n') {
        match line.strip_prefix("--- ") {
            Some(name) if name.trim_end().ends_with(".yaml") => {
                files.push((name.trim_end(), String::new()));
            }
            _ => {
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                }
            }
        }
    }
    for (name, text) in [("providers.yaml", PROVIDERS), ("model-mappings.yaml", MAPPINGS)] {
        if !files.iter().any(|(known, _)| *known == name) {
            files.push((name, text.trim_start().to_owned()));
        }
    }
    let file =
        |(name, text): (&str, String)| SourceFile::new(name.to_owned(), text.into_bytes(), false);
    files.into_iter().map(file).collect()
}

/// The whole pipeline over the files; hands sources and report on.
pub(crate) fn with_report<T>(text: &str, show: impl FnOnce(&Sources, &Report) -> T) -> T {
    compiled(text, Levels::default(), |_, sources, report| show(sources, report))
}

/// The whole pipeline over the files; hands on what they compile to as well.
pub(crate) fn with_lowered<T>(
    text: &str,
    show: impl FnOnce(&Lowered<'_>, &Sources, &Report) -> T,
) -> T {
    compiled(text, Levels::default(), show)
}

fn compiled<T>(
    text: &str,
    levels: Levels,
    show: impl FnOnce(&Lowered<'_>, &Sources, &Report) -> T,
) -> T {
    let mut sources = Sources::default();
    let (mut known, given): (Vec<_>, Vec<_>) =
        files(text).into_iter().partition(|file| file.path == "baseline.yaml");
    let known = known.pop();
    let ids: Vec<_> =
        given.into_iter().map(|file| (file.path.clone(), sources.add(file))).collect();
    let id = |wanted: &str| ids.iter().find(|(name, _)| name == wanted).map(|(_, id)| *id);
    let files = Files {
        project: id("gwcfg.yaml"),
        providers: id("providers.yaml").unwrap(),
        mappings: id("model-mappings.yaml").unwrap(),
        ports: id("ports.yaml"),
        overlays: Overlays::new(["overlay.yaml", "overlay-2.yaml"].into_iter().filter_map(id)),
    };
    let baseline = known.map(|file| baseline::read(&mut sources, file).unwrap());
    let mut report = Report::new(levels).knowing(baseline);
    let then = |lowered: &Lowered<'_>, report: &Report| show(lowered, &sources, report);
    pipeline::compile(&sources, files, &mut report, then).1
}

/// Every finding of one rule.
pub(crate) fn only(rule: &str, text: &str) -> String {
    only_lowered(rule, &[], text)
}

/// Every finding of one rule, where the rules `lowered` are warnings.
pub(crate) fn only_lowered(rule: &str, lowered: &[&str], text: &str) -> String {
    let mut levels = Levels::default();
    for name in lowered {
        let rules = crate::rules::all();
        levels.set(rules.into_iter(), name, Level::Report(Severity::Warning)).unwrap();
    }
    only_under(rule, levels, text)
}

/// Every finding of one rule on a day such as `2027-01-31`.
pub(crate) fn only_on(rule: &str, day: &str, text: &str) -> String {
    let mut levels = Levels::default();
    levels.set_today(Some(day.parse().unwrap()));
    only_under(rule, levels, text)
}

fn only_under(rule: &str, levels: Levels, text: &str) -> String {
    assert!(crate::rules::find(rule).is_some(), "no rule `{rule}`");
    compiled(text, levels, |_, sources, report| {
        let of_rule = report.findings().iter().filter(|finding| finding.rule.name == rule);
        of_rule.map(|finding| show(sources, finding)).collect::<Vec<_>>().join("\n")
    })
}

/// Every finding of one rule in a config of LiteLLM, where these variables of the environment are
/// set, and these files are beside it.
pub(crate) fn linted(rule: &str, there: &[&str], text: &str) -> String {
    linted_for(PINNED, rule, there, text)
}

/// The same for another release of the gateway.
pub(crate) fn linted_for(release: Release, rule: &str, there: &[&str], text: &str) -> String {
    assert!(crate::rules::find(rule).is_some(), "no rule `{rule}`");
    let mut sources = Sources::default();
    let bytes = text.trim_start_matches('\n').as_bytes().to_vec();
    let file = sources.add(SourceFile::new("config.yaml".to_owned(), bytes, false));
    let mut report = Report::new(Levels::default());
    let is_set = |name: &str| there.contains(&name);
    let is_file = |_: &str, name: &str| there.contains(&name);
    let world = World { is_set: &is_set, is_file: &is_file, release };
    pipeline::lint(&sources, &[file], &world, &mut report);
    report.sort(&sources);
    let of_rule = report.findings().iter().filter(|finding| finding.rule.name == rule);
    of_rule.map(|finding| show(&sources, finding)).collect::<Vec<_>>().join("\n")
}

/// The text of a file after every fix of one rule was applied.
pub(crate) fn fixed(rule: &str, file: &str, text: &str) -> String {
    with_report(text, |sources, report| {
        let (id, source) = sources.files().find(|(_, source)| source.path == file).unwrap();
        let of_rule = report.findings().iter().filter(|finding| finding.rule.name == rule);
        let edits: Vec<_> = of_rule
            .flat_map(|finding| &finding.fixes)
            .flat_map(|fix| &fix.edits)
            .filter(|edit| edit.span.file() == id)
            .collect();
        crate::diagnostic::apply(&source.text, edits)
    })
}

fn show(sources: &Sources, finding: &Diagnostic) -> String {
    let mut text =
        format!("{}[{}]: {}\n", finding.severity.as_str(), finding.rule.name, finding.message);
    let place = |label: &Label| {
        let at = sources.position(label.span.file(), label.span.start());
        let path = sources.path(label.span.file());
        let slice = sources.slice(label.span).escape_debug().to_string();
        format!("{path}:{}:{} `{slice}` {}", at.line, at.column, label.text)
    };
    let _ = writeln!(text, "  --> {}", place(&finding.primary));
    for label in &finding.labels {
        let _ = writeln!(text, "  ::: {}", place(label));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "  help: {help}");
    }
    for fix in &finding.fixes {
        let safe = if fix.safe { "fix" } else { "unsafe fix" };
        let _ = writeln!(text, "  {safe}: {}", fix.title);
    }
    text.trim_end().to_owned()
}
