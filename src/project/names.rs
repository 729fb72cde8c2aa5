//! Files that are nearly named like those of a project.

use crate::diagnostic::suggest;
use crate::document::Document;

/// A note about a file that is nearly named like one that is not there: nobody reads it.
pub(super) fn not_read(path: &str, document: Document) -> String {
    let whose = match document {
        Document::Project => "project",
        Document::Providers => "providers",
        Document::Mappings => "mappings",
        Document::Ports => "ports",
    };
    format!("`{path}` is not read: the {whose} file's name is `{}.yaml`", document.stem())
}

/// The names that are nearly the document's, in order.
pub(super) fn near(names: Vec<String>, document: Document) -> Vec<String> {
    let is_near = |name: &String| letters(name).is_some_and(|l| is_nearly(&l, document));
    let mut near: Vec<String> = names.into_iter().filter(is_near).collect();
    near.sort();
    near
}

/// The small letters and digits of a YAML file's name, without its ending.
fn letters(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let stem = lower.strip_suffix(".yaml").filter(|stem| !stem.contains('.'));
    let end = match stem {
        Some(stem) => stem.len(),
        None => lower.find(".yaml").or_else(|| lower.find(".yml"))?,
    };
    Some(lower.chars().take(end).filter(char::is_ascii_alphanumeric).collect())
}

/// True for the letters of `gwcfg.yml.bak`, `gw-cfg.yaml`, `.gwcfg.yaml`, `GWCFG.yaml` and
/// `gwcgf.yaml`; of `provider.yml`; of `mappings.yaml`.
fn is_nearly(letters: &str, document: Document) -> bool {
    let is_near = |stem: &str| letters == stem || suggest::nearest(letters, [stem]).is_some();
    match document {
        Document::Project => is_near("gwcfg") || letters == "gwconfig",
        Document::Providers => is_near("providers"),
        Document::Mappings => is_near("modelmappings") || is_near("mappings"),
        // Short words are near to many others.
        Document::Ports => letters == "port" || letters == "ports",
    }
}
