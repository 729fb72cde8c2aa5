//! Health checks of the project's own, which ask every deployment.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Locality;
use crate::gateway::litellm::Lowered;

/// The record.
pub static RULE: Rule = Rule {
    name: "health-check-asks-all",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "health checks that ask every deployment for a completion, those that cost money too",
    page: include_str!("health_check_asks_all.md"),
};

/// Reports the setting once.
pub fn check(lowered: &Lowered<'_>, out: &mut Reporter<'_>) {
    let set = |key: &str| lowered.general_settings.iter().find(|setting| setting.key == key);
    let on = set("background_health_checks").filter(|setting| setting.value == true);
    let Some(span) = on.and_then(|setting| setting.origin).filter(|_| lowered.health.is_none())
    else {
        return;
    };
    let routing = lowered.routing;
    let cloud = routing.deployments.iter().filter(|deployment| {
        let provider = routing.provider(deployment.provider);
        provider.is_some_and(|provider| provider.locality == Locality::Cloud)
    });
    let all = lowered.deployments();
    let interval = set("health_check_interval").and_then(|setting| setting.value.as_f64());
    let text = format!(
        "the gateway asks every deployment for a completion at the start and every {} s: {} of \
         {all} are not local",
        // LiteLLM's own interval.
        interval.unwrap_or(300.0),
        cloud.count()
    );
    out.report(text, span, "checks of every deployment").help(
        "write `health_checks: {enabled: true}` in `providers.yaml` instead: one deployment of \
         each local provider is asked then",
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn checks_of_the_projects_own_are_told() {
        insta::assert_snapshot!(only("health-check-asks-all", r#"
--- gwcfg.yaml
gateway: {general_settings: {background_health_checks: true, health_check_interval: 60}}
--- providers.yaml
providers:
  openai: {type: openai, status: active, models: [gpt-4o-mini]}
"#), @"
        warning[health-check-asks-all]: the gateway asks every deployment for a completion at the start and every 60 s: 1 of 1 are not local
          --> gwcfg.yaml:1:56 `true` checks of every deployment
          help: write `health_checks: {enabled: true}` in `providers.yaml` instead: one deployment of each local provider is asked then
        ");
    }

    #[test]
    fn checks_of_the_sources_are_bounded() {
        insta::assert_snapshot!(only("health-check-asks-all", r#"
--- providers.yaml
providers:
  openai: {type: openai, status: active, models: [gpt-4o-mini]}
health_checks: {enabled: true}
"#), @"");
    }
}
