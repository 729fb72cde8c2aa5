//! A model that several providers list has one meaning.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::checks::Context;
use crate::checks::words::MAX_LISTED;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::routing::{Model, NameId, Routing, Why};

/// The record.
pub static RULE: Rule = Rule {
    name: "public-name-ambiguous",
    stage: Stage::References,
    severity: Severity::Error,
    summary: "several providers list a model and nothing says who serves it",
    page: include_str!("public_name_ambiguous.md"),
};

/// Reports models that would be a public name of more than one provider.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let routing = context.routing;
    let mut declarations = None;
    for defect in &routing.defects {
        let Why::SeveralProviders(id) = defect.why else { continue };
        let Some(model) = routing.model(id) else { continue };
        let name = defect.name;
        let all = declarations.get_or_insert_with(|| by_name(routing));
        let all = all.get(&model.name).map_or(&[] as &[_], Vec::as_slice);
        let mut finding = out.report(
            format!(
                "model `{}` is listed by {} providers and nothing says who serves it, so the name \
                 is left out",
                name.value,
                all.len()
            ),
            name.span,
            "listed here",
        );
        for other in all.iter().filter(|other| other.span != name.span).take(MAX_LISTED) {
            if let Some(provider) = routing.provider(other.provider) {
                finding =
                    finding.also(other.span, format!("and by provider `{}`", provider.name.value));
            }
        }
        finding.help(format!(
            "add `{}` to `exact_matches` with one provider, or to `load_balancing` with several",
            name.value
        ));
    }
}

/// The models of usable providers by name; only looked into, never iterated.
fn by_name<'r, 'a>(routing: &'r Routing<'a>) -> HashMap<NameId, Vec<&'r Model<'a>>, RandomState> {
    let mut all: HashMap<NameId, Vec<&Model<'_>>, RandomState> = HashMap::default();
    for provider in routing.providers.iter().filter(|provider| provider.usable) {
        for model in routing.models_of(provider) {
            all.entry(model.name).or_default().push(model);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn two_providers_list_one_model() {
        insta::assert_snapshot!(only("public-name-ambiguous", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4]}
--- model-mappings.yaml
exact_matches:
  chat: {provider: ollama, backend_model: phi4}
"), @"
        error[public-name-ambiguous]: model `phi4` is listed by 2 providers and nothing says who serves it, so the name is left out
          --> providers.yaml:2:87 `phi4` listed here
          ::: providers.yaml:3:86 `phi4` and by provider `spare`
          help: add `phi4` to `exact_matches` with one provider, or to `load_balancing` with several
        ");
    }

    #[test]
    fn an_exact_match_decides() {
        insta::assert_snapshot!(only("public-name-ambiguous", "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  spare: {type: ollama, base_url: 'http://127.0.0.1:11435', status: active, models: [phi4]}
--- model-mappings.yaml
exact_matches:
  phi4: {provider: ollama}
"), @"");
    }
}
