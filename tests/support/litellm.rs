//! The real LiteLLM, as a process that loads a configuration and answers requests.
//!
//! `tests/conformance/gateway.py` runs LiteLLM's own configuration loader and router; the model
//! providers are fakes in the same process, so nothing leaves the machine. The first use makes a
//! virtual environment under `target/`, which needs `python3` and a package index.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use gwcfg::gateway::litellm::releases::{PINNED, Release};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The release that the tests pin, unless `GWCFG_LITELLM` names another.
pub const VERSION: &str = "1.106.2";

/// The release that the tests run.
pub fn release() -> Release {
    let Ok(version) = std::env::var("GWCFG_LITELLM") else { return PINNED };
    let target = gwcfg::project::target(&format!("litellm@{version}"));
    target.expect("GWCFG_LITELLM is a release").expect("a release was named")
}

/// The process, or why there is none: every test of the binary then fails at once with that.
static PROCESS: OnceLock<Result<Mutex<Process>, String>> = OnceLock::new();

/// The gateway, for one test at a time: the others of the same binary wait.
#[derive(Debug)]
pub struct Gateway {
    process: MutexGuard<'static, Process>,
}

/// A configuration and the world that it is loaded in.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Load {
    /// The text of `config.yaml`, loaded as it stands.
    pub config: String,
    /// Environment variables; no others are set but `PATH` and `HOME`.
    pub env: BTreeMap<String, String>,
    /// The origins (`scheme://host:port`) that answer. A deployment that would send its requests
    /// elsewhere, by `api_base` or by its provider's default, makes the load fail.
    pub upstreams: Vec<String>,
}

/// What loading did.
#[derive(Debug, Clone, Deserialize)]
pub struct Loaded {
    /// Whether the gateway would have started.
    pub ok: bool,
    /// The exception that stopped it: class and text.
    pub error: Option<String>,
    /// The names that can be requested, once per deployment, sorted; hidden aliases are absent.
    #[serde(default)]
    pub models: Vec<String>,
    /// The log from WARNING up.
    #[serde(default)]
    pub log: Vec<LogLine>,
    /// Deployments whose origin is not among [`Load::upstreams`], as `name: origin`.
    #[serde(default)]
    pub refused: Vec<String>,
}

/// What the real loader and router say of a config, in a world where what it names is there.
#[derive(Debug, Clone, Deserialize)]
pub struct Verdict {
    /// Whether the gateway would have started.
    pub ok: bool,
    /// The exception that stopped it: class and text.
    pub error: Option<String>,
    /// The names of the deployments that were dropped, in order.
    #[serde(default)]
    pub dropped: Vec<String>,
}

/// A configuration that the whole proxy starts with, and what it is asked.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Serve {
    /// The text of `config.yaml`.
    pub config: String,
    /// Environment variables; no others are set but `PATH` and `HOME`.
    pub env: BTreeMap<String, String>,
    /// Files beside the config.
    pub files: BTreeMap<String, String>,
    /// What is asked, in order: `path`, and `headers` and `body` where they matter.
    pub requests: Vec<Value>,
    /// Variables of the environment that are wanted after the start.
    pub variables: Vec<String>,
}

/// What the proxy did.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Served {
    /// Whether it started.
    pub ok: bool,
    /// The exception that stopped it: class and text.
    pub error: Option<String>,
    /// Status and text of each answer.
    pub answers: Vec<HttpAnswer>,
    /// The class of the cache; `NoneType` without one.
    pub cache: String,
    /// Whether the router has a Redis.
    pub redis: bool,
    /// The variables that were wanted.
    pub variables: BTreeMap<String, Option<String>>,
    /// The key of the deployment `a`.
    pub key: Option<String>,
    /// The log from WARNING up.
    pub log: Vec<LogLine>,
}

/// An answer of the proxy.
#[derive(Debug, Clone, Deserialize)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

/// Which deployments a request reached.
#[derive(Debug, Clone, Deserialize)]
pub struct Picked {
    /// Whether the client got a completion.
    pub ok: bool,
    /// The error that the client got.
    pub error: Option<RequestError>,
    /// Numbers in `model_list`, in order.
    #[serde(default)]
    pub picks: Vec<usize>,
}

/// One line of the gateway's log.
#[derive(Debug, Clone, Deserialize)]
pub struct LogLine {
    /// `WARNING`, `ERROR` or `CRITICAL`.
    pub level: String,
    /// The message.
    pub text: String,
}

/// How an upstream fails.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Status {
    /// An HTTP status.
    Http(u16),
    /// `refused` (no connection) or `timeout` (no answer).
    Wire(&'static str),
}

/// A failure that the upstreams give; the first that fits a call is used.
#[derive(Debug, Clone, Serialize)]
pub struct Failure {
    /// Only calls to this origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Only calls for this model, as it reaches the upstream (without LiteLLM's prefix).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the call gets.
    pub status: Status,
    /// The text of the error; some texts, of context windows for one, change the error's class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How often; without it, always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl Failure {
    /// Every call fails with this HTTP status.
    pub fn all(status: u16) -> Failure {
        Failure {
            origin: None,
            model: None,
            status: Status::Http(status),
            message: None,
            times: None,
        }
    }

    /// Every call for this model fails with this HTTP status.
    pub fn of(model: &str, status: u16) -> Failure {
        Failure { model: Some(model.to_owned()), ..Failure::all(status) }
    }

    /// Every call for this model fails on the wire: `refused` or `timeout`.
    pub fn wire(model: &str, how: &'static str) -> Failure {
        Failure { status: Status::Wire(how), ..Failure::of(model, 0) }
    }
}

/// The answer to one chat completion request, made as the proxy makes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// Whether the client got a completion.
    pub ok: bool,
    /// The error that the client got.
    pub error: Option<RequestError>,
    /// The text of the completion: always `pong`.
    pub text: Option<String>,
    /// Every call that reached an upstream, in order.
    #[serde(default)]
    pub calls: Vec<Call>,
    /// Lookups of model facts that LiteLLM makes beside the calls, with their own hosts.
    #[serde(default)]
    pub side_calls: Vec<String>,
    /// Calls to origins that the test did not name; they failed as unreachable.
    #[serde(default)]
    pub refused: Vec<String>,
    /// Seconds that the router would have waited between retries; the waits are not made.
    #[serde(default)]
    pub slept: f64,
    /// The log from WARNING up.
    #[serde(default)]
    pub log: Vec<LogLine>,
}

impl Answer {
    /// The models called, in order, with spaces between: `a b c`.
    pub fn models(&self) -> String {
        let names: Vec<&str> =
            self.calls.iter().map(|call| call.model.as_deref().unwrap_or("-")).collect();
        names.join(" ")
    }

    /// The origin and the model of the call that answered; `None` when none did.
    pub fn answered_by(&self) -> Option<(&str, &str)> {
        let last = self.calls.last().filter(|_| self.ok)?;
        Some((last.origin.as_str(), last.model.as_deref().unwrap_or("-")))
    }
}

/// An error as the client would see it.
#[derive(Debug, Clone, Deserialize)]
pub struct RequestError {
    /// The class: `RateLimitError`, `ProxyModelNotFoundError`, …
    #[serde(rename = "type")]
    pub class: String,
    /// The HTTP status, a number or text, or null.
    pub status: Value,
    /// The beginning of the text.
    pub text: String,
}

/// One call to an upstream.
#[derive(Debug, Clone, Deserialize)]
pub struct Call {
    /// `scheme://host:port`.
    pub origin: String,
    /// The path of the URL.
    pub path: String,
    /// The query of the URL, without `?`.
    pub query: String,
    /// The model as the upstream reads it, from the body or the path.
    pub model: Option<String>,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Value,
    /// What the upstream answered: a status, `refused` or `timeout`.
    pub status: Value,
}

impl Call {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// One round of background health checks.
#[derive(Debug, Clone, Deserialize)]
pub struct Health {
    /// Seconds until the next round; `None` when the configuration asks for no checks.
    pub interval: Option<f64>,
    /// Every call that reached an upstream; the order is not fixed.
    pub calls: Vec<Call>,
    /// Calls to origins that the test did not name.
    pub refused: Vec<String>,
}

/// The names that the release knows.
#[derive(Debug, Clone, Deserialize)]
pub struct Keys {
    /// The release.
    pub version: String,
    /// Arguments of `Router.__init__`.
    pub router_settings: Vec<String>,
    /// Documented fields of `general_settings`.
    pub general_settings: Vec<String>,
    /// Variables of the library, which `litellm_settings` may set; more than are documented.
    pub litellm_settings: Vec<String>,
    /// Fields of `litellm_params` that have a type.
    pub litellm_params: Vec<String>,
    /// Provider prefixes.
    pub providers: Vec<String>,
}

/// The gateway, or `None` with a line on stderr when `GWCFG_OFFLINE=1`.
///
/// # Panics
///
/// When the virtual environment cannot be made or the process does not come up.
pub fn gateway(test: &str) -> Option<Gateway> {
    if is_offline(test) {
        return None;
    }
    let process = PROCESS.get_or_init(|| environment().map(|it| Mutex::new(Process::start(&it))));
    let process = process.as_ref().unwrap_or_else(|problem| panic!("{problem}"));
    // A test that fails poisons the lock, but leaves no half of an exchange behind.
    Some(Gateway { process: process.lock().unwrap_or_else(PoisonError::into_inner) })
}

/// The Python that LiteLLM is installed for, or `None` with a line on stderr when
/// `GWCFG_OFFLINE=1`.
///
/// # Panics
///
/// When the virtual environment cannot be made.
pub fn python(test: &str) -> Option<PathBuf> {
    if is_offline(test) {
        return None;
    }
    Some(environment().unwrap_or_else(|problem| panic!("{problem}")))
}

fn is_offline(test: &str) -> bool {
    let offline = std::env::var("GWCFG_OFFLINE").is_ok_and(|value| value == "1");
    if offline {
        eprintln!("skipped: {test} (GWCFG_OFFLINE=1)");
    }
    offline
}

impl Gateway {
    /// Loads a configuration, in place of the one before.
    pub fn load(&mut self, load: &Load) -> Loaded {
        self.process.ask("load", load)
    }

    /// Judges any configuration; nothing can be asked of it afterwards. See
    /// `tests/conformance/verdict.py` for the world that it is judged in.
    pub fn judge(&mut self, config: &str) -> Verdict {
        self.process.ask("judge", &json!({"config": config}))
    }

    /// Starts the whole proxy, asks it, and ends it.
    pub fn serve(&mut self, serve: &Serve) -> Served {
        self.process.ask("serve", serve)
    }

    /// Loads any configuration, whatever it names, for [`pick`](Gateway::pick).
    pub fn load_any(&mut self, config: &str) -> Verdict {
        self.process.ask("load_any", &json!({"config": config}))
    }

    /// The deployments that a request reaches, by their number in `model_list`; those in `down`
    /// fail in the way that stands there. See `tests/conformance/picks.py`.
    pub fn pick(&mut self, model: &str, down: &BTreeMap<usize, &str>) -> Picked {
        self.process.ask("pick", &json!({"model": model, "down": down}))
    }

    /// Requests a completion from a model of the loaded configuration.
    pub fn request(&mut self, model: &str, failures: &[Failure]) -> Answer {
        self.process.ask("request", &json!({"model": model, "fail": failures}))
    }

    /// The same with more fields in the request's body, such as `{"stream": true}`.
    pub fn request_with(&mut self, model: &str, failures: &[Failure], params: &Value) -> Answer {
        self.process.ask("request", &json!({"model": model, "fail": failures, "params": params}))
    }

    /// Runs the round of background health checks that the proxy begins when it starts.
    pub fn health(&mut self) -> Health {
        self.process.ask("health", &json!({}))
    }

    /// Moves the clock of the loaded gateway forward, so that cooldowns run out.
    pub fn advance(&mut self, seconds: u32) {
        let answer: Value = self.process.ask("advance", &json!({"seconds": seconds}));
        assert_eq!(answer["ok"], json!(true), "{answer}");
    }

    /// The names that this release of the gateway knows.
    pub fn keys(&mut self) -> Keys {
        self.process.ask("keys", &json!({}))
    }
}

/// `gateway.py`. It ends when this process does, since its standard input ends then.
#[derive(Debug)]
struct Process {
    _child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    log: PathBuf,
}

impl Process {
    fn start(python: &Path) -> Process {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let log = scratch.join(concat!("gateway-", env!("CARGO_CRATE_NAME"), ".log"));
        let errors = File::create(&log).expect("the gateway's log can be written");
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/gateway.py"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", scratch)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the gateway's Python starts");
        let commands = child.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut process = Process { _child: child, commands, answers, log };
        let ready: Value = process.read();
        assert_eq!(ready["ready"], json!(true), "{ready}");
        process
    }

    fn ask<A: for<'de> Deserialize<'de>>(&mut self, operation: &str, fields: &impl Serialize) -> A {
        let mut command = serde_json::to_value(fields).expect("a command is JSON");
        command["op"] = json!(operation);
        writeln!(self.commands, "{command}").expect("the gateway reads commands");
        self.read()
    }

    fn read<A: for<'de> Deserialize<'de>>(&mut self) -> A {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the gateway answers");
        serde_json::from_str(&line).unwrap_or_else(|error| {
            panic!("bad answer of the gateway ({error}): `{line}`; see {}", self.log.display())
        })
    }
}

/// The Python of the virtual environment, which is made first when it is not complete.
fn environment() -> Result<PathBuf, String> {
    let version = std::env::var("GWCFG_LITELLM").unwrap_or_else(|_| VERSION.to_owned());
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let home = target.join(format!("litellm-{version}"));
    let stamp = home.join("gwcfg-complete");
    let python = home.join("bin/python");
    fs::create_dir_all(&target).expect("target/ can be made");
    // Test binaries may run side by side; one of them installs.
    let lock = File::create(target.join(format!("litellm-{version}.lock")))
        .expect("the lock of the virtual environment can be made");
    lock.lock().expect("the virtual environment can be locked");
    if !stamp.exists() {
        if !python.exists() {
            let made = Command::new("python3").args(["-m", "venv"]).arg(&home).output();
            succeed("python3 -m venv", made)?;
        }
        install(&python, &version)?;
        File::create(&stamp).expect("the stamp of the virtual environment can be written");
    }
    Ok(python)
}

/// Installs a release; of one whose packages cannot be had, the package itself with those of the
/// pinned release.
fn install(python: &Path, version: &str) -> Result<(), String> {
    let pip = |more: &[&str]| {
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        succeed("pip install", Command::new(python).args(install).args(more).output())
    };
    let whole = |version: &str| pip(&[&format!("litellm[proxy]=={version}")]);
    let Err(wrong) = whole(version) else { return Ok(()) };
    if version == VERSION {
        return Err(wrong);
    }
    eprintln!("LiteLLM {version} with the packages of {VERSION}: {wrong}");
    whole(VERSION)?;
    pip(&["--no-deps", &format!("litellm=={version}")])
}

fn succeed(what: &str, output: std::io::Result<Output>) -> Result<(), String> {
    let advice = "the conformance tests need it; GWCFG_OFFLINE=1 skips them";
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            Err(format!("`{what}` failed; {advice}\n{}", String::from_utf8_lossy(&output.stderr)))
        }
        Err(error) => Err(format!("`{what}` did not start ({error}); {advice}")),
    }
}
