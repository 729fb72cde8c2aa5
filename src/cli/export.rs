//! `gwcfg generate --emit`: the config in the shape in which a cluster takes it. An export is no
//! output: nothing is recorded, and the cluster's own engine rolls it out and back.

use std::io;
use std::path::Path;

use crate::diagnostic::Redactions;
use crate::gateway::litellm::Lowered;
use crate::gateway::litellm::packaged::{
    self, Change, ConfigMap, MAX_BYTES, MAX_CLIENT_SIDE_BYTES, Needs,
};
use crate::project::Loaded;
use crate::release::atomic::{OUTPUT_MODE, replace};
use crate::release::hash;
use crate::release::header::Header;
use crate::release::output::{self, OnDisk};
use crate::release::place::{Place, resolve};
use crate::release::store::Store;

use super::args::{Arguments, Generate, Shape};
use super::compiled::{body, compile_to, header};
use super::exit::Exit;
use super::{Terminal, generate, load, recording, reports};

/// Name of the ConfigMap when none is given.
const NAME: &str = "litellm-config";

/// What stands for the content's hash in a name.
const HASH: &str = "{hash}";

/// Digits of the hash in a name.
const HASH_DIGITS: usize = 10;

/// A config in its shape.
struct Export {
    bytes: Vec<u8>,
    target: String,
    redactions: Redactions,
    needs: Needs,
    /// Bytes of the config inside.
    size: usize,
}

pub(super) fn run(
    arguments: &Arguments,
    command: &Generate,
    shape: Shape,
    terminal: &mut Terminal,
) -> Exit {
    if let Some(wrong) = misused(command, shape) {
        terminal.fail(&wrong);
        return Exit::Usage;
    }
    let loaded = match load(arguments, &command.reporting, terminal) {
        Ok(loaded) => loaded,
        Err(exit) => return exit,
    };
    let path = command.output.as_deref().filter(|path| *path != Path::new("-"));
    let refused = path.and_then(|path| refuse_path(&loaded, path, shape, terminal));
    if let Some(exit) = refused.or_else(|| reports::refuse_output(command, terminal)) {
        return exit;
    }
    // The report must not stand where the export is expected.
    let report: Box<dyn io::Write> = Box::new(io::stderr());
    let out = path.is_none().then(|| std::mem::replace(&mut terminal.out, report));
    let made = compile_to(&loaded, &command.reporting, terminal, |lowered, redactions| {
        make(&loaded, lowered, command.name.as_deref(), shape, redactions)
    });
    if let Some(out) = out {
        terminal.out = out;
    }
    let export = match made {
        Ok(export) => export,
        Err(exit) => return exit,
    };
    let exit = match path {
        None => terminal.print(&String::from_utf8_lossy(&export.bytes)),
        Some(path) => write(&loaded, command, path, shape, &export, terminal),
    };
    if exit == Exit::Done && !command.check {
        tell(&export, shape, terminal);
    }
    exit
}

/// Options that mean nothing together.
fn misused(command: &Generate, shape: Shape) -> Option<String> {
    let stdout = command.output.as_deref().is_none_or(|path| path == Path::new("-"));
    if command.check && stdout {
        return Some("`--check` compares with a file: name it with `-o`".to_owned());
    }
    let name = command.name.as_deref()?;
    if shape == Shape::HelmValues {
        return Some(
            "`--name` is the name of a ConfigMap, and the chart names its own: leave it out"
                .to_owned(),
        );
    }
    packaged::wrong_name(&named(name, &"0".repeat(HASH_DIGITS)))
}

/// A name with the beginning of the hash in its place.
fn named(name: &str, sha256: &str) -> String {
    name.replace(HASH, sha256.get(..HASH_DIGITS).unwrap_or(sha256))
}

/// The sources and the output stay what they are.
fn refuse_path(
    loaded: &Loaded,
    path: &Path,
    shape: Shape,
    terminal: &mut Terminal,
) -> Option<Exit> {
    let real = |path: &Path| resolve(&place(loaded, path)).ok();
    let what = if loaded.is_input(path) {
        "one of the sources"
    } else if real(path).is_some_and(|path| real(&loaded.output) == Some(path)) {
        "the output, which the gateway reads"
    } else {
        return None;
    };
    terminal.fail(&format!(
        "`{}` is {what}, and is kept: name another file for the {}",
        path.display(),
        word(shape)
    ));
    Some(Exit::Refused)
}

fn place<'p>(loaded: &'p Loaded, path: &'p Path) -> Place<'p> {
    Place { path, root: &loaded.root, new_mode: OUTPUT_MODE }
}

/// As the header of the file says it, too.
fn word(shape: Shape) -> &'static str {
    match shape {
        Shape::Configmap => "ConfigMap",
        Shape::HelmValues => "Helm values",
    }
}

fn make(
    loaded: &Loaded,
    lowered: &Lowered<'_>,
    name: Option<&str>,
    shape: Shape,
    redactions: Redactions,
) -> Result<Export, String> {
    let failed = |error: io::Error| format!("cannot compile: {error}");
    let mut config = Vec::new();
    body(lowered, &mut config).map_err(failed)?;
    let size = config.len();
    if size > MAX_BYTES {
        return Err(format!(
            "the config has {size} bytes, and a ConfigMap of Kubernetes holds {MAX_BYTES} (1 MiB): \
             nothing was written; put the file of `gwcfg generate` into an image or on a volume"
        ));
    }
    let config = String::from_utf8_lossy(&config);
    let needs = packaged::needs(lowered);
    let header = header(loaded);
    let mut bytes = io::Cursor::new(Vec::new());
    let target = format!("{}, {}", header.target, word(shape));
    let above = Header { target: target.clone(), ..header.clone() };
    let written = match shape {
        Shape::Configmap => {
            let sha256 = hash::of_bytes(config.as_bytes());
            let given = name.unwrap_or(NAME);
            let map = ConfigMap {
                name: &named(given, &sha256),
                immutable: given.contains(HASH),
                target: &header.target,
                sha256: &sha256,
                config: &config,
            };
            output::write(&mut bytes, &above, |out| packaged::config_map(&map, &needs, out))
        }
        Shape::HelmValues => {
            output::write(&mut bytes, &above, |out| packaged::chart_values(lowered, &needs, out))
        }
    };
    written.map_err(failed)?;
    Ok(Export { bytes: bytes.into_inner(), target, redactions, needs, size })
}

/// Puts an export into its file, or compares it with what is there.
fn write(
    loaded: &Loaded,
    command: &Generate,
    path: &Path,
    shape: Shape,
    export: &Export,
    terminal: &mut Terminal,
) -> Exit {
    let shown = path.display();
    let there = match output::inspect(path, &Store::new(&loaded.state_dir), None) {
        Ok(there) => there,
        Err(error) => {
            terminal.fail(&error.to_string());
            return Exit::Usage;
        }
    };
    if there == OnDisk::Ours && std::fs::read(path).is_ok_and(|bytes| bytes == export.bytes) {
        terminal.say(&format!("`{shown}` is up to date"));
        return Exit::Done;
    }
    if command.check {
        terminal.fail(&format!(
            "`{shown}` does not hold the {} that the sources compile to: run `gwcfg generate` with \
             `--emit` and without `--check`",
            word(shape)
        ));
        return Exit::Findings;
    }
    if !command.force {
        let refused = generate::refuse_to_lose(&there, path, true, &export.redactions, terminal)
            .or_else(|| refuse_other_shape(path, shape, export, terminal))
            .or_else(|| {
                let environment = loaded.environment.as_deref();
                generate::refuse_other_environment(&there, path, environment, terminal)
            });
        if let Some(exit) = refused {
            return exit;
        }
    }
    let written = replace(&place(loaded, path), |file| io::Write::write_all(file, &export.bytes));
    match written {
        Ok(()) => {
            terminal.say(&format!("wrote `{shown}`"));
            Exit::Done
        }
        Err(error) => recording::fail(&error.into(), terminal),
    }
}

/// A file of gwcfg may be the config that a gateway reads: it does not become something else.
fn refuse_other_shape(
    path: &Path,
    shape: Shape,
    export: &Export,
    terminal: &mut Terminal,
) -> Option<Exit> {
    let there = output::read_header(path).ok().flatten()?;
    let kind = |target: &str| target.split_once(", ").map(|(_, kind)| kind.to_owned());
    if kind(&there.target) == kind(&export.target) {
        return None;
    }
    terminal.fail(&format!(
        "`{}` is a file of gwcfg for `{}`, and is kept: name another file for the {}, or use \
         `--force`",
        path.display(),
        there.target,
        word(shape)
    ));
    Some(Exit::Refused)
}

/// What a person should know before it goes to the cluster.
fn tell(export: &Export, shape: Shape, terminal: &mut Terminal) {
    if shape == Shape::Configmap && export.size > MAX_CLIENT_SIDE_BYTES {
        terminal.say(&format!(
            "note: the config has {} bytes, too many for a plain `kubectl apply`: use `kubectl \
             apply --server-side`",
            export.size
        ));
    }
    if shape != Shape::HelmValues {
        return;
    }
    let what = match export.needs.changed_by_helm {
        Some(Change::Null) => "leaves settings out that are null, as one here is",
        Some(Change::Number) => "writes a number of this config so that LiteLLM reads it as text",
        Some(Change::Text) => "leaves out quotes that a text of this config needs",
        None => return,
    };
    terminal.say(&format!(
        "note: Helm {what}: use `--emit configmap` and the chart's `proxyConfigMap` if it matters"
    ));
}
