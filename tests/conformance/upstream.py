"""Fake model providers, put in the place of the HTTP transport of the gateway's process.

The real gateway runs in this process. Every request that it would put on the wire through httpx
arrives here instead, with the URL, headers and body that the provider would have received, so a
configuration is tested byte for byte as it was written and no address has to be rewritten.
Nothing leaves the machine: an audit hook refuses every other connection and name lookup.
"""

import asyncio
import json
import sys
import urllib.parse

import httpx

ANSWER = "pong"
# What the gateway asks beside the real call, always at hosts of its own choice: the facts of an
# Ollama model (http://localhost:11434) and the settings of a Hugging Face model.
SIDE_PATHS = ("/api/show", "/raw/main/config.json")
STREAM_HEADERS = {"content-type": "text/event-stream"}


class Upstreams:
    """The origins that exist, the failures they were told to give, and the calls they got."""

    def __init__(self, origins):
        self.origins = origins
        self.failures = []
        self.calls = []
        self.side_calls = []
        self.refused = []

    def begin(self, failures):
        """Forgets the calls of the last request and takes the failures of the next."""
        self.failures = [dict(failure) for failure in failures]
        self.calls = []
        self.side_calls = []
        self.refused = []

    def failure(self, call):
        """The first failure that fits the call and is not used up; a limited one is counted."""
        for failure in self.failures:
            if any(key in failure and failure[key] != call[key] for key in ("origin", "model")):
                continue
            if failure.get("times", 1) <= 0:
                continue
            if "times" in failure:
                failure["times"] -= 1
            return failure
        return None

    def answer(self, request):
        """Records the call and returns what the provider answers, or raises as a socket would."""
        url = urllib.parse.urlsplit(str(request.url))
        origin = f"{url.scheme}://{url.netloc}"
        if url.path.endswith(SIDE_PATHS):
            self.side_calls.append(str(request.url))
            return httpx.Response(404, json={"error": "not found"})
        if origin not in self.origins:
            self.refused.append(str(request.url))
            raise httpx.ConnectError(f"{origin} is not one of the upstreams of this test")
        body = read_json(request)
        call = {
            "origin": origin,
            "path": url.path,
            "query": url.query,
            "model": requested_model(url.path, body),
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": body,
            "status": 200,
        }
        self.calls.append(call)
        failure = self.failure(call)
        if failure is not None:
            call["status"] = failure["status"]
            return fail(request, failure)
        return succeed(call)


def read_json(request):
    """The body as JSON, `None` when there is none."""
    content = request.read() if hasattr(request, "read") else b""
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None


def requested_model(path, body):
    """The model name that reached the provider: in the body, or in the path."""
    if isinstance(body, dict) and isinstance(body.get("model"), str):
        return body["model"]
    decoded = urllib.parse.unquote(path)
    if "/deployments/" in decoded:
        return decoded.split("/deployments/", 1)[1].split("/", 1)[0]
    if "/models/" in decoded:
        return decoded.split("/models/", 1)[1].rsplit(":", 1)[0]
    if "/model/" in decoded:
        return decoded.split("/model/", 1)[1].rsplit("/", 1)[0]
    return None


def fail(request, failure):
    """A failure as the wire would give it: a status, `refused`, or `timeout`."""
    status = failure["status"]
    if status == "refused":
        raise httpx.ConnectError("connection refused", request=request)
    if status == "timeout":
        raise httpx.ReadTimeout("timed out", request=request)
    text = failure.get("message", f"made to fail with {status}")
    error = {"message": text, "type": "test", "code": status}
    return httpx.Response(
        status, json={"error": error, "message": text}, headers=failure.get("headers", {})
    )


def succeed(call):
    """A proper answer in the style of the API that the path belongs to."""
    path, body = call["path"], call["body"] or {}
    stream = bool(body.get("stream"))
    for suffix, whole, pieces in STYLES:
        if path.endswith(suffix):
            if not stream and "stream" not in suffix:
                return httpx.Response(200, json=whole(call))
            return httpx.Response(200, headers=STREAM_HEADERS, content=pieces(call).encode())
    return httpx.Response(404, json={"error": {"message": f"no such path {path}"}})


def events(*payloads, named=False):
    """Server-sent events, each with its type as the event's name when asked."""
    lines = []
    for payload in payloads:
        if named:
            lines.append(f"event: {payload['type']}\n")
        text = payload if isinstance(payload, str) else json.dumps(payload)
        lines.append(f"data: {text}\n\n")
    return "".join(lines)


def openai_whole(call):
    return {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 1,
        "model": call["model"],
        "service_tier": "default",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": ANSWER},
            }
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def openai_pieces(call):
    def chunk(delta, reason):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        head = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1}
        return head | {"model": call["model"], "choices": [choice]}

    first = chunk({"role": "assistant", "content": ANSWER}, None)
    return events(first, chunk({}, "stop"), "[DONE]")


def text_whole(call):
    choice = {"index": 0, "text": ANSWER, "finish_reason": "stop"}
    return openai_whole(call) | {"object": "text_completion", "choices": [choice]}


def text_pieces(call):
    return events(text_whole(call), "[DONE]")


def ollama_chat_whole(call):
    return {
        "model": call["model"],
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": ANSWER},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 1,
        "eval_count": 1,
    }


def ollama_chat_pieces(call):
    return json.dumps(ollama_chat_whole(call)) + "\n"


def ollama_generate_whole(call):
    return ollama_chat_whole(call) | {"response": ANSWER}


def ollama_generate_pieces(call):
    whole = ollama_generate_whole(call)
    first = {"model": call["model"], "response": ANSWER, "done": False}
    return json.dumps(first) + "\n" + json.dumps(whole | {"response": ""}) + "\n"


def anthropic_whole(call):
    return {
        "id": "message-1",
        "type": "message",
        "role": "assistant",
        "model": call["model"],
        "content": [{"type": "text", "text": ANSWER}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def anthropic_pieces(call):
    start = anthropic_whole(call) | {"content": [], "stop_reason": None}
    return events(
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": ANSWER},
        },
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 1},
        },
        {"type": "message_stop"},
        named=True,
    )


def gemini_whole(_call):
    content = {"role": "model", "parts": [{"text": ANSWER}]}
    usage = {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}
    candidate = {"index": 0, "content": content, "finishReason": "STOP"}
    return {"candidates": [candidate], "usageMetadata": usage}


def gemini_pieces(call):
    return events(gemini_whole(call))


def cohere_whole(_call):
    return {
        "id": "chat-1",
        "finish_reason": "COMPLETE",
        "message": {"role": "assistant", "content": [{"type": "text", "text": ANSWER}]},
        "usage": {"tokens": {"input_tokens": 1, "output_tokens": 1}},
    }


def bedrock_whole(_call):
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": ANSWER}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }


def no_pieces(call):
    """Bedrock and Cohere stream in framings of their own, which no test needs."""
    raise httpx.ConnectError(f"the fake upstream does not stream on {call['path']}")


STYLES = (
    ("/chat/completions", openai_whole, openai_pieces),
    ("/completions", text_whole, text_pieces),
    ("/api/chat", ollama_chat_whole, ollama_chat_pieces),
    ("/api/generate", ollama_generate_whole, ollama_generate_pieces),
    ("/messages", anthropic_whole, anthropic_pieces),
    (":generateContent", gemini_whole, gemini_pieces),
    (":streamGenerateContent", gemini_whole, gemini_pieces),
    ("/v2/chat", cohere_whole, no_pieces),
    ("/converse", bedrock_whole, no_pieces),
    ("/invoke", anthropic_whole, no_pieces),
    ("/converse-stream", bedrock_whole, no_pieces),
)


def install(upstreams):
    """Puts the fake providers in the place of httpx's transports."""

    async def answer_async(_transport, request):
        await request.aread()
        # Turns of the loop, as a real exchange has: parallel requests overlap, and what LiteLLM
        # began beside the call is done before the answer.
        for _ in range(20):
            await asyncio.sleep(0)
        return upstreams.answer(request)

    def answer(_transport, request):
        request.read()
        return upstreams.answer(request)

    httpx.AsyncHTTPTransport.handle_async_request = answer_async
    httpx.HTTPTransport.handle_request = answer


def forbid_network():
    """Refuses connections, name lookups and child processes for the life of the process."""
    forbidden = {
        "socket.connect",
        "socket.sendto",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "subprocess.Popen",
        "os.system",
        "os.posix_spawn",
    }

    def refuse(event, arguments):
        if event in forbidden:
            raise PermissionError(f"{event} {arguments[:2]} is forbidden in a conformance test")

    sys.addaudithook(refuse)
