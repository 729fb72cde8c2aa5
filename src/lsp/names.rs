//! Every name of a project where it stands, broken files as far as they can be read.

use crate::pipeline::Files;
use crate::source::{Sources, Span, parse};

use super::place::{Names, Role, Step, walk};
use super::workspace::all;

/// A name in the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurrence<'a> {
    pub(super) name: &'a str,
    pub(super) role: Role<'a>,
    pub(super) span: Span,
    /// What makes it a public name; [`Class::None`] for what makes none.
    class: Class,
}

/// Which section makes a public name, the one that counts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Balanced,
    Exact,
    Model,
    Capability,
    None,
}

/// All names of a project, file by file.
pub(super) fn occurrences(sources: &Sources, files: Files) -> Vec<Occurrence<'_>> {
    let mut found = Vec::new();
    for (document, file) in all(files) {
        let tree = parse(sources, file).tree;
        walk(&tree, &mut |place| {
            let Some(role) = place.role(document, &tree) else { return };
            let class = match (role.declares, place.path.first()) {
                (true, Some(Step::Key("load_balancing"))) => Class::Balanced,
                (true, Some(Step::Key("exact_matches"))) => Class::Exact,
                (true, Some(Step::Key("capabilities"))) => Class::Capability,
                (true, _) if matches!(role.names, Names::ModelOf(_)) => Class::Model,
                (true | false, _) => Class::None,
            };
            if !place.value.is_empty() {
                found.push(Occurrence { name: place.value, role, span: place.span, class });
            }
        });
    }
    found
}

/// Where a name is declared: the places of the first section, in the order in which the sections
/// count, that declares it.
pub(super) fn declarations<'a>(
    all: &[Occurrence<'a>],
    names: Names<'_>,
    name: &str,
) -> Vec<Occurrence<'a>> {
    let declared =
        all.iter().filter(|one| one.role.declares && one.name == name).copied().collect::<Vec<_>>();
    let of = |kind: &dyn Fn(&Occurrence<'a>) -> bool| {
        declared.iter().filter(|one| kind(one)).copied().collect::<Vec<_>>()
    };
    let provider = |one: &Occurrence<'a>| one.role.names == Names::Provider;
    let public = |one: &Occurrence<'a>| {
        let first = declared.iter().map(|one| one.class).min();
        one.class != Class::None && Some(one.class) == first
    };
    match names {
        Names::Provider | Names::ProviderType | Names::Rule => of(&|one| one.role.names == names),
        Names::ModelOf(_) => {
            let own = of(&|one| one.role.names == names);
            if own.is_empty() { of(&|one| one.class == Class::Model) } else { own }
        }
        Names::Model | Names::Public => of(&public),
        Names::Target => {
            let public = of(&public);
            if public.is_empty() { of(&provider) } else { public }
        }
    }
}
