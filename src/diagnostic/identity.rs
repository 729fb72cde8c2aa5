//! Which finding it is, from one run to the next: its rule, its file, its path in the YAML and the
//! value there. Never a line, so that what moves stays the same finding, and what changes does not.
//!
//! The trees of a run are gone when its findings are told, so the texts are parsed once more: only
//! for those who ask.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::source::{self, FileId, Kind, NodeId, Sources, Span, Tree};

use super::{Diagnostic, Redactions};

/// Characters of a value that are kept as they are; a longer one keeps its beginning and a hash.
const MAX_VALUE: usize = 120;
/// Characters that are kept of a longer one.
const BEGINNING: usize = 80;
/// Hexadecimal digits of the hash of a longer one.
const LONG_DIGITS: usize = 16;
/// Hexadecimal digits of the hash of a secret: enough to notice in 4095 of 4096 cases that it
/// changed, and far too few to tell which one of the usual passwords it is.
const SECRET_DIGITS: usize = 3;

/// Keys of an item that are looked at for its name.
const MAX_ITEM_KEYS: usize = 32;

/// Keys by whose value people tell the items of a list apart, the best first.
const NAMING: &[&str] =
    &["name", "model_name", "public_name", "id", "pattern", "provider", "model", "from"];

/// Which finding it is. Holds no secret: a value that has one is covered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The file, as the reports show it, without a `./` before it.
    pub file: String,
    /// The way from the top of the file to the place: keys with dots between, `[name=…]` or `[]`
    /// for an item of a list. Empty where no YAML is.
    pub path: String,
    /// The rule's name.
    pub rule: Cow<'static, str>,
    /// The scalar there; `None` for a map or a list, whose path says enough.
    pub value: Option<String>,
    /// From 0 for the first of those that are equal in everything else.
    pub ordinal: u32,
}

impl Identity {
    /// 32 hexadecimal digits: half of the SHA-256 of all its parts.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let ordinal = self.ordinal.to_string();
        let value = self.value.as_deref().map_or(String::new(), |value| format!("={value}"));
        let parts = [&*self.rule, &self.file, &self.path, &value, &ordinal];
        hash(parts.join("\0").as_bytes(), 32)
    }
}

/// A file as an identity names it.
#[must_use]
pub fn file(sources: &Sources, file: FileId) -> &str {
    let path = sources.path(file);
    path.strip_prefix("./").unwrap_or(path)
}

/// The identities of findings, in their order, which is that of the report.
#[must_use]
pub fn of_all<'d>(
    sources: &Sources,
    redactions: &Redactions,
    findings: impl Iterator<Item = &'d Diagnostic>,
) -> Vec<Identity> {
    let mut files: Vec<Option<Paths<'_>>> = Vec::new();
    let mut seen: HashMap<Identity, u32> = HashMap::new();
    let one = |finding: &Diagnostic| {
        let span = finding.primary.span;
        let index = usize::from(span.file().0);
        if files.len() <= index {
            files.resize_with(index + 1, || None);
        }
        let (path, value) = match files.get_mut(index) {
            Some(slot) => {
                let paths = slot.get_or_insert_with(|| Paths::new(sources, span.file()));
                paths.of(span, redactions)
            }
            None => (String::new(), None),
        };
        let file = file(sources, span.file()).to_owned();
        let rule = Cow::Borrowed(finding.rule.name);
        let mut identity = Identity { file, path, rule, value, ordinal: 0 };
        let before = seen.entry(identity.clone()).or_default();
        identity.ordinal = *before;
        *before += 1;
        identity
    };
    findings.map(one).collect()
}

/// The nodes of a file, each with the container that it stands in.
struct Paths<'a> {
    sources: &'a Sources,
    tree: Tree<'a>,
    /// By the index of the node; none for the topmost.
    parents: Vec<Option<Parent>>,
    ids: Vec<NodeId>,
}

/// Where a node stands.
#[derive(Debug, Clone, Copy)]
struct Parent {
    container: NodeId,
    role: Role,
}

#[derive(Debug, Clone, Copy)]
enum Role {
    /// A key, and its value.
    Key(NodeId),
    /// A value, and its key.
    Value(NodeId),
    /// An item of a list.
    Item,
}

impl<'a> Paths<'a> {
    fn new(sources: &'a Sources, file: FileId) -> Self {
        let tree = source::parse(sources, file).tree;
        let ids: Vec<NodeId> = tree.ids().collect();
        let mut parents = vec![None; ids.len()];
        let mut set = |node: NodeId, container: NodeId, role: Role| {
            if let Some(slot) = parents.get_mut(node.index()) {
                *slot = Some(Parent { container, role });
            }
        };
        for container in &ids {
            for (key, value) in tree.pairs(*container) {
                set(key, *container, Role::Key(value));
                set(value, *container, Role::Value(key));
            }
            for item in tree.items(*container) {
                set(item, *container, Role::Item);
            }
        }
        Paths { sources, tree, parents, ids }
    }

    fn parent(&self, node: NodeId) -> Option<Parent> {
        self.parents.get(node.index()).copied().flatten()
    }

    /// The path and the value of what stands at a place.
    fn of(&self, span: Span, redactions: &Redactions) -> (String, Option<String>) {
        let hidden = Hidden { paths: self, redactions };
        let Some(node) = self.node_at(span) else {
            return (String::new(), hidden.marked(span));
        };
        let is_leaf = !matches!(self.tree.kind(node), Kind::Map | Kind::List);
        let value = match self.parent(node).map(|parent| parent.role) {
            // A key's own text is in the path.
            Some(Role::Key(value)) => hidden.scalar(value),
            Some(Role::Value(_) | Role::Item) | None if is_leaf => hidden.scalar(node),
            // A remark in a map, or a piece of it that could not be parsed.
            Some(Role::Value(_) | Role::Item) | None => {
                (self.tree.span(node) != span).then(|| hidden.marked(span)).flatten()
            }
        };
        (self.path(node, &hidden), value)
    }

    /// The innermost node that holds a place.
    fn node_at(&self, span: Span) -> Option<NodeId> {
        let before = self.ids.partition_point(|id| self.tree.span(*id).start() <= span.start());
        let mut node = *self.ids.get(before.checked_sub(1)?)?;
        loop {
            let own = self.tree.span(node);
            let holds = own.start() <= span.start() && span.end() <= own.end();
            // What is left empty stands between its neighbours: only its own mark means it.
            if own == span || (holds && !own.range().is_empty()) {
                return Some(node);
            }
            node = self.parent(node)?.container;
        }
    }

    fn path(&self, node: NodeId, hidden: &Hidden<'_>) -> String {
        let mut steps = Vec::new();
        let mut at = node;
        while let Some(Parent { container, role }) = self.parent(at) {
            steps.push(match role {
                Role::Key(_) => step(&hidden.text(at)),
                Role::Value(key) => step(&hidden.text(key)),
                Role::Item => self.item(at, hidden),
            });
            at = container;
        }
        let mut path = String::new();
        for step in steps.iter().rev() {
            if !path.is_empty() && !step.starts_with('[') {
                path.push('.');
            }
            path.push_str(step);
        }
        path
    }

    /// `[name=…]` for an item that has a name, `[]` for another: its number would change with what
    /// is written above it.
    fn item(&self, item: NodeId, hidden: &Hidden<'_>) -> String {
        let pairs = || self.tree.pairs(item).take(MAX_ITEM_KEYS);
        let named = NAMING.iter().find_map(|name| {
            let (_, value) = pairs().find(|(key, _)| self.tree.value(*key) == *name)?;
            (self.tree.kind(value) == Kind::Scalar).then_some((*name, value))
        });
        named.map_or("[]".to_owned(), |(name, value)| {
            format!("[{name}={}]", step(&hidden.text(value)))
        })
    }
}

/// A key as a part of a path: in quotes when a dot or a bracket in it would read as another step.
fn step(text: &str) -> String {
    let plain = !text.is_empty()
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !".[]=\"".contains(c));
    if plain { text.to_owned() } else { format!("{text:?}") }
}

/// Texts of the file without their secrets.
struct Hidden<'p> {
    paths: &'p Paths<'p>,
    redactions: &'p Redactions,
}

impl Hidden<'_> {
    /// The value of a scalar; `None` for a map or a list.
    fn scalar(&self, node: NodeId) -> Option<String> {
        let is_leaf = !matches!(self.paths.tree.kind(node), Kind::Map | Kind::List);
        is_leaf.then(|| self.text(node).into_owned())
    }

    /// What a scalar says; for an alias, its name as it is written.
    fn text(&self, node: NodeId) -> Cow<'_, str> {
        let Paths { tree, sources, .. } = self.paths;
        let span = tree.span(node);
        let value =
            if tree.kind(node) == Kind::Scalar { tree.value(node) } else { sources.slice(span) };
        self.covered(span, value)
    }

    /// What a place marks that is no node: its first line.
    fn marked(&self, span: Span) -> Option<String> {
        let marked = self.paths.sources.slice(span).trim();
        let line = marked.lines().next().filter(|line| !line.is_empty())?;
        // What is left of a secret behind the first line is no less a secret.
        Some(self.covered(span, if line == marked { line } else { marked }).into_owned())
    }

    /// `value`, which stands at `span`, without its secrets and not too long.
    fn covered<'v>(&self, span: Span, value: &'v str) -> Cow<'v, str> {
        let written = self.paths.sources.slice(span);
        let start = span.start() as usize;
        let found = self.redactions.found(value);
        let by_place = self.redactions.ranges(span.file(), written, start);
        if !found.is_empty() || !by_place.is_empty() {
            let digits = hash(value.as_bytes(), SECRET_DIGITS);
            return Cow::Owned(format!("*** ({digits})"));
        }
        if value.chars().nth(MAX_VALUE).is_none() {
            return Cow::Borrowed(value);
        }
        let beginning: String = value.chars().take(BEGINNING).collect();
        Cow::Owned(format!("{beginning}… ({})", hash(value.as_bytes(), LONG_DIGITS)))
    }
}

/// The first digits of the SHA-256.
fn hash(bytes: &[u8], digits: usize) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text.truncate(digits);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Label, Rule, Severity, Stage};
    use crate::source::SourceFile;

    static RULE: Rule =
        Rule { name: "r", stage: Stage::Schema, severity: Severity::Error, summary: "", page: "" };

    /// `path = value` of each place between `«` and `»`, where `hidden` is a secret.
    fn identities(marked: &str, hidden: &str) -> String {
        let mut text = String::new();
        let mut places = Vec::new();
        for piece in marked.split_inclusive(['«', '»']) {
            text.push_str(piece.trim_end_matches(['«', '»']));
            match piece.chars().next_back() {
                Some('«') => places.push((text.len(), 0)),
                Some('»') => places.last_mut().unwrap().1 = text.len(),
                Some(_) | None => {}
            }
        }
        let mut sources = Sources::default();
        let bytes = text.clone().into_bytes();
        let file = sources.add(SourceFile::new("./a.yaml".to_owned(), bytes, false));
        let secrets = text.match_indices(hidden).filter(|(_, found)| !found.is_empty());
        let spans = secrets.map(|(at, found)| Span::new(file, at, at + found.len())).collect();
        let redactions = Redactions::new(&sources, spans, &[]);
        let found: Vec<Diagnostic> = places
            .into_iter()
            .map(|(start, end)| Diagnostic {
                rule: &RULE,
                severity: Severity::Error,
                message: String::new(),
                primary: Label { span: Span::new(file, start, end), text: Cow::Borrowed("") },
                labels: Vec::new(),
                help: None,
                fixes: Vec::new(),
                environments: Vec::new(),
            })
            .collect();
        let identities = of_all(&sources, &redactions, found.iter());
        let shown = identities.iter().map(|identity| {
            assert_eq!((identity.file.as_str(), &*identity.rule), ("a.yaml", "r"));
            let Identity { path, value, ordinal, .. } = identity;
            format!("{path} = {value:?} {ordinal}")
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_place_is_a_path_and_what_stands_there() {
        insta::assert_snapshot!(identities("
a:
  «b»: «1»
  'c.d': {e: «\"x\\ty\"», «f»: [1]}
  «g: {h: 1}»
  list: [«p», «q», «p», {name: n, v: «1»}, {v: «1», model: m.m}, {v: «2»}]
  long: «looooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooong»
  url: 'http://«host»:1'
  anchor: &x «y»
  alias: «*x»
  empty: «»
# a «remark»
", ""), @r#"
        a.b = Some("1") 0
        a.b = Some("1") 1
        a."c.d".e = Some("x\ty") 0
        a."c.d".f = None 0
        a = Some("g: {h: 1}") 0
        a.list[] = Some("p") 0
        a.list[] = Some("q") 0
        a.list[] = Some("p") 1
        a.list[name=n].v = Some("1") 0
        a.list[model="m.m"].v = Some("1") 0
        a.list[].v = Some("2") 0
        a.long = Some("looooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo… (a48ee255f38666e0)") 0
        a.url = Some("http://host:1") 0
        a.anchor = Some("y") 0
        a.alias = Some("*x") 0
        a = None 0
        a = Some("remark") 0
        "#);
    }

    #[test]
    fn what_moves_is_the_same_and_what_changes_is_not() {
        let all = |text: &str| identities(text, "");
        let first = all("a: {b: «x»}\nl:\n  - {name: one, v: «1»}\n");
        let moved = all("# new\nl:\n- v: 0\n- {v: «1», name: one}\n\na:\n  c: 0\n  b:   'x'\n");
        assert_eq!(moved.lines().next(), first.lines().nth(1));
        assert_ne!(all("a: {b: «y»}\n"), all("a: {b: «x»}\n"));
        assert_eq!(all("a:\n\n    b: «'x'» # why\n"), all("a: {b: «x»}\n"));
    }

    #[test]
    fn a_secret_is_in_no_identity_and_its_change_is_seen() {
        let of = |secret: &str| {
            let text = format!(
                "a: {{key: «{secret}», url: 'http://me:«{secret}»@h', {secret}: «1»}}
# {secret} «{secret}»
"
            );
            identities(&text, secret)
        };
        let one = of("hunter2hunter2");
        insta::assert_snapshot!(one, @r#"
        a.key = Some("*** (768)") 0
        a.url = Some("*** (1b2)") 0
        a."*** (768)" = Some("1") 0
         = Some("*** (768)") 0
        "#);
        assert!(!one.contains("hunter2"));
        assert_ne!(one, of("hunter3hunter3"));
    }

    #[test]
    fn text_that_is_no_yaml_is_told_by_itself() {
        insta::assert_snapshot!(identities("a: {b: «1»\n«\t»c: [\nd: «}»\n", ""), @r#"
        = Some("1") 0
        = None 0
        = Some("}") 0
        "#);
        insta::assert_snapshot!(identities("«»", ""), @" = None 0");
    }
}
