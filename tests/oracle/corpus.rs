//! Configs of other people, and what gwcfg compiles of a real project: the real router is asked for
//! every name, and every deployment that it picks must be one that the walk picks, in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gwcfg::gateway::litellm::walk::Gateway as Tables;

use crate::support::corpus;
use crate::support::litellm::{Gateway, Picked, gateway};
use crate::world::{Scenario, different};
use crate::{configs, follow, projects, with_tables};

/// Names that are asked for under one outage; of more, each outage has others.
const NAMES: usize = 12;

#[test]
fn the_walk_is_what_the_real_router_does_with_the_configs_of_other_people() {
    let Some(corpus) = corpus() else { return };
    let test = "the_walk_is_what_the_real_router_does_with_the_configs_of_other_people";
    let Some(mut gateway) = gateway(test) else { return };
    let mut run = Run::default();
    for folder in ["litellm-wild", "litellm-examples"] {
        for path in files(&corpus.join(folder), "yaml") {
            if !is_wanted(&path) {
                continue;
            }
            let config = fs::read_to_string(&path).unwrap();
            let begun = std::time::Instant::now();
            let (requests, differences) = (run.requests, run.differences.len());
            run.compare(&mut gateway, &config, &path.file_name().unwrap().to_string_lossy());
            println!(
                "{}: {} requests in {:.1} s",
                path.display(),
                run.requests - requests,
                begun.elapsed().as_secs_f64()
            );
            for line in &run.differences[differences..] {
                println!("{line}");
            }
        }
    }
    run.is_right(100);
}

#[test]
fn the_walk_is_what_the_real_router_does_with_every_revision() {
    let Some(corpus) = corpus() else { return };
    let test = "the_walk_is_what_the_real_router_does_with_every_revision";
    let Some(mut gateway) = gateway(test) else { return };
    let mut run = Run::default();
    // Configs of the team's own that do not start.
    let mut teams = 0;
    for revision in files(&corpus.join("history"), "") {
        let read = |name: &str| fs::read_to_string(revision.join(name)).ok();
        let what = revision.file_name().unwrap().to_string_lossy();
        let config = projects::compile(
            &read("providers.yaml").unwrap(),
            &read("model-mappings.yaml").unwrap(),
            read("ports.yaml").as_deref(),
        );
        run.compare(&mut gateway, &config, &what);
        assert_eq!(run.refused, teams, "{what}: what gwcfg wrote does not start");
        if let Some(own) = read("litellm-unified.yaml") {
            run.compare(&mut gateway, &own, &format!("{what}, the team's own"));
            teams = run.refused;
        }
    }
    run.is_right(6);
}

/// Whether `GWCFG_ORACLE_FILE`, pieces of paths with commas between, names a file; all without it.
fn is_wanted(path: &Path) -> bool {
    let wanted = std::env::var("GWCFG_ORACLE_FILE").unwrap_or_default();
    wanted.split(',').any(|piece| path.to_string_lossy().contains(piece))
}

/// The files of a folder with this ending, or the folders in it, in order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| match ending {
            "" => path.is_dir(),
            ending => path.extension().is_some_and(|extension| extension == ending),
        })
        .collect();
    files.sort();
    files
}

#[derive(Default)]
struct Run {
    loaded: usize,
    refused: usize,
    requests: usize,
    calls: usize,
    differences: Vec<String>,
}

impl Run {
    /// Asks the real router for the names of a config; the first difference is kept.
    fn compare(&mut self, gateway: &mut Gateway, config: &str, what: &str) {
        let verdict = gateway.load_any(config);
        if !verdict.ok {
            self.refused += 1;
            return;
        }
        self.loaded += 1;
        let first = with_tables(config, |tables| self.first_difference(gateway, tables, config));
        self.differences.extend(first.map(|line| format!("{what}: {line}")));
    }

    fn first_difference(
        &mut self,
        gateway: &mut Gateway,
        tables: &Tables<'_>,
        config: &str,
    ) -> Option<String> {
        let rows = 0..tables.deployments.len();
        let providers = different(rows.map(|row| provider_of(tables, row)));
        let names: Vec<&str> = tables.public_names().into_iter().chain(configs::UNKNOWN).collect();
        for (turn, scenario) in Scenario::all(&providers, config.len()).into_iter().enumerate() {
            let asked = if scenario.is_outage() { NAMES } else { 1 };
            for name in names.iter().cycle().skip(turn * asked).take(asked.min(names.len())) {
                let difference = self.ask(gateway, tables, name, &scenario);
                if difference.is_some() {
                    return difference;
                }
            }
        }
        None
    }

    fn ask(
        &mut self,
        gateway: &mut Gateway,
        tables: &Tables<'_>,
        name: &str,
        scenario: &Scenario,
    ) -> Option<String> {
        gateway.advance(3600);
        let world = |row: usize| scenario.failure(&provider_of(tables, row));
        let rows = tables.deployments.iter().enumerate();
        let down: BTreeMap<usize, &str> = rows
            .filter(|(row, _)| world(*row).is_some())
            .map(|(_, deployment)| (deployment.entry, scenario.word()))
            .collect();
        let picked = gateway.pick(name, &down);
        let entry = |row: usize| tables.deployments[row].entry;
        let is_real = |row: usize, number: usize| picked.picks.get(number) == Some(&entry(row));
        let ended = follow(tables, name, &world, &is_real);
        self.requests += 1;
        self.calls += picked.picks.len();
        let ours: Vec<usize> = ended.calls.iter().map(|call| entry(call.row)).collect();
        let Picked { ok, error, picks } = &picked;
        (ours != *picks || ended.failure.is_none() != *ok).then(|| {
            format!(
                "{scenario:?}, request for {name}: the walk says {ours:?} and {:?}, the router did \
                 {picks:?} and {error:?}",
                ended.failure
            )
        })
    }

    fn is_right(&self, files: usize) {
        let Run { loaded, refused, requests, calls, differences } = self;
        let count = differences.len();
        println!(
            "{loaded} configs, {refused} that do not start; {requests} requests, {calls} calls, \
             {count} differences"
        );
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert!(*loaded >= files && calls > requests, "{loaded} configs, {calls} calls");
    }
}

/// Deployments that fail together: of one provider, at one address.
fn provider_of(tables: &Tables<'_>, row: usize) -> String {
    let deployment = &tables.deployments[row];
    let (prefix, _) = deployment.model.split_once('/').unwrap_or((deployment.model, ""));
    format!("{prefix} {}", deployment.api_base)
}
