"""The real proxy from its start on: what its loader leaves to the start, and what it answers.

The application is asked in this process, without a socket. What a request would send upstream is
answered by `mock_response`, or goes to nobody.
"""

import json
import os
import pathlib
import tempfile

import litellm
import litellm.proxy.proxy_server as proxy_server


async def ask(request):
    """The status and the body that the application answers with."""
    headers = {"content-type": "application/json"} | request.get("headers", {})
    body = json.dumps(request.get("body", {})).encode()
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": request["path"],
        "raw_path": request["path"].encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 4000),
    }
    try:
        await proxy_server.app(scope, receive, send)
    except Exception as error:
        # What no handler takes is a 500 of the server's own.
        return {"status": 500, "text": f"{type(error).__name__}: {error}"}
    status = next((each["status"] for each in sent if "status" in each), 0)
    text = b"".join(each.get("body", b"") for each in sent)
    return {"status": status, "text": text.decode(errors="replace")}


async def started(command):
    async with proxy_server.app.router.lifespan_context(proxy_server.app):
        answers = [await ask(request) for request in command.get("requests", [])]
        cache = litellm.cache.cache if litellm.cache else None
        router = proxy_server.llm_router
        return {
            "ok": True,
            "answers": answers,
            "cache": type(cache).__name__,
            "redis": router is not None and router.cache.redis_cache is not None,
            "variables": {name: os.environ.get(name) for name in command.get("variables", [])},
            "key": getattr(router.get_deployment_by_model_group_name("a").litellm_params, "api_key", None),
        }


def serve(loop, command):
    """Starts the proxy with a config in a folder of its own, asks it, and ends it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "config.yaml")
        path.write_text(command["config"], encoding="utf-8")
        for name, text in command.get("files", {}).items():
            path.with_name(name).write_text(text, encoding="utf-8")
        os.environ.update(command.get("env", {}))
        os.environ["WORKER_CONFIG"] = json.dumps({"config": str(path)})
        try:
            return loop.run_until_complete(started(command))
        except (Exception, SystemExit) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}
