//! The top of an overlay holds sections of the sources only.

use crate::diagnostic::{Reporter, Rule, Severity, Stage, suggest};
use crate::document::{Home, home, overlaid_sections};

use super::overlays::Laid;

/// The record.
pub static RULE: Rule = Rule {
    name: "overlay-section-unknown",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "an overlay has a top-level key that is no section of the sources",
    page: include_str!("overlay_section_unknown.md"),
};

/// Reports each top-level key that is laid over nothing. In the sources such a key may be the
/// team's own; whoever writes one into an overlay wants to change something.
pub fn check(laid: &Laid<'_>, out: &mut Reporter<'_>) {
    for key in &laid.unknown {
        let name = key.value;
        if home(name) == Some(Home::ProjectOnly) {
            let help = if name == "output" {
                "write it into `gwcfg.yaml`, under `environments` at this environment"
            } else {
                "write it into `gwcfg.yaml`: it is the same in every environment"
            };
            out.report(
                format!("an overlay cannot set `{name}`, so it changes nothing"),
                key.span,
                "not for an overlay",
            )
            .help(help);
            continue;
        }
        let finding = out.report(
            format!(
                "no source has a section `{name}`, so this part of the overlay changes nothing"
            ),
            key.span,
            "not a section",
        );
        match near(name) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                format!("change it to `{near}`"),
                key.span,
                near,
            ),
            None => finding.help(
                "put it under its section, such as `providers`; a key for anchors begins with \
                 `x-`",
            ),
        };
    }
}

fn near(name: &str) -> Option<&'static str> {
    match name {
        // The file's name, for its section.
        "ports" => Some("services"),
        "mappings" | "model-mappings" => Some("exact_matches"),
        _ => suggest::nearest(name, overlaid_sections()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_key_that_is_laid_over_nothing_is_named() {
        insta::assert_snapshot!(only("overlay-section-unknown", "
--- overlay.yaml
x-defaults: &defaults {timeout: 5}
version: 2
provider: {ollama: {timeout: 5}}
ollama: *defaults
output: a.yaml
state-dir: state
services: {}
"), @"
        error[overlay-section-unknown]: no source has a section `provider`, so this part of the overlay changes nothing
          --> overlay.yaml:3:1 `provider` not a section
          help: did you mean `providers`?
          unsafe fix: change it to `providers`
        error[overlay-section-unknown]: no source has a section `ollama`, so this part of the overlay changes nothing
          --> overlay.yaml:4:1 `ollama` not a section
          help: put it under its section, such as `providers`; a key for anchors begins with `x-`
        error[overlay-section-unknown]: an overlay cannot set `output`, so it changes nothing
          --> overlay.yaml:5:1 `output` not for an overlay
          help: write it into `gwcfg.yaml`, under `environments` at this environment
        error[overlay-section-unknown]: an overlay cannot set `state-dir`, so it changes nothing
          --> overlay.yaml:6:1 `state-dir` not for an overlay
          help: write it into `gwcfg.yaml`: it is the same in every environment
        ");
    }
}
