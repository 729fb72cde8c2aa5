//! `gwcfg.yaml` holds known settings only.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::diagnostic::suggest;
use crate::document::Document;

use super::Shape;

/// The record.
pub static RULE: Rule = Rule {
    name: "setting-unknown",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "`gwcfg.yaml` has a key that gwcfg does not know",
    page: include_str!("setting_unknown.md"),
};

/// Reports every unknown key of `gwcfg.yaml`: nobody but gwcfg reads that file.
pub fn check(shape: &Shape<'_>, out: &mut Reporter<'_>) {
    if shape.document != Document::Project {
        return;
    }
    for unknown in &shape.problems.unknown_keys {
        let finding = out.report(
            format!("gwcfg has no setting `{}`, so it changes nothing", unknown.key),
            unknown.span,
            "not a setting",
        );
        match suggest::nearest(unknown.key, unknown.known.iter().copied()) {
            Some(near) => {
                finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                    format!("change it to `{near}`"),
                    unknown.span,
                    near,
                );
            }
            None => {
                finding.help("remove it, or see the reference for the settings there are");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn every_unknown_setting_is_named() {
        insta::assert_snapshot!(only("setting-unknown", "
--- gwcfg.yaml
target: litellm
outptu: a.yaml
colour: red
"), @"
        error[setting-unknown]: gwcfg has no setting `outptu`, so it changes nothing
          --> gwcfg.yaml:2:1 `outptu` not a setting
          help: did you mean `output`?
          unsafe fix: change it to `output`
        error[setting-unknown]: gwcfg has no setting `colour`, so it changes nothing
          --> gwcfg.yaml:3:1 `colour` not a setting
          help: remove it, or see the reference for the settings there are
        ");
    }

    #[test]
    fn known_settings_are_silent() {
        insta::assert_snapshot!(only("setting-unknown", "
--- gwcfg.yaml
target: litellm
output: a.yaml
"), @"");
    }
}
