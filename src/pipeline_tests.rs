use crate::diagnostic::{Diagnostic, Stage};
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
