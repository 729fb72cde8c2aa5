//! `ports.yaml` has each service once.

use std::collections::BTreeMap;

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Port;
use crate::source::{Name, Spanned};

use super::registry::{plain, services};

/// The record.
pub static RULE: Rule = Rule {
    name: "service-repeated",
    stage: Stage::Ports,
    severity: Severity::Warning,
    summary: "two entries of `ports.yaml` have one name and two ports",
    page: include_str!("service_repeated.md"),
};

/// Reports services whose name an earlier one has but for `-`, `_` and case, or in the other of
/// the two forms of the file. On one port they are `port-conflict`.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let Some(ports) = &context.documents.ports else { return };
    let mut known: BTreeMap<String, (Name<'_>, Spanned<Port>)> = BTreeMap::new();
    for (name, _, port) in services(ports) {
        let (first, other) = *known.entry(plain(name.value)).or_insert((name, port));
        if other.value == port.value {
            continue;
        }
        out.report(
            format!(
                "`{}` and `{}` are one service, and have ports {} and {}",
                first.value, name.value, other.value.0, port.value.0
            ),
            name.span,
            "the same name again",
        )
        .also(first.span, "it is registered here")
        .help("keep the one that is right, or give them names that differ by more");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn names_that_differ_in_case_and_strokes_are_one() {
        insta::assert_snapshot!(only("service-repeated", "
--- ports.yaml
Ollama: {port: 11435}
llama-cpp: {port: 8080}
llama_cpp: {port: 8081}
services: {ollama: {port: 11434}, llama_cpp: {port: 8080}}
"), @"
        warning[service-repeated]: `llama-cpp` and `llama_cpp` are one service, and have ports 8080 and 8081
          --> ports.yaml:3:1 `llama_cpp` the same name again
          ::: ports.yaml:2:1 `llama-cpp` it is registered here
          help: keep the one that is right, or give them names that differ by more
        warning[service-repeated]: `Ollama` and `ollama` are one service, and have ports 11435 and 11434
          --> ports.yaml:4:12 `ollama` the same name again
          ::: ports.yaml:1:1 `Ollama` it is registered here
          help: keep the one that is right, or give them names that differ by more
        ");
    }

    #[test]
    fn different_names_are_silent() {
        insta::assert_snapshot!(only("service-repeated", "
--- ports.yaml
ollama: {port: 11434}
ollama_two: {port: 11435}
reserved: {Ollama: {port: 11436}}
"), @"");
    }
}
