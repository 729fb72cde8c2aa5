//! What a name is, or what a key is for.

use std::fmt::Write as _;

use gen_lsp_types as lsp;

use crate::document::Locality;
use crate::pipeline;
use crate::routing::provider_type::{PROVIDER_TYPES, ProviderType};
use crate::routing::{self, Group, GroupKind, Model, Provider, Routing};
use crate::rules;
use crate::source::{Sources, Span, parse};

use super::definition::under;
use super::names::{Occurrence, occurrences};
use super::place::{Names, Step, walk};
use super::route;
use super::workspace::{Asked, Workspace, redactions};

/// Models of a provider that are told at most.
const MAX_MODELS: usize = 8;

/// The hover at a place.
pub(super) fn hover(
    workspace: &Workspace,
    at: &lsp::TextDocumentPositionParams,
) -> Option<lsp::Hover> {
    let asked = workspace.asked(at)?;
    let all = occurrences(&asked.loaded.sources, asked.loaded.files);
    let named = under(&all, &asked).and_then(|found| Some((of_name(&asked, found)?, found.span)));
    let (text, span) = named.or_else(|| of_key(workspace, &asked))?;
    let value = redactions(&asked.loaded).hide(&text).into_owned();
    let contents = lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value };
    let range = workspace.locations(&asked.loaded, &[span]).first().map(|place| place.range);
    Some(lsp::Hover { contents: lsp::Contents::MarkupContent(contents), range })
}

fn of_name(asked: &Asked, found: &Occurrence<'_>) -> Option<String> {
    if found.role.names == Names::Rule {
        return rules::find(found.name).map(|rule| rule.page.to_owned());
    }
    let (sources, files) = (&asked.loaded.sources, asked.loaded.files);
    let mut documents = pipeline::read_as_far(sources, files);
    let entries = documents.mappings.take_entries();
    let routing = routing::build(&documents, entries);
    let teller = Teller { asked, sources, routing: &routing };
    let meaning = routing.meaning_of(found.name);
    let provider = || meaning.provider.and_then(|id| routing.provider(id));
    let group = || meaning.group.and_then(|id| routing.group(id));
    // No request reaches a model whose provider is not active: it has no group.
    let model = || {
        let model = meaning.model.and_then(|id| routing.model(id))?;
        teller.model(routing.provider(model.provider)?.name.value, found.name)
    };
    match found.role.names {
        Names::Provider => provider().map(|provider| teller.provider(provider)),
        Names::ModelOf(owner) => teller.model(owner, found.name),
        Names::Model | Names::Public => group().map(|group| teller.group(group)).or_else(model),
        Names::Target => group()
            .map(|group| teller.group(group))
            .or_else(|| provider().map(|provider| teller.provider(provider)))
            .or_else(model),
        Names::ProviderType => of_type(found.name),
        Names::Rule => None,
    }
}

fn of_type(name: &str) -> Option<String> {
    let named = |kind: &&ProviderType<'_>| kind.name == name || kind.aliases.contains(&name);
    let kind = PROVIDER_TYPES.iter().find(named)?;
    let mut text = format!("**{}**: a built-in provider type", kind.name);
    if let Some(base) = kind.default_base {
        let _ = write!(text, "\n\naddress when none is written: {base}");
    }
    if let Some(key) = kind.key_env {
        let _ = write!(text, "\n\nkey when no variable is named: `{key}`");
    }
    Some(text)
}

/// What a key is for, or the value that it has.
fn of_key(workspace: &Workspace, asked: &Asked) -> Option<(String, Span)> {
    let tree = parse(&asked.loaded.sources, asked.file).tree;
    let mut found = None;
    walk(&tree, &mut |place| {
        let range = place.span.range();
        if place.is_key && range.start <= asked.byte && asked.byte <= range.end {
            found = Some((place.path.to_vec(), place.span));
        }
    });
    let (path, span) = found?;
    let key = path.last().map_or("", |step| match step {
        Step::Key(key) => key,
        Step::Item => "",
    });
    let description = workspace.schemas.of(asked.document).description(&path)?;
    Some((format!("**{key}**: {description}"), span))
}

struct Teller<'t, 'a> {
    asked: &'t Asked,
    sources: &'t Sources,
    routing: &'t Routing<'a>,
}

impl<'a> Teller<'_, 'a> {
    fn provider(&self, provider: &Provider<'a>) -> String {
        let written = provider.written;
        let status = written.status.value().map_or("without a status", |status| status.as_str());
        let kind = written.kind.value().copied().unwrap_or("unknown");
        let locality = match provider.locality {
            Locality::Local => "local",
            Locality::Cloud => "cloud",
        };
        let name = provider.name.value;
        let mut text = format!("**{name}**: a provider of type `{kind}`, {status}, {locality}");
        let usual = provider.kind.as_ref().and_then(|kind| kind.default_base);
        if let Some(base) = written.base_url.value().copied().or(usual) {
            let _ = write!(text, "\n\n{base}");
        }
        let models = self.routing.models_of(provider);
        let names = models.iter().take(MAX_MODELS);
        let names: Vec<String> =
            names.map(|model| format!("`{}`", self.routing.names.text(model.name))).collect();
        let more = models.len().saturating_sub(MAX_MODELS);
        let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
        if !names.is_empty() {
            let _ = write!(text, "\n\nmodels: {}{rest}", names.join(", "));
        }
        self.declared(text, provider.name.span)
    }

    /// A model of a provider, and its route when a request may ask for it.
    fn model(&self, owner: &str, name: &str) -> Option<String> {
        let routing = self.routing;
        let provider = routing.meaning_of(owner).provider?;
        let model = routing.model(routing.model_at(provider, name)?)?;
        let mut text = format!("**{name}**: a model of `{owner}`");
        text.push_str(&known(model));
        let mut text = self.declared(text, model.span);
        if let Some(group) = routing.meaning_of(name).group.and_then(|id| routing.group(id)) {
            let _ = write!(text, "\n\na request for it:\n\n{}", self.route(group));
        }
        Some(text)
    }

    fn group(&self, group: &Group) -> String {
        let made = match group.kind {
            GroupKind::Balanced => "a public name, shared by several providers",
            GroupKind::Exact => "a public name, served by one model",
            GroupKind::Model => "a model",
            GroupKind::Capability => "a public name that stands for a purpose",
            GroupKind::Private => "a provider's model",
        };
        let name = self.routing.names.text(group.name);
        let text = self.declared(format!("**{name}**: {made}"), group.span);
        format!("{text}\n\n{}", self.route(group))
    }

    fn route(&self, group: &Group) -> String {
        let name = self.routing.names.text(group.name);
        route::walked(&self.asked.loaded, name).unwrap_or_else(|| {
            let written = route::written(self.routing, group);
            format!("{written}\n*as it is written: the sources have errors*\n")
        })
    }

    fn declared(&self, mut text: String, span: Span) -> String {
        let line = self.sources.line(span);
        let _ = write!(text, "\n\ndeclared at `{}:{line}`", self.sources.path(span.file()));
        text
    }
}

/// What is known of a model: its size and what fits into a request.
fn known(model: &Model<'_>) -> String {
    let Some(details) = model.details else { return String::new() };
    let mut text = String::new();
    if let Some(size) = details.size.value() {
        let _ = write!(text, ", {}", size.0);
    }
    if let Some(tokens) = details.context_length.value() {
        let _ = write!(text, ", {tokens} tokens");
    }
    text
}
