//! What the book in `docs/` takes from the program itself: a chapter for each rule, which is the
//! page that `gwcfg explain` shows, and the reference of the source files, which is their JSON
//! Schema. mdBook calls it as a preprocessor (`docs/book.toml`); so neither can be out of date.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Write as _, stdin, stdout};
use std::process::ExitCode;

use gwcfg::diagnostic::{Rule, Stage};
use gwcfg::document::Document;
use gwcfg::rules;
use serde_json::{Map, Value, json};

/// The page that the rules stand under, and the one for the reference, as `SUMMARY.md` names them.
const RULES: &str = "rules.md";
const REFERENCE: &str = "reference.md";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    // mdBook asks first whether the preprocessor knows a renderer: this one knows them all.
    if arguments.next().as_deref() == Some("supports") {
        return ExitCode::SUCCESS;
    }
    match extend() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: the book cannot be extended: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `[context, book]` from stdin and writes the book with its further chapters to stdout.
fn extend() -> Result<(), Box<dyn Error>> {
    let mut input: Value = serde_json::from_reader(stdin())?;
    let book = input.get_mut(1).ok_or("the second part of the input is missing")?;
    let items = book.get_mut("items").and_then(Value::as_array_mut).ok_or("no `items`")?;
    for item in items.iter_mut() {
        let Some(chapter) = item.get_mut("Chapter").and_then(Value::as_object_mut) else {
            continue;
        };
        match chapter.get("path").and_then(Value::as_str) {
            Some(RULES) => add_rules(chapter),
            Some(REFERENCE) => add_reference(chapter),
            Some(_) | None => {}
        }
    }
    serde_json::to_writer(stdout(), book)?;
    Ok(())
}

/// A chapter for each rule, and the list of them by stage at the end of the page above.
fn add_rules(chapter: &mut Map<String, Value>) {
    let all = rules::all();
    let mut list = String::new();
    for stage in Stage::ALL {
        let name = stage.as_str();
        let _ =
            write!(list, "\n## The {name} stage\n\n| rule | severity | finds |\n|---|---|---|\n");
        for rule in all.iter().filter(|rule| rule.stage == stage) {
            let Rule { name, severity, summary, .. } = rule;
            let severity = severity.as_str();
            let _ =
                writeln!(list, "| [`{name}`](rules/{name}.md) | {severity} | {} |", cell(summary));
        }
    }
    extend_page(chapter, &list);
    let pages = all.iter().map(|rule| {
        let path = format!("rules/{}.md", rule.name);
        // A renderer knows `yaml`; which file an example shows is said above it.
        below(chapter, rule.name, &path, &named_examples(rule.page))
    });
    let pages = pages.collect();
    chapter.insert("sub_items".to_owned(), Value::Array(pages));
}

/// A page with the examples' kinds and file names in front of their blocks.
fn named_examples(page: &str) -> String {
    let mut named = String::new();
    for line in page.lines() {
        match line.strip_prefix("```yaml ").and_then(|words| words.split_once(' ')) {
            Some((_, file)) => {
                let _ = writeln!(named, "`{file}`:\n\n```yaml");
            }
            None => {
                let _ = writeln!(named, "{line}");
            }
        }
    }
    named
}

/// A chapter for each source file.
fn add_reference(chapter: &mut Map<String, Value>) {
    let pages = Document::ALL.iter().map(|document| {
        let schema = document.schema();
        let name = text(schema.get("title"));
        let mut page = format!("# {name}\n\n{}\n", text(schema.get("description")));
        let _ = write!(page, "{}", keys(schema.as_object()));
        for (name, part) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
            let _ = write!(page, "\n## {name}\n\n{}\n", text(part.get("description")));
            let _ = write!(page, "{}{}", keys(part.as_object()), words(part));
        }
        below(chapter, name, &format!("reference/{name}.md"), &page)
    });
    let pages = pages.collect();
    chapter.insert("sub_items".to_owned(), Value::Array(pages));
}

/// The table of the keys of a part of a schema; nothing where it has none.
fn keys(part: Option<&Map<String, Value>>) -> String {
    let Some(keys) = part.and_then(|part| part.get("properties")).and_then(Value::as_object) else {
        return String::new();
    };
    let required = part.and_then(|part| part.get("required")).and_then(Value::as_array);
    let is_required =
        |key: &str| required.is_some_and(|names| names.iter().any(|name| name == key));
    let mut table = "\n| key | value | meaning |\n|---|---|---|\n".to_owned();
    for (key, value) in keys {
        let needed = if is_required(key) { " **Required.**" } else { "" };
        let meaning = cell(text(value.get("description")));
        let _ = writeln!(table, "| `{key}` | {} | {meaning}{needed} |", kind(value));
    }
    table
}

/// The list of the words that a value may be; nothing for another value.
fn words(part: &Value) -> String {
    let mut list = String::new();
    for word in part.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        if let Some(name) = word.get("const").and_then(Value::as_str) {
            let _ = write!(list, "\n- `{name}`: {}", text(word.get("description")));
        }
    }
    list.push('\n');
    list
}

/// What a value may be, in words: `string`, `list of …`, a link to another part of the page.
fn kind(value: &Value) -> String {
    if let Some(part) = value.get("$ref").and_then(Value::as_str) {
        let name = part.rsplit('/').next().unwrap_or(part);
        return format!("[{name}](#{})", name.to_lowercase());
    }
    for either in ["anyOf", "oneOf"] {
        if let Some(kinds) = value.get(either).and_then(Value::as_array) {
            let kinds: Vec<String> = kinds.iter().map(kind).filter(|kind| kind != "null").collect();
            return kinds.join(" or ");
        }
    }
    let inner = |key: &str| value.get(key).filter(|inner| inner.is_object()).map(kind);
    let named = |name: &str| match name {
        "array" => format!("list of {}", inner("items").unwrap_or_else(|| "anything".to_owned())),
        "object" => match inner("additionalProperties") {
            Some(kind) => format!("map of names to {kind}"),
            None => "map".to_owned(),
        },
        name => name.to_owned(),
    };
    match value.get("type") {
        Some(Value::String(name)) => named(name),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            names.map(named).collect::<Vec<_>>().join(" or ")
        }
        Some(_) | None => match value.get("const") {
            Some(word) => format!("`{}`", text(Some(word))),
            None => "anything".to_owned(),
        },
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// A text that stands in one cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

fn extend_page(chapter: &mut Map<String, Value>, more: &str) {
    let page = format!("{}\n{more}", text(chapter.get("content")));
    chapter.insert("content".to_owned(), Value::String(page));
}

/// A chapter under another one.
fn below(above: &Map<String, Value>, name: &str, path: &str, page: &str) -> Value {
    let chapter = json!({
        "name": name,
        "content": page,
        "number": null,
        "sub_items": [],
        "path": path,
        "source_path": null,
        "parent_names": [text(above.get("name"))],
    });
    json!({ "Chapter": chapter })
}
