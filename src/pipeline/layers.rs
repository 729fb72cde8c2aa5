//! What an environment lays over the sources: text → tree → **layers** → documents.

use std::collections::BTreeSet;

use crate::checks::lexical;
use crate::checks::schema::overlays::{Laid, overlay_checks};
use crate::diagnostic::Report;
use crate::document::{Document, Home, home};
use crate::source::{
    Expansion, FileId, Idle, Kind, MAX_LAYERS, Name, NodeId, Overlaid, Parsed, Problems, Sources,
    Span, Spanned, Tree, overlay,
};

use super::{Lexed, lex, read_comments};

/// The overlays of an environment, the one that counts most last.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overlays {
    files: [Option<FileId>; MAX_LAYERS],
}

impl Overlays {
    /// The first of these; there is no room for more than [`MAX_LAYERS`].
    #[must_use]
    pub fn new(given: impl IntoIterator<Item = FileId>) -> Self {
        let mut overlays = Overlays::default();
        for (place, file) in overlays.files.iter_mut().zip(given) {
            *place = Some(file);
        }
        overlays
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = FileId> + use<> {
        self.files.into_iter().flatten()
    }
}

/// The overlays of a run, as YAML.
pub(super) struct Layers<'a> {
    lexed: Vec<Lexed<'a>>,
    /// All of them could be parsed.
    pub(super) whole: bool,
}

impl<'a> Layers<'a> {
    pub(super) fn read(sources: &'a Sources, overlays: Overlays) -> Self {
        let lexed: Vec<_> = overlays.iter().map(|file| lex(sources, file)).collect();
        let whole = lexed.iter().all(|lexed| lexed.whole);
        Layers { lexed, whole }
    }

    /// True when something is laid over the sources.
    pub(super) fn are_there(&self) -> bool {
        !self.lexed.is_empty()
    }

    /// What the rules say of each overlay alone.
    pub(super) fn check(&self, sources: &Sources, report: &mut Report) {
        self.hide(report);
        self.read_comments(sources, report);
        let problems = Problems::default();
        for lexed in &self.lexed {
            report.run(&lexical::checks(), &lexed.as_seen(sources, None, &problems));
            let unknown = unknown(&lexed.parsed.tree);
            let laid = Laid { sources, unknown, idle: Vec::new(), silent: Vec::new() };
            report.run(&overlay_checks(), &laid);
        }
    }

    /// What the comments of the overlays allow.
    pub(super) fn read_comments(&self, sources: &Sources, report: &mut Report) {
        self.lexed.iter().for_each(|lexed| read_comments(sources, lexed, report));
    }

    /// No report shows the secrets of an overlay.
    pub(super) fn hide(&self, report: &mut Report) {
        self.lexed.iter().for_each(|lexed| report.hide(&lexed.secrets));
    }

    /// A document with all that the overlays say of it; `None` when that is nothing.
    pub(super) fn over<'s>(
        &self,
        base: &Tree<'a>,
        document: Document,
        sources: &'s Sources,
    ) -> Option<(Tree<'a>, Laid<'s>)>
    where
        'a: 's,
    {
        let (unknown, idle, silent) = (Vec::new(), Vec::new(), Vec::new());
        let mut laid = Laid { sources, unknown, idle, silent };
        let mut merged: Option<Tree<'a>> = None;
        for lexed in self.lexed.iter().filter(|lexed| lexed.usable) {
            let (below, over) = (merged.as_ref().unwrap_or(base), &lexed.parsed.tree);
            let pairs = sections(below, over, document);
            if let Some(Overlaid { tree, mut idle, silent }) = overlay(below, over, &pairs) {
                if merged.is_some() && !idle.is_empty() {
                    keep_idle_in(base, over, document, &mut idle);
                }
                laid.idle.extend(idle);
                laid.silent.extend(silent);
                merged = Some(tree);
            }
        }
        merged.map(|tree| (tree, laid))
    }

    /// Nothing, in the place of a source that is not there, when an overlay has something to lay
    /// over it.
    pub(super) fn instead(&self, document: Document) -> Option<Lexed<'a>> {
        let says = |lexed: &&Lexed<'_>| !keys_of(&lexed.parsed.tree, document).is_empty();
        let file = self.lexed.iter().find(says)?.file;
        Some(Lexed {
            file,
            parsed: Parsed { tree: Tree::nothing(file), errors: Vec::new(), blanked: Vec::new() },
            errors: Vec::new(),
            repeated: Vec::new(),
            expansion: Expansion::Fits,
            secrets: Vec::new(),
            differences: Vec::new(),
            whole: true,
            usable: true,
        })
    }

    /// What could not be parsed.
    pub(super) fn blanked(&self) -> impl Iterator<Item = &Span> {
        self.lexed.iter().flat_map(|lexed| &lexed.parsed.blanked)
    }
}

/// Leaves out what an earlier overlay has removed already: it is in the source.
fn keep_idle_in<'a>(
    base: &Tree<'a>,
    over: &Tree<'a>,
    document: Document,
    idle: &mut Vec<Idle<'a>>,
) {
    let alone = overlay(base, over, &sections(base, over, document));
    let spans = alone.iter().flat_map(|alone| &alone.idle).flat_map(|idle| &idle.keys);
    let spans: BTreeSet<Span> = spans.map(|key| key.span).collect();
    idle.iter_mut().for_each(|idle| idle.keys.retain(|key| spans.contains(&key.span)));
}

/// Keys and values at the top of an overlay that count.
fn top<'t>(tree: &'t Tree<'_>) -> impl Iterator<Item = (&'t str, NodeId, NodeId)> {
    let root = tree.root().map(|root| tree.resolve(root));
    let pairs = root.into_iter().flat_map(|root| tree.merged_pairs(root));
    let pairs = pairs.filter(|(key, _)| !tree.is_repeated(*key));
    pairs.map(|(key, value)| (tree.value(tree.resolve(key)), key, value))
}

fn unknown<'a>(tree: &Tree<'a>) -> Vec<Name<'a>> {
    let alone = |key: &str| !matches!(home(key), Some(Home::Section(_) | Home::Nowhere));
    let found = top(tree).filter(|(name, _, _)| alone(name));
    found
        .map(|(_, key, _)| Spanned { value: tree.value(tree.resolve(key)), span: tree.span(key) })
        .collect()
}

/// The sections of an overlay that belong to a document.
fn keys_of(tree: &Tree<'_>, document: Document) -> Vec<(NodeId, NodeId)> {
    let here = |name: &str| home(name) == Some(Home::Section(document));
    top(tree).filter(|(name, _, _)| here(name)).map(|(_, key, value)| (key, value)).collect()
}

/// The same, where the document has them: services may stand at the top of `ports.yaml`.
fn sections(below: &Tree<'_>, over: &Tree<'_>, document: Document) -> Vec<(NodeId, NodeId)> {
    let keys = keys_of(over, document);
    let old_form = document == Document::Ports
        && top(below).next().is_some()
        && !top(below).any(|(name, _, _)| name == "services");
    if !old_form {
        return keys;
    }
    let mut pairs = Vec::new();
    for (key, value) in keys {
        let value_map = over.resolve(value);
        let is_services = over.value(over.resolve(key)) == "services";
        if is_services && over.kind(value_map) == Kind::Map {
            let inner = over.merged_pairs(value_map);
            pairs.extend(inner.filter(|(key, _)| !over.is_repeated(*key)));
        } else {
            pairs.push((key, value));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use crate::testing::{only, with_report};

    /// Every finding but remarks, as `rule path:line:column`.
    fn all(text: &str) -> String {
        with_report(text, |sources, report| {
            let findings = report.findings().iter();
            let worse = findings.filter(|found| found.severity > crate::diagnostic::Severity::Info);
            let told = worse.map(|finding| {
                let span = finding.primary.span;
                let at = sources.position(span.file(), span.start());
                let path = sources.path(span.file());
                format!("{} {path}:{}:{}", finding.rule.name, at.line, at.column)
            });
            told.collect::<Vec<_>>().join("\n")
        })
    }

    const CLOUD: &str = "
--- providers.yaml
providers:
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
  openai: {type: openai, status: active, env_var: OPENAI_API_KEY, models: [gpt-5]}
--- model-mappings.yaml
exact_matches:
  small: {provider: ollama, backend_model: phi4, fallback: gpt-5}
";

    #[test]
    fn a_wrong_value_is_told_where_it_was_written() {
        let text = format!(
            "{CLOUD}--- overlay.yaml\nproviders:\n  openai: {{timeout: soon, status: actve}}\n\
             \x20 other: {{status: active}}\n"
        );
        insta::assert_snapshot!(only("type-wrong", &text), @"
        error[type-wrong]: `timeout` wants a number, not text, so the value is not used
          --> overlay.yaml:2:21 `soon` this is text
          help: write a number
        ");
        insta::assert_snapshot!(only("value-unknown", &text), @"
        error[value-unknown]: `status` does not know `actve`, so it is not used
          --> overlay.yaml:2:35 `actve` one of `active`, `disabled`, `inactive`, `pending_integration`, `template`, `deprecated` is wanted
          help: did you mean `active`?
          unsafe fix: change it to `active`
        ");
        insta::assert_snapshot!(only("key-missing", &text), @"
        error[key-missing]: key `type` is missing in `other`, and nothing can stand in for it
          --> overlay.yaml:3:3 `other` `type` belongs here
          help: add `type`
        ");
    }

    #[test]
    fn what_is_missing_since_it_was_removed_is_told_in_the_source() {
        let text = format!("{CLOUD}--- overlay.yaml\nproviders: {{openai: {{type: null}}}}\n");
        insta::assert_snapshot!(only("key-missing", &text), @"
        error[key-missing]: key `type` is missing in `openai`, and nothing can stand in for it
          --> providers.yaml:3:3 `openai` `type` belongs here
          help: add `type`
        ");
    }

    #[test]
    fn a_finding_of_both_files_shows_both() {
        let text =
            format!("{CLOUD}--- overlay.yaml\nproviders: {{openai: {{status: disabled}}}}\n");
        insta::assert_snapshot!(all(&text), @"fallback-inactive model-mappings.yaml:2:60");
        insta::assert_snapshot!(only("fallback-inactive", &text), @"
        error[fallback-inactive]: the fallback of exact match `small` names `gpt-5`, which is not active, so the step is left out
          --> model-mappings.yaml:2:60 `gpt-5` nobody would answer here
          ::: overlay.yaml:1:30 `disabled` the status of provider `openai`
          help: set the provider's status to `active`, or name something else
        ");
    }

    #[test]
    fn ports_are_laid_over_both_forms_and_over_nothing() {
        let over = "--- overlay.yaml\nservices: {ollama: {port: 11435}}\n";
        let old = format!("{CLOUD}--- ports.yaml\nollama: {{port: 11434}}\n{over}");
        insta::assert_snapshot!(only("port-differs", &old), @r"
        warning[port-differs]: provider `ollama` is asked at port 11434, and `ports.yaml` says 11435
          --> providers.yaml:2:36 `\'http://127.0.0.1:11434\'` requests go to this port
          ::: overlay.yaml:1:27 `11435` the service is registered on this port
          help: correct the one that is wrong
        ");
        let new = format!("{CLOUD}--- ports.yaml\nservices: {{ollama: {{port: 11434}}}}\n{over}");
        assert_eq!(only("port-differs", &new), only("port-differs", &old));
        let none = format!("{CLOUD}{over}");
        insta::assert_snapshot!(only("port-differs", &none), @r"
        warning[port-differs]: provider `ollama` is asked at port 11434, and `ports.yaml` says 11435
          --> providers.yaml:2:36 `\'http://127.0.0.1:11434\'` requests go to this port
          ::: overlay.yaml:1:27 `11435` the service is registered on this port
          help: correct the one that is wrong
        ");
    }

    #[test]
    fn settings_of_the_gateway_are_laid_over_the_project_file() {
        let text = format!(
            "{CLOUD}--- gwcfg.yaml\ngateway: {{router_settings: {{timeout: 5}}}}\n--- overlay.yaml\n\
             gateway: {{router_settings: {{timout: 9}}}}\n"
        );
        insta::assert_snapshot!(all(&text), @"gateway-setting-unknown overlay.yaml:1:29");
    }

    #[test]
    fn a_broken_overlay_is_told_and_nothing_follows_from_it() {
        let text = format!("{CLOUD}--- overlay.yaml\nproviders: {{openai: null\nexact_matches:\n");
        insta::assert_snapshot!(all(&text), @"syntax-error overlay.yaml:2:14");
        let secret = ["sk", "-proj-0123456789abcdef"].concat();
        let text = format!(
            "{CLOUD}--- overlay.yaml\nproviders: {{openai: {{api_key: {secret}}}, openai: {{}}}}\n"
        );
        insta::assert_snapshot!(all(&text), @"
        secret-literal overlay.yaml:1:31
        key-duplicate overlay.yaml:1:58
        ");
    }

    #[test]
    fn the_last_overlay_counts() {
        let text = format!(
            "{CLOUD}--- overlay.yaml\nproviders: {{ollama: {{base_url: a}}}}\n\
             --- overlay-2.yaml\nproviders: {{ollama: {{base_url: 'http://127.0.0.1:1'}}}}\n"
        );
        assert_eq!(all(&text), "");
        insta::assert_snapshot!(only("url-invalid", &text.replace("'http://127.0.0.1:1'", "b")), @"
        error[url-invalid]: the address of provider `ollama` does not begin with `http://` or `https://`, so it cannot be called
          --> overlay-2.yaml:1:32 `b` no usable URL
          help: write the whole address, like `http://127.0.0.1:11434`
        ");
    }

    #[test]
    fn what_an_earlier_overlay_removed_or_added_may_be_removed() {
        let text = format!(
            "{CLOUD}--- overlay.yaml\nproviders: {{openai: null}}\nexact_matches: {{small: null, \
             more: {{provider: ollama, backend_model: phi4}}}}\n--- overlay-2.yaml\n\
             providers: {{openai: null, opnai: null}}\nexact_matches: {{more: null}}\n"
        );
        insta::assert_snapshot!(only("overlay-removes-nothing", &text), @"
        error[overlay-removes-nothing]: `opnai` is not in the sources, so `null` removes nothing here
          --> overlay-2.yaml:1:27 `opnai` nothing to remove
          help: mend the name, or take the line out
        ");
    }

    #[test]
    fn one_mistake_stays_one_where_a_hundred_values_are_laid_over() {
        let mut over = "--- overlay.yaml\nproviders:\n".to_owned();
        for number in 0..100 {
            let wrong = if number == 50 { "soon" } else { "5" };
            over.push_str(&format!(
                "  p{number}: {{type: ollama, status: active, base_url: 'http://127.0.0.1:1{number:03}', \
                 timeout: {wrong}, models: [m{number}]}}\n"
            ));
        }
        assert_eq!(all(&format!("{CLOUD}{over}")), "type-wrong overlay.yaml:52:83");
    }
}
