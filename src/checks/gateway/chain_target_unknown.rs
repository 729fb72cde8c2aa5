//! Fallbacks to names that there are not.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};

use super::{Context, chains};

/// The record.
pub static RULE: Rule = Rule {
    name: "chain-target-unknown",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a fallback to a name that nobody answers to",
    page: include_str!("chain_target_unknown.md"),
};

/// Reports every step that cannot answer.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    if !chains::names_are_known(context) {
        return;
    }
    let all = chains::all(context);
    let steps = all.iter().filter(|chain| !chain.is_for_all()).flat_map(|chain| chain.steps());
    let steps = steps.chain(chains::defaults(context));
    for (name, place) in steps.filter(|(name, _)| !chains::answers(context, name)) {
        let names = context.tables.public_names();
        let finding = out.report(
            format!("nobody answers to `{name}`: LiteLLM tries it in vain and goes on"),
            place.span(),
            "no such name",
        );
        finding.help(match suggest::nearest(name, names.iter().copied()) {
            Some(near) if near.eq_ignore_ascii_case(name) => {
                format!("write `{near}`: upper and lower case count")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => "add a deployment with this `model_name`, or remove the step".to_owned(),
        });
    }
}
