//! Context lengths that the gateway does not look at.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "context-length-not-compiled",
    stage: Stage::Lowering,
    severity: Severity::Info,
    summary: "context lengths of Ollama models, which the gateway does not look at",
    page: include_str!("context_length_not_compiled.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        let Lost::ContextLimit { models, first } = &loss.what else { continue };
        let whose = match models {
            1 => format!("the context length of `{first}`"),
            _ => format!("the context lengths of `{first}` and {} more", models - 1),
        };
        out.report(
            format!(
                "the gateway does not look at {whose}: too long a request is sent to Ollama as it \
                 is"
            ),
            loss.span,
            "written to `max_input_tokens`, which has no effect behind Ollama's prefix",
        )
        .help(
            "set `num_ctx` in `options` for the length that Ollama reads, or use type \
             `openai_compatible` with its `/v1` address",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn it_is_told_once() {
        insta::assert_snapshot!(only("context-length-not-compiled", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [{name: phi4, context_length: 16384}, {name: qwen3, context_length: 40960}]
"#), @"
        info[context-length-not-compiled]: the gateway does not look at the context lengths of `phi4` and 1 more: too long a request is sent to Ollama as it is
          --> providers.yaml:6:43 `16384` written to `max_input_tokens`, which has no effect behind Ollama's prefix
          help: set `num_ctx` in `options` for the length that Ollama reads, or use type `openai_compatible` with its `/v1` address
        ");
    }

    #[test]
    fn other_types_are_silent() {
        insta::assert_snapshot!(only("context-length-not-compiled", r#"
--- providers.yaml
providers:
  ollama:
    type: vllm
    base_url: 'http://127.0.0.1:8001'
    status: active
    models: [{name: phi4, context_length: 16384}]
"#), @"");
    }
}
