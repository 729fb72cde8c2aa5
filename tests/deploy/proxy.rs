//! The real LiteLLM proxy as a service on loopback: a project, a script that restarts it, and an
//! upstream in the test.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::site::{OUTPUT, end_all_in, nobody_works_in};
use crate::support::project::{Ended, Project, finish};

/// The proxy's key, of the shape of one.
pub const KEY: &str = "sk-deploy-test-0123456789abcdef";

/// The settings that keep LiteLLM from looking for anything outside of this machine.
const SETTINGS: [(&str, &str); 4] = [
    ("LITELLM_LOCAL_MODEL_COST_MAP", "True"),
    ("LITELLM_MODE", "PRODUCTION"),
    ("LITELLM_TELEMETRY", "False"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
];

/// The service: the old process ends, a new one starts in a session of its own. `trouble` is done
/// once before that. With a file `waits` it comes back when the proxy serves or has ended.
const RESTART: &str = r#"
CONFIG=config/litellm-unified.yaml
if [ -e trouble ]; then mv trouble troubled; . ./troubled; fi
alive() { [ -e "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat"; }
if [ -e proxy.pid ]; then
    old=$(cat proxy.pid); kill "$old" 2>/dev/null; tries=0
    while alive "$old" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -9 "$old" 2>/dev/null
fi
echo once >> starts
setsid "$PYTHON" "$LITELLM" --config "$CONFIG" --host 127.0.0.1 --port "$PORT" \
    > proxy.log 2>&1 < /dev/null &
new=$!
echo $new > proxy.pid
while [ -e waits ]; do
    if grep -q 'Application startup complete' proxy.log; then exit 0; fi
    if ! alive $new; then tail -n 3 proxy.log; exit 1; fi
    sleep 0.1
done
"#;

/// A project that the real proxy serves.
pub struct Service {
    pub project: Project,
    pub upstream: Upstream,
    pub port: u16,
    python: PathBuf,
}

impl Service {
    pub fn new(python: &Path) -> Service {
        let upstream = Upstream::start();
        let project = Project::new();
        for file in ["config/providers.yaml", "config/ports.yaml"] {
            let text = project.read(file).replace("8001", &upstream.port.to_string());
            project.write(file, text);
        }
        project.write("restart.sh", RESTART);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let service = Service { project, upstream, port, python: python.to_path_buf() };
        service.settings("180s", "30s", "");
        service
    }

    /// How the project is deployed: limits of the reload and of the probe, and more settings of
    /// the file.
    pub fn settings(&self, reload: &str, probe: &str, more: &str) {
        let port = self.port;
        self.project.write(
            "gwcfg.yaml",
            format!(
                "gateway:\n  general_settings: {{master_key: os.environ/LITELLM_MASTER_KEY}}\n\
                 deploy:\n  reload: [sh, restart.sh]\n  reload-timeout: {reload}\n  probe: {{url: \
                 'http://127.0.0.1:{port}', timeout: {probe}, interval: 0.1}}\n{more}"
            ),
        );
        // A reload that waits for the proxy tells at once that it ended.
        self.project.write("waits", "");
    }

    /// The gateway's own check, as `deploy.check`, behind a script's words.
    pub fn check(&self, before: &str) -> String {
        self.project.write(
            "check.sh",
            format!("{before}\nexec \"$PYTHON\" \"$LITELLM\" --config \"$1\" --validate_config\n"),
        );
        "  check: [sh, check.sh, '{config}']\n  check-timeout: 180s\n".to_owned()
    }

    /// The public name `from` is `to` from now on.
    pub fn rename(&self, from: &str, to: &str) {
        let text = self.project.read("config/model-mappings.yaml").replace(from, to);
        self.project.write("config/model-mappings.yaml", text);
    }

    /// What the next restart does first.
    pub fn trouble(&self, script: &str) {
        self.project.write("trouble", format!("{script}\n"));
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.with_environment(self.project.command(arguments))
    }

    pub fn with_environment(&self, mut command: Command) -> Command {
        let litellm = self.python.parent().unwrap().join("litellm");
        command.envs(SETTINGS).env("PYTHON", &self.python).env("LITELLM", litellm);
        command.env("PORT", self.port.to_string()).env("LITELLM_MASTER_KEY", KEY);
        command.env("HOME", self.project.root()).env("OPENAI_API_KEY", "none-is-needed");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        finish(self.command(arguments))
    }

    /// Starts a deploy and waits until its reload has left the file `reloading`.
    pub fn deploy_until_reload(&self, arguments: &[&str]) -> Child {
        let words = fs::File::create(self.project.path("deploy.err")).unwrap();
        let child = self.command(arguments).stdout(Stdio::null()).stderr(words).spawn().unwrap();
        let begun = Instant::now();
        while !self.project.path("reloading").exists() {
            let words = self.project.read("deploy.err");
            assert!(begun.elapsed() < Duration::from_secs(90), "{words}");
            sleep(Duration::from_millis(20));
        }
        self.project.remove("reloading");
        child
    }

    /// The names that the proxy lists, those that it knows for wildcards among them; `None` when it
    /// does not answer.
    pub fn serves(&self) -> Option<BTreeSet<String>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        write!(
            stream,
            "GET /v1/models HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\r\n\r\n"
        )
        .ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let (_, body) = text.split_once("\r\n\r\n")?;
        let body: serde_json::Value = serde_json::from_str(body).ok()?;
        let models = body["data"].as_array()?.iter();
        Some(models.filter_map(|model| Some(model["id"].as_str()?.to_owned())).collect())
    }

    /// Waits until the proxy serves a name and not another, and nothing is pending.
    pub fn is_serving(&self, name: &str, gone: &str) {
        let begun = Instant::now();
        loop {
            let served = self.serves().unwrap_or_default();
            let head = self.project.read(".gwcfg/head.json");
            let settled = head.contains("\"pending\": null");
            if settled && served.contains(name) && !served.contains(gone) {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(90), "{head} {served:?}");
            sleep(Duration::from_millis(100));
        }
        let text = self.project.read(OUTPUT);
        assert!(text.contains(name) && !text.contains(gone), "{text}");
    }

    /// How often the proxy was started.
    pub fn starts(&self) -> usize {
        self.project.read("starts").lines().count()
    }

    /// Ends the proxy; nothing else works for the project.
    pub fn is_over(&self) {
        let pid = self.project.read("proxy.pid");
        crate::site::signal(pid.trim().parse().unwrap(), "TERM");
        nobody_works_in(self.project.root());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A test that failed leaves the proxy behind.
        if std::thread::panicking() {
            end_all_in(self.project.root());
        }
    }
}

/// An upstream that answers every request as if it were one for a completion, and counts those.
pub struct Upstream {
    pub port: u16,
    pub answered: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Upstream {
    fn start() -> Upstream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (answered, ends) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, over) = (Arc::clone(&answered), Arc::clone(&ends));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                if stream.and_then(complete).is_ok_and(|first| first.contains("/chat/completions "))
                {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
        Upstream { port, answered, ends, thread: Some(thread) }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Gives the first line of the request.
fn complete(mut stream: TcpStream) -> std::io::Result<String> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    let text = serde_json::json!({
        "id": "one", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", "content": "pong"}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    })
    .to_string();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    )?;
    Ok(first)
}
