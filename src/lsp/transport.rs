//! Messages in and out. What comes in is read on a thread of its own, so that what waits is known:
//! changes that follow each other are taken together, and a question that was called off is not
//! worked on.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use lsp_server::{Message, Notification, Request, RequestId, Response};
use serde_json::Value;

/// Messages that wait at most; the editor waits when there are more.
const MAX_WAITING: usize = 1024;

/// Messages in a row that are none, after which nothing is listened to any more.
const MAX_BROKEN: usize = 100;

/// Bytes of the lines before a message.
const MAX_HEADER: u64 = 4096;

/// Bytes of a message: a change of the largest source, with every character escaped, is less.
const MAX_MESSAGE: u64 = 1 << 28;

/// What came in.
#[derive(Debug)]
pub(super) enum Incoming {
    Message(Message),
    /// What was sent is no message.
    Broken(String),
}

/// The line to the editor.
pub(super) struct Transport<W> {
    incoming: Receiver<Incoming>,
    waiting: VecDeque<Incoming>,
    out: W,
    requests: i32,
}

impl<W: Write> Transport<W> {
    /// Begins to listen.
    pub(super) fn new(input: impl BufRead + Send + 'static, out: W) -> io::Result<Self> {
        let (sender, incoming) = sync_channel(MAX_WAITING);
        thread::Builder::new().name("lsp-reader".to_owned()).spawn(move || read(input, &sender))?;
        Ok(Transport { incoming, waiting: VecDeque::new(), out, requests: 0 })
    }

    /// The next message; waits for one. `None` when the editor is gone.
    pub(super) fn next(&mut self) -> Option<Incoming> {
        match self.waiting.pop_front() {
            Some(waiting) => Some(waiting),
            None => self.incoming.recv().ok(),
        }
    }

    /// True when another message is there already.
    pub(super) fn is_behind(&mut self) -> bool {
        self.waiting.extend(self.incoming.try_iter());
        !self.waiting.is_empty()
    }

    /// True when the editor called the request off in a message that waits.
    pub(super) fn is_cancelled(&mut self, id: &RequestId) -> bool {
        if !self.is_behind() {
            return false;
        }
        let cancels = |incoming: &Incoming| match incoming {
            Incoming::Message(Message::Notification(notification)) => {
                notification.method == "$/cancelRequest" && names(&notification.params, id)
            }
            Incoming::Message(Message::Request(_) | Message::Response(_)) | Incoming::Broken(_) => {
                false
            }
        };
        self.waiting.iter().any(cancels)
    }

    pub(super) fn answer(&mut self, response: Response) -> io::Result<()> {
        Message::Response(response).write(&mut self.out)
    }

    pub(super) fn notify(&mut self, method: &str, params: Value) -> io::Result<()> {
        let notification = Notification { method: method.to_owned(), params };
        Message::Notification(notification).write(&mut self.out)
    }

    /// Asks the editor; nobody waits for the answer.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> io::Result<()> {
        self.requests += 1;
        let id = RequestId::from(self.requests);
        Message::Request(Request { id, method: method.to_owned(), params }).write(&mut self.out)
    }
}

/// True when the parameters of a cancellation name this request.
fn names(params: &Value, id: &RequestId) -> bool {
    let named = params.get("id").cloned();
    named.and_then(|named| serde_json::from_value::<RequestId>(named).ok()).as_ref() == Some(id)
}

/// The next message. One that says that it is too large ends the listening: its bytes are not
/// taken in, so where the next one begins cannot be known.
fn read_message(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut header = Vec::new();
    let mut lines = input.by_ref().take(MAX_HEADER);
    loop {
        let begun = header.len();
        let read = lines.read_until(b'\n', &mut header)?;
        if read == 0 || header.get(begun..).is_some_and(|line| line == b"\r\n") {
            break;
        }
    }
    if lines.limit() == 0 || length(&header).is_some_and(|length| length > MAX_MESSAGE) {
        return Err(io::Error::other("a message is too large"));
    }
    Message::read(&mut header.as_slice().chain(input))
}

/// What the lines before a message say of its bytes.
fn length(header: &[u8]) -> Option<u64> {
    let header = std::str::from_utf8(header).ok()?;
    let mut fields = header.lines().filter_map(|line| line.split_once(':'));
    let (_, length) = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    length.trim().parse().ok()
}

fn read(mut input: impl BufRead, sender: &SyncSender<Incoming>) {
    let mut broken = 0;
    while broken < MAX_BROKEN {
        let incoming = match read_message(&mut input) {
            Ok(Some(message)) => {
                broken = 0;
                Incoming::Message(message)
            }
            Ok(None) => return,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                broken += 1;
                // What was sent may be a whole document, and hold a secret: it is not quoted.
                Incoming::Broken("a message that cannot be read was left out".to_owned())
            }
            Err(_) => return,
        };
        let last = matches!(&incoming, Incoming::Message(Message::Notification(notification))
            if notification.method == "exit");
        if sender.send(incoming).is_err() || last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(text: &str) -> io::Result<Option<Message>> {
        read_message(&mut text.as_bytes())
    }

    #[test]
    fn a_message_that_says_that_it_is_too_large_takes_no_memory() {
        for hostile in ["Content-Length: 99999999999\r\n\r\n{}", "x: y\r\n".repeat(1000).as_str()] {
            assert_eq!(read_of(hostile).unwrap_err().kind(), io::ErrorKind::Other, "{hostile}");
        }
    }

    #[test]
    fn messages_follow_each_other() {
        let body = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let one = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let both = one.repeat(2);
        let mut input = both.as_bytes();
        for _ in 0..2 {
            assert!(matches!(read_message(&mut input), Ok(Some(Message::Notification(_)))));
        }
        assert!(matches!(read_message(&mut input), Ok(None)));
    }
}
