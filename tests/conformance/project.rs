//! Small source projects, compiled by the binary under test and loaded by the real gateway.

use std::collections::BTreeMap;
use std::fs;

use crate::support::litellm::{Gateway, Load, Loaded};
use crate::support::project::gwcfg;

/// A project: `providers.yaml`, `model-mappings.yaml`, and more files by name.
#[derive(Debug, Default)]
pub struct Project<'t> {
    pub providers: &'t str,
    pub mappings: &'t str,
    pub more: &'t [(&'t str, &'t str)],
    pub flags: &'t [&'t str],
}

/// The config that gwcfg compiles.
///
/// # Panics
/// When the sources have errors.
pub fn compile(project: &Project<'_>) -> String {
    let root = tempfile::tempdir().expect("a folder for the project");
    let files = [("providers.yaml", project.providers), ("model-mappings.yaml", project.mappings)];
    for (name, text) in files.iter().chain(project.more) {
        fs::write(root.path().join(name), text).expect("the project can be written");
    }
    let output = gwcfg()
        .arg("-C")
        .arg(root.path())
        .args(["generate", "-o", "-"])
        .args(project.flags)
        .output()
        .expect("gwcfg runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stderr),
        project.providers
    );
    String::from_utf8(output.stdout).expect("the config is text")
}

/// Loads a project's config; the gateway must start.
pub fn load(
    gateway: &mut Gateway,
    project: &Project<'_>,
    env: &[(&str, &str)],
    origins: &[&str],
) -> Loaded {
    let config = compile(project);
    let env: BTreeMap<_, _> =
        env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let upstreams = origins.iter().map(|origin| (*origin).to_owned()).collect();
    let loaded = gateway.load(&Load { config: config.clone(), env, upstreams });
    assert!(loaded.ok, "{loaded:?}\n{config}");
    loaded
}
