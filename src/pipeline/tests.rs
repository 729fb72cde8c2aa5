use crate::diagnostic::{Diagnostic, Severity, Stage};
use crate::testing::with_report;

/// A project without a finding but remarks, in the ways of writing that people have.
const PROVIDERS: &str = "providers:
  ollama:
    type: ollama
    base_url: http://127.0.0.1:11434
    status: active
    tags: [local, gpu]
    models:
      - phi4
      - name: qwen3
        size: 8B
        description: >
          a model of
          some kind
      - {name: llama3, size: 7B, context_length: 8192}
  openai: {type: openai, status: active, env_var: OPENAI_API_KEY,
    models: [gpt-5, 'gpt-5-mini'], timeout: 30}
  old:
    type: vllm
    status: template
";
const MAPPINGS: &str = "exact_matches:
  small: {provider: ollama, backend_model: phi4, fallback: gpt-5}
  large:
    provider: openai
    backend_model: gpt-5
patterns:
  - pattern: '^gpt-.*'
    provider: openai
capabilities:
  code: {preferred_models: [qwen3, gpt-5], routing_strategy: direct}
load_balancing:
  both:
    providers:
      - {provider: ollama, weight: 0.5, preferred_model: phi4}
      - provider: openai
        weight: 0.5
        preferred_model: gpt-5
fallback_chains:
  small:
    chain:
      - llama3
      - gpt-5
";

/// What a slip of the hand leaves behind.
const SLIPS: [&str; 11] = ["[", "}", "\"", "'", "\t", "x: y: ", " {", "@", "*", "- ", "] ]"];

#[derive(Debug, Clone, Copy)]
enum Place {
    LineStart,
    LineEnd,
    InsteadOfColon,
}

fn damaged(text: &str, line: usize, place: Place, slip: &str) -> String {
    let lines = text.lines().enumerate().map(|(number, written)| {
        let (before, rest) = written.split_at(written.len() - written.trim_start().len());
        match place {
            _ if number != line => written.to_owned(),
            Place::LineStart => format!("{before}{slip}{rest}"),
            Place::LineEnd => format!("{written}{slip}"),
            Place::InsteadOfColon => written.replacen(':', slip, 1),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The findings of the project as it should be.
fn sound() -> Vec<String> {
    let text = format!("--- providers.yaml\n{PROVIDERS}\n--- model-mappings.yaml\n{MAPPINGS}\n");
    with_report(&text, |_, report| report.findings().iter().map(|d| d.message.clone()).collect())
}

/// The findings that are about anything but the YAML of the broken file, and are not there
/// without it; none when it is YAML.
fn others(project: &str, broken: &str, sound: &[String]) -> Vec<String> {
    with_report(project, |sources, report| {
        let all = report.findings();
        if !all.iter().any(|found| found.rule.name == "syntax-error") {
            return Vec::new();
        }
        let expected = |found: &Diagnostic| {
            let here = sources.path(found.primary.span.file()) == broken;
            here && found.rule.stage == Stage::Lexical || sound.contains(&found.message)
        };
        let others = all.iter().filter(|found| !expected(found));
        others.map(|found| format!("{}: {}", found.rule.name, found.message)).collect()
    })
}

#[test]
fn a_slip_of_the_hand_is_a_slip_and_nothing_else() {
    let (mut slips, sound) = (0, sound());
    for slip in SLIPS {
        for place in [Place::LineStart, Place::LineEnd, Place::InsteadOfColon] {
            for line in 0..PROVIDERS.lines().count() {
                let broken = damaged(PROVIDERS, line, place, slip);
                let project =
                    format!("--- providers.yaml\n{broken}\n--- model-mappings.yaml\n{MAPPINGS}");
                assert_eq!(others(&project, "providers.yaml", &sound), [""; 0], "{project}");
                slips += 1;
            }
            for line in 0..MAPPINGS.lines().count() {
                let broken = damaged(MAPPINGS, line, place, slip);
                let project =
                    format!("--- providers.yaml\n{PROVIDERS}\n--- model-mappings.yaml\n{broken}\n");
                assert_eq!(others(&project, "model-mappings.yaml", &sound), [""; 0], "{project}");
                slips += 1;
            }
        }
    }
    assert_eq!(slips, 11 * 3 * (19 + 22));
}

/// The rules of the errors of a project whose `providers.yaml` is this one.
fn errors_with(providers: &str) -> Vec<&'static str> {
    let project = format!("--- providers.yaml\n{providers}\n--- model-mappings.yaml\n{MAPPINGS}");
    with_report(&project, |_, report| {
        let errors = report.findings().iter().filter(|found| found.severity == Severity::Error);
        errors.map(|found| found.rule.name).collect()
    })
}

#[test]
fn a_section_that_is_not_there_is_one_mistake() {
    assert_eq!(errors_with(PROVIDERS), [""; 0]);
    assert_eq!(errors_with("# nothing"), ["key-missing"]);
    assert_eq!(errors_with("providers:"), ["key-missing"]);
    assert_eq!(errors_with(&PROVIDERS.replace("providers:", "provider:")), ["key-missing"]);
    assert_eq!(errors_with("[]"), ["type-wrong"]);
    assert_eq!(errors_with("providers: [ollama]"), ["type-wrong"]);
}

#[test]
fn a_list_of_models_that_cannot_be_read_is_one_mistake() {
    let list = PROVIDERS.find("models:").zip(PROVIDERS.find("  openai:"));
    let list = list.and_then(|(from, to)| PROVIDERS.get(from..to)).unwrap();
    let broken = PROVIDERS.replace(list, "models: {phi4: {size: 14B}}\n    default_model: phi4\n");
    assert_eq!(errors_with(&broken), ["type-wrong"]);
    // A provider's name is known all the same.
    let renamed = broken.replace("  openai:", "  openia:");
    let also = ["provider-unknown"; 3];
    assert_eq!(errors_with(&renamed), [also.as_slice(), &["type-wrong"]].concat());
}
