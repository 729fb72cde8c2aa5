//! A config of the gateway that somebody wrote: text → tree → config, and what the rules say.

use crate::checks::gateway::{self, Context};
use crate::checks::lexical;
use crate::diagnostic::{Report, identity};
use crate::gateway::litellm::value::Value;
use crate::gateway::litellm::walk::Gateway;
use crate::source::{self, FileId, Read, Sources};

use super::{lex, read_comments, suppression};

/// What the rules say of configs of the gateway that somebody wrote; the number of the names that a
/// request may ask for.
pub fn lint(
    sources: &Sources,
    files: &[FileId],
    world: &gateway::World<'_>,
    report: &mut Report,
) -> usize {
    let (mut names, mut whole) = (0, true);
    for file in files {
        let linted = lint_file(sources, *file, world, report);
        names += linted.0;
        whole &= linted.1;
    }
    let paths: Vec<&str> = files.iter().map(|file| identity::file(sources, *file)).collect();
    suppression::judge_baseline(&[], whole, Some(&paths), report);
    names
}

/// The names of one config, and whether all of it could be read.
fn lint_file(
    sources: &Sources,
    file: FileId,
    world: &gateway::World<'_>,
    report: &mut Report,
) -> (usize, bool) {
    let lexed = lex(sources, file);
    let tree = &lexed.parsed.tree;
    report.hide(&lexed.secrets);
    read_comments(sources, &lexed, report);
    let Read { document: config, problems } =
        if lexed.usable { source::read(tree) } else { Read::default() };
    report.run(&lexical::yaml_checks(), &lexed.as_seen(sources, None, &problems));
    let tables = Gateway::for_release(&config, world.release);
    // What is missing may stand where the parser gave up.
    let root = Value::root(tree).filter(|_| lexed.whole);
    let context = Context::new((sources, file), root, &tables, &lexed.secrets, world);
    if lexed.whole {
        report.run(&gateway::checks(), &context);
    }
    report.run(&gateway::text_checks(), &context);
    suppression::suppress(sources, report);
    suppression::judge_comments(sources, &[], &[], lexed.whole, report);
    report.heed_baseline(sources);
    (context.public_names(), lexed.whole)
}
