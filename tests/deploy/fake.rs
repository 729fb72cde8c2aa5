//! A gateway in the test: it lists the names of the config that it read last, as LiteLLM does.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use gwcfg::gateway::litellm::served;

/// The gateway; it ends when it is dropped.
pub struct Fake {
    /// Its port on 127.0.0.1.
    pub port: u16,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Fake {
    /// A gateway that reads `running.yaml` of `folder`, takes `key`, and is down while the file is
    /// not there. Names in the file `broken` get errors.
    pub fn start(folder: &Path, key: &str) -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ends = Arc::new(AtomicBool::new(false));
        let (over, folder) = (Arc::clone(&ends), folder.to_path_buf());
        let key = format!("bearer {}", key.to_lowercase());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                // Whoever goes away in the middle is none of the gateway's business.
                let _ = stream.and_then(|stream| answer(stream, &folder, &key));
            }
        });
        Fake { port, ends, thread: Some(thread) }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, folder: &Path, key: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let (mut length, mut allowed) = (0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        allowed |= line.strip_prefix("authorization:").is_some_and(|value| value.trim() == key);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let Ok(running) = fs::read_to_string(running(folder)) else { return Ok(()) };
    let path = first.split(' ').nth(1).unwrap_or("");
    let (status, text) = match path {
        "/health/readiness" => (200, "{\"status\":\"healthy\"}".to_owned()),
        _ if !allowed => (401, "{}".to_owned()),
        "/v1/models" => {
            let list: Vec<_> = served::names(&running)
                .into_iter()
                .map(|name| serde_json::json!({"id": name, "object": "model"}))
                .collect();
            (200, serde_json::json!({"object": "list", "data": list}).to_string())
        }
        "/v1/chat/completions" => {
            let request: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            let broken = fs::read_to_string(folder.join("broken")).unwrap_or_default();
            let model = request["model"].as_str().unwrap_or("");
            if broken.lines().any(|name| name == model) {
                (503, "{}".to_owned())
            } else {
                (200, "{\"choices\":[]}".to_owned())
            }
        }
        _ => (404, "{}".to_owned()),
    };
    write!(
        stream,
        "HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    )
}

/// The config that the gateway runs with.
pub fn running(folder: &Path) -> PathBuf {
    folder.join("running.yaml")
}
