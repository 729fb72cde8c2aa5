//! Deployments that are passed over, because others of their name have a share.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;
use crate::gateway::litellm::walk::Strategy;

use super::Context;
use super::deployments::{Deployment, SHARES};

/// The record.
pub static RULE: Rule = Rule {
    name: "member-never-chosen",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a deployment that gets no request, because only others of its name have a share",
    page: include_str!("member_never_chosen.md"),
};

/// Reports every deployment without the share that others of its name have. One with a share of 0
/// says so itself.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    for members in context.deployments.groups().filter(|members| members.len() > 1) {
        let name = members.name();
        let ordered = members.iter().any(|one| one.param("order").is_some());
        if ordered || context.tables.strategy_of(name) == Strategy::Measured {
            continue;
        }
        let share = |one: &Deployment<'_, '_>, key: &str| {
            one.share(key).and_then(Value::number_or_text).filter(|share| *share > 0.0)
        };
        let key =
            SHARES.into_iter().find(|key| members.iter().any(|one| share(one, key).is_some()));
        let Some(key) = key else { continue };
        for member in members.iter().filter(|one| one.share(key).is_none()) {
            let place = member.written_name.map_or(member.entry.span(), Value::span);
            out.report(
                format!(
                    "this deployment of `{name}` gets no request while others are well: only they \
                     have `{key}`, by which LiteLLM shares requests"
                ),
                place,
                "no share",
            )
            .help(format!("give it `{key}` too, or none of them"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn the_one_without_a_share_is_told() {
        insta::assert_snapshot!(linted("member-never-chosen", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/a, api_key: none, weight: 9}}
  - {model_name: chat, litellm_params: {model: openai/b, api_key: none}}
"), @"
        warning[member-never-chosen]: this deployment of `chat` gets no request while others are well: only they have `weight`, by which LiteLLM shares requests
          --> config.yaml:3:18 `chat` no share
          help: give it `weight` too, or none of them
        ");
    }

    #[test]
    fn orders_other_strategies_and_zero_are_silent() {
        insta::assert_snapshot!(linted("member-never-chosen", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/a, api_key: none, weight: 9, order: 1}}
  - {model_name: chat, litellm_params: {model: openai/b, api_key: none, order: 2}}
"), @"");
    }

    #[test]
    fn a_share_of_zero_says_so() {
        insta::assert_snapshot!(linted("member-never-chosen", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/a, api_key: none, rpm: 9}}
  - {model_name: chat, litellm_params: {model: openai/b, api_key: none, rpm: 0}}
"), @"");
    }
}
