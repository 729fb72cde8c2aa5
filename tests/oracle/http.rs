//! The real proxy, asked over HTTP: what it sends to upstreams on loopback is what the walk says.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gwcfg::gateway::litellm::releases::PINNED;
use serde_json::{Value, json};

use crate::support::litellm::{Status, python, release};
use crate::world::Scenario;
use crate::{Real, Total, compare_by, projects};

/// Projects that are asked for, one proxy each.
const PROJECTS: u64 = 20;

const KEY: &str = "sk-oracle-test-0123456789abcdef";

#[test]
fn the_walk_is_what_the_real_proxy_does_over_http() {
    let test = "the_walk_is_what_the_real_proxy_does_over_http";
    if release() != PINNED {
        println!("skipped: {test} (the proxies of other releases were not looked at)");
        return;
    }
    let Some(python) = python(test) else { return };
    let upstreams: Vec<Upstream> = (0..3).map(|_| Upstream::start()).collect();
    let mut proxy = Proxy::start(&python);
    let mut total = Total::default();
    for seed in 0..PROJECTS {
        let mut config = projects::compiled(&projects::project(seed));
        for (number, upstream) in upstreams.iter().enumerate() {
            let origin = format!("http://127.0.0.1:{}", 8001 + number);
            config = config.replace(&origin, &upstream.origin());
        }
        proxy.serve(&config);
        let mut turn = 0;
        compare_by(&config, &format!("project {seed}"), &mut total, |name, how| {
            turn += 1;
            // Of the outages every third name; of the classes of errors all.
            if how.is_outage() && turn % 3 != usize::try_from(seed % 3).unwrap() {
                return None;
            }
            Some(ask(&mut proxy, &upstreams, name, how))
        });
    }
    total.is_right("HTTP project");
    assert!(total.requests >= 100, "{} requests", total.requests);
}

fn ask(proxy: &mut Proxy, upstreams: &[Upstream], name: &str, how: &Scenario) -> Real {
    proxy.advance();
    for upstream in upstreams {
        let mut failures = how.failures().into_iter();
        let failure = failures.find(|one| one.origin.as_deref() == Some(&upstream.origin()));
        let failure = failure.map(|one| match one.status {
            Status::Http(status) => (status, one.message),
            // The provider's own word for it.
            Status::Wire(_) => (408, one.message),
        });
        upstream.told.lock().unwrap().failure = failure;
    }
    let (status, text) = proxy.request(name);
    let mut seen: Vec<(Instant, String, String)> = Vec::new();
    for upstream in upstreams {
        let calls = std::mem::take(&mut upstream.told.lock().unwrap().calls);
        seen.extend(calls.into_iter().map(|(when, model)| (when, model, upstream.origin())));
    }
    seen.sort();
    let calls = seen.into_iter().map(|(_, model, origin)| (model, origin)).collect();
    Real { calls, ok: status == 200, end: text }
}

/// The process that serves one config after the other.
struct Proxy {
    _child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    port: u16,
}

impl Proxy {
    fn start(python: &Path) -> Proxy {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let log = fs::File::create(scratch.join("oracle-proxy.log")).unwrap();
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/proxy.py"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", scratch)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("LITELLM_MASTER_KEY", KEY)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut proxy = Proxy { _child: child, commands, answers, port: 0 };
        assert_eq!(proxy.read()["ready"], json!(true));
        proxy
    }

    fn serve(&mut self, config: &str) {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oracle-proxy.yaml");
        fs::write(&path, config).unwrap();
        self.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        self.tell(&json!({"op": "serve", "path": path, "port": self.port}));
        let begun = Instant::now();
        while self.try_get("/health/liveliness").is_none() {
            assert!(begun.elapsed() < Duration::from_secs(120), "the proxy does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn advance(&mut self) {
        let answer = self.tell(&json!({"op": "advance", "seconds": 3600}));
        assert_eq!(answer, json!({}));
    }

    fn tell(&mut self, command: &Value) -> Value {
        writeln!(self.commands, "{command}").unwrap();
        self.read()
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: `{line}`"))
    }

    fn try_get(&self, path: &str) -> Option<()> {
        let (status, _) = self.exchange(&format!("GET {path} HTTP/1.0\r\n\r\n")).ok()?;
        (status == 200).then_some(())
    }

    fn request(&self, name: &str) -> (u16, String) {
        let message = json!({"role": "user", "content": "ping"});
        let body = json!({"model": name, "messages": [message]}).to_string();
        let length = body.len();
        self.exchange(&format!(
            "POST /v1/chat/completions HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEY}\
             \r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
        .unwrap()
    }

    fn exchange(&self, request: &str) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(request.as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Ok((status, text))
    }
}

/// What an upstream was told, and what it was asked.
#[derive(Default)]
struct Told {
    failure: Option<(u16, Option<String>)>,
    calls: Vec<(Instant, String)>,
}

/// A provider on loopback.
struct Upstream {
    port: u16,
    told: Arc<Mutex<Told>>,
}

impl Upstream {
    fn start() -> Upstream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = Arc::new(Mutex::new(Told::default()));
        let shared = Arc::clone(&told);
        // It ends with the process: one connection after the other, each for one request.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = stream.and_then(|stream| answer(stream, &shared));
            }
        });
        Upstream { port, told }
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn answer(mut stream: TcpStream, told: &Mutex<Told>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let model = body["model"].as_str().unwrap_or("-").to_owned();
    let mut told = told.lock().unwrap();
    // The proxy also asks for the list of models, when it starts.
    if first.contains("/chat/completions ") {
        told.calls.push((Instant::now(), model.clone()));
    }
    let failure = told.failure.clone();
    drop(told);
    let (status, text) = match failure {
        Some((status, message)) => {
            let message = message.unwrap_or_else(|| format!("made to fail with {status}"));
            (status, json!({"error": {"message": message, "type": "test", "code": status}}))
        }
        None => (200, completion(&model)),
    };
    let text = text.to_string();
    write!(
        stream,
        "HTTP/1.1 {status} Told\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    )
}

fn completion(model: &str) -> Value {
    json!({
        "id": "one", "object": "chat.completion", "created": 0, "model": model,
        "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", "content": "pong"}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    })
}
