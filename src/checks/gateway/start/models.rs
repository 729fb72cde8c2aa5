//! `model_list`: one entry that is wrong stops all.

use crate::checks::gateway::Context;
use crate::diagnostic::Reporter;
use crate::gateway::litellm::value::{Python, Value};
use crate::source::Span;

use super::{fails, place};

const ENTRY: &str = "write `model_name: …` and `litellm_params: {model: …}` for each entry";

/// The file itself and `model_list`.
pub(in crate::checks::gateway) fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let nothing = Span::new(context.file, 0, 0);
    let Some(root) = context.root.filter(|root| root.kind() != Python::Null) else {
        fails(out, nothing, "nothing is in the file", "write at least `model_list: []`");
        return;
    };
    if root.kind() != Python::Map {
        let why = format!("the file holds {}, not a mapping of sections", root.kind().words());
        fails(out, root.span(), why, "write sections such as `model_list:`");
        return;
    }
    let Some((key, list)) = root.entry("model_list").filter(|(_, list)| !list.is_falsy()) else {
        return;
    };
    if list.kind() != Python::List {
        let why = format!("`model_list` is {}, not a list", list.kind().words());
        fails(out, key.span(), why, "write a list: `- model_name: …`");
        return;
    }
    for entry in list.items() {
        one(entry, out);
    }
}

fn one(entry: Value<'_, '_>, out: &mut Reporter<'_>) {
    if entry.kind() != Python::Map {
        let why = format!("an entry of `model_list` is {}, not a mapping", entry.kind().words());
        fails(out, entry.span(), why, ENTRY);
        return;
    }
    name(entry, out);
    params(entry, out);
    if let Some((key, info)) = entry.entry("model_info").filter(|(_, i)| i.kind() != Python::Map) {
        let why = format!("`model_info` is {}, not a mapping", info.kind().words());
        fails(out, place(key, info), why, "remove it, or write a mapping");
    }
}

fn name(entry: Value<'_, '_>, out: &mut Reporter<'_>) {
    let Some((key, name)) = entry.entry("model_name") else {
        fails(out, entry.span(), "an entry of `model_list` has no `model_name`", ENTRY);
        return;
    };
    if name.kind() != Python::Text {
        let why = format!("`model_name` is {}, not text, for YAML 1.1", name.kind().words());
        fails(out, place(key, name), why, "put the name in quotes");
    }
}

fn params(entry: Value<'_, '_>, out: &mut Reporter<'_>) {
    let Some((key, params)) = entry.entry("litellm_params") else {
        let at = entry.entry("model_name").map_or(entry.span(), |(_, name)| name.span());
        fails(out, at, "an entry of `model_list` has no `litellm_params`", ENTRY);
        return;
    };
    if params.kind() != Python::Map {
        let why = format!("`litellm_params` is {}, not a mapping", params.kind().words());
        fails(out, place(key, params), why, ENTRY);
        return;
    }
    let Some((key, model)) = params.entry("model") else {
        fails(out, key.span(), "`litellm_params` has no `model`", "add `model: PROVIDER/NAME`");
        return;
    };
    if model.kind() != Python::Text {
        let why = format!("`model` is {}, not text, for YAML 1.1", model.kind().words());
        fails(out, place(key, model), why, "write `PROVIDER/NAME`, in quotes");
    }
}
