//! Names where a name is expected, keys and values where the schema knows them.

use std::collections::BTreeSet;

use gen_lsp_types as lsp;

use crate::gateway::quoting::write_text;
use crate::project::Loaded;
use crate::routing::provider_type::PROVIDER_TYPES;
use crate::rules;

use super::cursor::{Named, Reading, Word, word_at};
use super::names::{Occurrence, occurrences};
use super::place::{Names, Step};
use super::positions::Positions;
use super::schema::{Schema, Word as Known};
use super::workspace::{Asked, Workspace, redactions};

/// Items that are offered at most; the editor asks again when more is typed.
const MAX_ITEMS: usize = 500;

/// One thing that may be typed.
struct Offer {
    text: String,
    detail: &'static str,
    about: Option<String>,
    kind: lsp::CompletionItemKind,
    is_key: bool,
}

/// What may be typed at a place.
pub(super) fn completion(
    workspace: &Workspace,
    at: &lsp::TextDocumentPositionParams,
) -> Option<lsp::CompletionList> {
    let asked = workspace.asked(at)?;
    let Asked { loaded, file, document, byte } = &asked;
    let text = loaded.sources.text(*file);
    let word = word_at(text, *byte, *document);
    let schema = workspace.schemas.of(*document);
    let mut offers: Vec<Offer> = Vec::new();
    for reading in &word.readings {
        if let Some(named) = &reading.role {
            let named = names(loaded, named, &reading.beside);
            offers.extend(named.into_iter().map(|one| Offer { is_key: reading.is_key, ..one }));
        }
    }
    for reading in &word.readings {
        offers.extend(words(schema, reading));
    }
    let typed = text.get(word.range.start..*byte).unwrap_or("").to_lowercase();
    let is_incomplete = offers.len() > MAX_ITEMS;
    if is_incomplete {
        offers.retain(|offer| offer.text.to_lowercase().contains(&typed));
        offers.truncate(MAX_ITEMS);
    }
    let range = Positions::new(text, workspace.units).range(word.range.clone());
    let hidden = redactions(loaded);
    offers.retain(|offer| hidden.found(&offer.text).is_empty());
    let behind = text.get(word.range.end..).unwrap_or("");
    let colon = if behind.starts_with(':') || word.quote.is_some() { "" } else { ": " };
    let offers = offers.into_iter().enumerate();
    let items = offers.map(|(at, offer)| item(at, offer, &word, range, colon)).collect();
    Some(lsp::CompletionList { is_incomplete, items, ..lsp::CompletionList::default() })
}

/// `colon` comes behind a key.
fn item(
    at: usize,
    offer: Offer,
    word: &Word,
    range: lsp::Range,
    colon: &str,
) -> lsp::CompletionItem {
    let mut new_text = as_written(&offer.text, word.quote);
    if offer.is_key {
        new_text.push_str(colon);
    }
    let edit = lsp::TextEdit { range, new_text };
    lsp::CompletionItem {
        kind: Some(offer.kind),
        detail: Some(offer.detail.to_owned()),
        documentation: offer.about.map(lsp::Documentation::String),
        // In our order: names before keys, each as they stand in the files.
        sort_text: Some(format!("{at:05}")),
        text_edit: Some(lsp::CompletionItemTextEdit::TextEdit(edit)),
        label: offer.text,
        ..lsp::CompletionItem::default()
    }
}

/// A name as it is written behind an open quote, or without one.
fn as_written(name: &str, quote: Option<char>) -> String {
    match quote {
        Some('"') => name.replace('\\', "\\\\").replace('"', "\\\""),
        Some(_) => name.replace('\'', "''"),
        // In a list or a mapping on one line these would end the name.
        None if name.contains([',', '[', ']', '{', '}']) => {
            format!("'{}'", name.replace('\'', "''"))
        }
        None => {
            let mut bytes = Vec::new();
            let written = write_text(&mut bytes, name).map(|()| String::from_utf8(bytes));
            written.ok().and_then(Result::ok).unwrap_or_else(|| name.to_owned())
        }
    }
}

/// The names that may stand there, without those that are there already.
fn names(loaded: &Loaded, named: &Named, beside: &[String]) -> Vec<Offer> {
    let all = occurrences(&loaded.sources, loaded.files);
    let declared = |wanted: &dyn Fn(Names<'_>) -> bool, detail, kind| {
        let fits = |one: &&Occurrence<'_>| one.role.declares && wanted(one.role.names);
        once(all.iter().filter(fits).map(|one| offer(one.name, detail, kind)))
    };
    let providers =
        || declared(&|names| names == Names::Provider, "provider", lsp::CompletionItemKind::Module);
    let models = || {
        let is_model = |names: Names<'_>| matches!(names, Names::ModelOf(_));
        declared(&is_model, "model", lsp::CompletionItemKind::Value)
    };
    let public = || {
        let kind = lsp::CompletionItemKind::Reference;
        declared(&|names| names == Names::Public, "public name", kind)
    };
    let mut offers = match named {
        Named::Provider => providers(),
        Named::ModelOf(provider) => {
            let own = Names::ModelOf(provider);
            let kind = lsp::CompletionItemKind::Value;
            let own = declared(&|names| names == own, "model", kind);
            if own.is_empty() { models() } else { own }
        }
        Named::Model | Named::Public => once(public().into_iter().chain(models())),
        Named::Target => once(public().into_iter().chain(models()).chain(providers())),
        Named::ProviderType => {
            let kind = lsp::CompletionItemKind::EnumMember;
            let own = declared(&|names| names == Names::ProviderType, "provider type", kind);
            let built_in = PROVIDER_TYPES.iter();
            let built_in = built_in.map(|one| offer(one.name, "built-in provider type", kind));
            once(own.into_iter().chain(built_in))
        }
        Named::Rule => rules::all()
            .iter()
            .map(|rule| Offer {
                text: rule.name.to_owned(),
                detail: "rule",
                about: Some(rule.summary.to_owned()),
                kind: lsp::CompletionItemKind::EnumMember,
                is_key: false,
            })
            .collect(),
    };
    offers.retain(|offer| !beside.contains(&offer.text));
    offers
}

fn offer(name: &str, detail: &'static str, kind: lsp::CompletionItemKind) -> Offer {
    Offer { text: name.to_owned(), detail, about: None, kind, is_key: false }
}

/// The first offer of each name.
fn once(offers: impl IntoIterator<Item = Offer>) -> Vec<Offer> {
    let mut known = BTreeSet::new();
    offers.into_iter().filter(|offer| known.insert(offer.text.clone())).collect()
}

/// Keys and values that the schema knows.
fn words(schema: &Schema, reading: &Reading) -> Vec<Offer> {
    let path: Vec<Step<'_>> = reading.steps();
    let (found, detail, kind) = if reading.is_key {
        let above = path.split_last().map_or(&[][..], |(_, above)| above);
        (schema.keys(above), "key", lsp::CompletionItemKind::Property)
    } else {
        (schema.values(&path), "value", lsp::CompletionItemKind::EnumMember)
    };
    let fresh = found.into_iter().filter(|word| !reading.beside.contains(&word.text));
    let is_key = reading.is_key;
    let offer =
        |word: Known| Offer { text: word.text, detail, about: word.description, kind, is_key };
    fresh.map(offer).collect()
}
