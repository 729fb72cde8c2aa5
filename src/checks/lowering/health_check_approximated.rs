//! Health checks that the gateway makes in its own way.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::{Lost, Lowered};

/// The record.
pub static RULE: Rule = Rule {
    name: "health-check-approximated",
    stage: Stage::Lowering,
    severity: Severity::Info,
    summary: "health checks that the gateway makes in its own way",
    page: include_str!("health_check_approximated.md"),
};

/// Reports every loss of this kind.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    for loss in &lowered.losses {
        if let Lost::HealthCheck { interval, asked, deployments, unread } = &loss.what {
            let text = format!(
                "{asked} of {deployments} deployments are asked for a completion of up to 16 \
                 tokens, at the start and every {interval} s: the gateway looks at no address"
            );
            let mut finding = out.report(text, loss.span, "one for each local provider");
            for (span, instead) in unread {
                finding = finding.also(*span, *instead);
            }
            finding.help(
                "the results stand at `/health` and change no routing; write `enabled: false` to \
                 do without",
            );
        }
        if let Lost::HealthEndpoint { providers, first } = &loss.what {
            let whose = match providers {
                1 => format!("the `health_endpoint` of `{first}`"),
                _ => format!("the `health_endpoint` of `{first}` and of {} more", providers - 1),
            };
            let text = format!("{whose} is not called: the gateway looks at no address");
            out.report(text, loss.span, "for people and other tools")
                .help("let your service manager or monitoring call it");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn what_is_done_and_what_is_not_is_told_once() {
        insta::assert_snapshot!(only("health-check-approximated", r#"
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
    health_endpoint: /api/tags
  openai: {type: openai, status: active, models: [gpt-4o-mini], health_endpoint: /models}
health_checks:
  enabled: true
  interval_seconds: 60
  timeout_seconds: 5
  retry_attempts: 3
  endpoints: {ollama: 'http://127.0.0.1:11434/api/tags'}
"#), @"
        info[health-check-approximated]: the `health_endpoint` of `ollama` and of 1 more is not called: the gateway looks at no address
          --> providers.yaml:7:22 `/api/tags` for people and other tools
          help: let your service manager or monitoring call it
        info[health-check-approximated]: 1 of 3 deployments are asked for a completion of up to 16 tokens, at the start and every 60 s: the gateway looks at no address
          --> providers.yaml:10:12 `true` one for each local provider
          ::: providers.yaml:13:19 `3` a check is made once
          ::: providers.yaml:14:15 `ollama` no address is looked at
          help: the results stand at `/health` and change no routing; write `enabled: false` to do without
        ");
    }

    #[test]
    fn without_checks_there_is_nothing_to_tell() {
        insta::assert_snapshot!(only("health-check-approximated", r#"
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
health_checks: {enabled: false, interval_seconds: 60}
"#), @"");
    }
}
