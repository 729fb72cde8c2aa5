//! A gateway that knows nothing but its list of models.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;

/// The key that it wants.
pub const KEY: &str = "the-key-of-the-fake";

/// It answers on the loopback until it is dropped.
pub struct Gateway {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Gateway {
    /// One that lists these names, to whoever has the key; to others it says `denial`.
    pub fn start(names: &[&str], denial: u16) -> Gateway {
        let rows: Vec<_> = names.iter().map(|id| json!({"id": id, "object": "model"})).collect();
        let body = json!({"data": rows, "object": "list"}).to_string();
        Gateway::saying(move |path, key| match (path, key) {
            ("/v1/models", true) => (200, body.clone()),
            ("/v1/models", false) => (denial, "denied".to_owned()),
            _ => (404, "not here".to_owned()),
        })
    }

    /// One that answers as `answer` says, for a path, and whether the key is right.
    pub fn saying(answer: impl Fn(&str, bool) -> (u16, String) + Send + 'static) -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let _ = serve(stream, &answer);
            }
        });
        Gateway { address, ended, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One request of HTTP/1.1, without a body.
fn serve(
    mut stream: TcpStream,
    answer: &impl Fn(&str, bool) -> (u16, String),
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or("").to_owned();
    let wanted = format!("authorization: bearer {KEY}");
    let mut has_key = false;
    for line in lines {
        let line = line?;
        has_key |= line.to_ascii_lowercase() == wanted;
        if line.is_empty() {
            break;
        }
    }
    let (status, body) = answer(&path, has_key);
    write!(
        stream,
        "HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}
