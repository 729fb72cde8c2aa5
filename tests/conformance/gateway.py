"""Runs the real LiteLLM proxy configuration loader and router for the conformance tests.

One JSON object per line on stdin, one answer per line on stdout; ends at the end of stdin.
Operations: `load`, `judge`, `load_any`, `serve`, `request`, `pick`, `health`, `advance`, `keys`. The
import costs about ten seconds and happens once; `load` then forks, so that no configuration sees what another left behind in
LiteLLM's global variables. `tests/support/litellm.rs` describes the fields.
"""

import asyncio
import concurrent.futures
import datetime
import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import logging
import os
import signal
import sys
import tempfile
import time
import urllib.parse
import uuid

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["DISABLE_AIOHTTP_TRANSPORT"] = "True"
os.environ["LITELLM_MODE"] = "PRODUCTION"
# A third of the time of a call went into looking for secrets in tracebacks that nobody reads.
os.environ["LITELLM_DISABLE_REDACT_SECRETS"] = "true"

import openai._base_client as openai_client  # noqa: E402
import yaml  # noqa: E402

import litellm  # noqa: E402
import litellm.proxy.proxy_server as proxy_server  # noqa: E402
import litellm.router as router_module  # noqa: E402
from litellm.litellm_core_utils import logging_worker, thread_pool_executor  # noqa: E402
from litellm.proxy._types import ConfigGeneralSettings  # noqa: E402
from litellm.proxy.route_llm_request import route_request  # noqa: E402

import picks  # noqa: E402
import proxy  # noqa: E402
import upstream  # noqa: E402
import verdict  # noqa: E402

LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")

# Where a provider's requests go when the deployment has no `api_base` (LiteLLM 1.106.2).
DEFAULT_ORIGINS = {
    "anthropic": "https://api.anthropic.com",
    "cohere": "https://api.cohere.com",
    "cohere_chat": "https://api.cohere.com",
    "deepseek": "https://api.deepseek.com",
    "fireworks_ai": "https://api.fireworks.ai",
    "gemini": "https://generativelanguage.googleapis.com",
    "groq": "https://api.groq.com",
    "hosted_vllm": "https://api.openai.com",
    "huggingface": "https://router.huggingface.co",
    "lm_studio": "https://api.openai.com",
    "mistral": "https://api.mistral.ai",
    "ollama": "http://localhost:11434",
    "ollama_chat": "http://localhost:11434",
    "openai": "https://api.openai.com",
    "openrouter": "https://openrouter.ai",
    "perplexity": "https://api.perplexity.ai",
    "together_ai": "https://api.together.ai",
    "vertex_ai": "https://aiplatform.googleapis.com",
    "xai": "https://api.x.ai",
}


class Clock:
    """The waits of the router and the clock of the process.

    The router waits between retries with `asyncio.sleep`. The wait is recorded and not made,
    which changes no order: the attempts of one request are strictly one after the other. It
    also keeps a cooldown from running out during a wait; `advance` lets it run out.
    """

    def __init__(self):
        self.slept = 0.0
        self.offset = 0.0
        self.real_time = time.time

    def install(self):
        clock = self

        class WithoutWaits:
            def __init__(self, real):
                self.real = real

            def __getattr__(self, name):
                return getattr(self.real, name)

            async def sleep(self, seconds, result=None):
                clock.slept += seconds
                return await asyncio.sleep(0, result)

        # Later releases keep the router elsewhere, and wait in a module of its own.
        later = "litellm.router_python_host"
        waiting = importlib.import_module(later) if importlib.util.find_spec(later) else router_module
        waiting.asyncio = WithoutWaits(asyncio)
        # OpenAI's client makes retries of its own on 1.92.2.
        openai_client.anyio = WithoutWaits(openai_client.anyio)
        time.time = lambda: clock.real_time() + clock.offset


class RoundOver(BaseException):
    """Ends LiteLLM's endless loop of health checks; not an error that it would catch."""


class AsyncioOfOneRound:
    """The asyncio of the proxy while one round of health checks runs."""

    def __getattr__(self, name):
        return getattr(asyncio, name)

    async def sleep(self, seconds, result=None):
        if seconds >= 1:
            raise RoundOver(seconds)
        return await asyncio.sleep(seconds, result)


class Log(logging.Handler):
    """Keeps the lines of WARNING and above."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append({"level": record.levelname, "text": record.getMessage()})

    def take(self):
        # Said at every start, whatever the configuration.
        self.lines = [line for line in self.lines if "trusted_proxy_ranges" not in line["text"]]
        lines, self.lines = self.lines, []
        return lines


def origin_of(params):
    """Where the requests of a deployment would go: scheme, host and port."""
    base = params.get("base_url") or params.get("api_base")
    base = base or params.get("aws_bedrock_runtime_endpoint")
    if isinstance(base, str) and base.startswith("os.environ/"):
        base = os.environ.get(base.removeprefix("os.environ/"))
    if isinstance(base, str):
        url = urllib.parse.urlsplit(base)
        return f"{url.scheme}://{url.netloc}"
    prefix = str(params.get("model")).split("/", 1)[0]
    if prefix == "bedrock":
        return f"https://bedrock-runtime.{params.get('aws_region_name')}.amazonaws.com"
    return DEFAULT_ORIGINS.get(prefix)


def unmapped(config, origins):
    """The deployments whose requests would go to an origin that the test did not name.

    Entries of a wrong shape are left to LiteLLM, whose answer to them is what a test is after.
    """
    entries = config.get("model_list") if isinstance(config, dict) else None
    problems = []
    for deployment in entries if isinstance(entries, list) else []:
        params = deployment.get("litellm_params") if isinstance(deployment, dict) else None
        if not isinstance(params, dict) or "mock_response" in params:
            continue
        origin = origin_of(params)
        if origin not in origins:
            problems.append(f"{deployment.get('model_name')}: {origin}")
    return problems


class Session:
    """One loaded configuration, in its own process."""

    def __init__(self):
        self.log = Log()
        self.clock = Clock()
        self.callbacks = Callbacks()
        self.picks = picks.Picks()
        self.asked = 0
        self.upstreams = upstream.Upstreams(())
        self.router = None
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)

    def start(self, command):
        self.upstreams.origins = tuple(command["upstreams"])
        os.environ.update(command.get("env", {}))
        for name in LOGGERS:
            logger = logging.getLogger(name)
            logger.handlers = [self.log]
            logger.propagate = False
        self.clock.install()
        self.callbacks.install()
        upstream.install(self.upstreams)
        upstream.forbid_network()
        return self.load(command["config"])

    def load(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            try:
                problems = unmapped(yaml.safe_load(text), self.upstreams.origins)
                if problems:
                    return {"ok": False, "error": "unknown upstream", "refused": problems}
                loading = proxy_server.proxy_config.load_config(None, file.name)
                self.router, model_list, _ = self.loop.run_until_complete(loading)
                proxy_server.llm_router, proxy_server.llm_model_list = self.router, model_list
            except (Exception, SystemExit) as error:
                text = f"{type(error).__name__}: {error}"
                return {"ok": False, "error": text, "log": self.log.take()}
        self.callbacks.standing_tasks(asyncio.all_tasks(self.loop))
        names = self.router.get_model_names() if self.router else []
        return {"ok": True, "models": sorted(names), "log": self.log.take()}

    def judge(self, command):
        """What the loader says of any config, whatever it names; no request can follow."""
        upstream.forbid_network()
        for name in LOGGERS:
            logging.getLogger(name).handlers = [self.log]
            logging.getLogger(name).propagate = False
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
            file.write(command["config"])
            file.flush()
            judged, self.router = verdict.judge(self.loop, file.name, command["config"])
        return judged

    def load_any(self, command):
        """Loads any config in a world where what it names is there; see `pick`."""
        self.clock.install()
        self.callbacks.install()
        self.picks.install()
        loaded = self.judge(command)
        self.without_callbacks()
        self.callbacks.standing_tasks(asyncio.all_tasks(self.loop))
        return loaded | {"ok": loaded["ok"] and self.router is not None}

    def without_callbacks(self):
        """Leaves out what is told to others by packages that are not there, and what is stored."""
        litellm.cache = None
        if self.router is not None:
            self.router.cache.redis_cache = None
        for name in ("success", "failure", "_async_success", "_async_failure", "input", "service"):
            name = f"{name}_callback"
            kept = [one for one in getattr(litellm, name) if not isinstance(one, str)]
            setattr(litellm, name, kept)
        litellm.callbacks = [one for one in litellm.callbacks if not isinstance(one, str)]

    def pick(self, command):
        """Which deployments a request reaches, each by its number in `model_list`."""
        self.picks.begin(command["down"])
        self.asked += 1
        # A text of its own: a cache may be on.
        messages = [{"role": "user", "content": f"ping {self.asked}"}]
        answer = self.loop.run_until_complete(self.ask(command | {"params": {"messages": messages}}))
        return answer | {"picks": self.picks.calls, "log": self.log.take()}

    def serve(self, command):
        """The whole proxy, from its start to its end."""
        for name in LOGGERS:
            logging.getLogger(name).handlers = [self.log]
            logging.getLogger(name).propagate = False
        return proxy.serve(self.loop, command) | {"log": self.log.take()}

    def request(self, command):
        self.upstreams.begin(command.get("fail", []))
        self.clock.slept = 0.0
        answer = self.loop.run_until_complete(self.ask(command))
        seen = self.upstreams
        answer |= {"calls": seen.calls, "side_calls": seen.side_calls, "refused": seen.refused}
        return answer | {"slept": round(self.clock.slept, 3), "log": self.log.take()}

    async def ask(self, command):
        data = {"model": command["model"], "messages": [{"role": "user", "content": "ping"}]}
        data |= command.get("params", {})
        try:
            # The proxy makes one logging object for all attempts of a request
            # (`common_request_processing.py`), and which failures are counted depends on it.
            data["litellm_call_id"] = str(uuid.uuid4())
            logging_object, data = litellm.utils.function_setup(
                original_function="acompletion",
                rules_obj=litellm.utils.Rules(),
                start_time=datetime.datetime.now(),
                **data,
            )
            data["litellm_logging_obj"] = logging_object
            call = await route_request(
                data=data, llm_router=self.router, user_model=None, route_type="acompletion"
            )
            # Below the alarm: a request of 1.92.2 may make hundreds of calls.
            response = await asyncio.wait_for(call, 100)
            text = await content_of(response) if data.get("stream") else response_text(response)
        except Exception as error:
            status = getattr(error, "status_code", None) or getattr(error, "code", None)
            failed = {"type": type(error).__name__, "status": status, "text": str(error)[:600]}
            return {"ok": False, "error": failed}
        finally:
            await self.callbacks.settle()
        last = self.upstreams.calls[-1] if self.upstreams.calls else {}
        answered = {"origin": last.get("origin"), "model": last.get("model")}
        return {"ok": True, "text": text, "answered_by": answered}

    def health(self, _command):
        """The first round of background health checks, which the proxy begins when it starts."""
        self.upstreams.begin([])
        interval = None
        if proxy_server.use_background_health_checks:
            proxy_server.asyncio = AsyncioOfOneRound()
            try:
                self.loop.run_until_complete(proxy_server._run_background_health_check())
            except RoundOver as over:
                interval = over.args[0]
            proxy_server.asyncio = asyncio
        seen = self.upstreams
        answer = {"ok": True, "interval": interval, "calls": seen.calls}
        return answer | {"refused": seen.refused, "side_calls": seen.side_calls}

    def advance(self, command):
        self.clock.offset += command["seconds"]
        return {"ok": True}

    def handle(self, command):
        # A command that hangs ends this process; `Child.ask` reports it.
        signal.alarm(120)
        operations = {
            "load": self.start,
            "judge": self.judge,
            "serve": self.serve,
            "load_any": self.load_any,
            "pick": self.pick,
            "request": self.request,
            "health": self.health,
            "advance": self.advance,
            "modules": lambda _command: {"modules": sorted(sys.modules)},
        }
        answer = operations[command["op"]](command)
        signal.alarm(0)
        return answer


class Callbacks:
    """What LiteLLM does beside a request and after it, and what it is still busy with.

    The successes of a deployment are counted by a thread (`success_handler`), the usage by a queue
    of the loop. A count that comes late belongs to the next request: four failures and one such
    success let a deployment rest (1.106.2 looks at five requests of which more than half failed),
    where four failures alone do not. So a request ends when all of that has.
    """

    def __init__(self):
        self.submitted = []
        self.standing = set()

    def install(self):
        submit = thread_pool_executor.executor.submit

        def recorded(*arguments, **more):
            future = submit(*arguments, **more)
            self.submitted.append(future)
            # A failure before the first call is told by a thread as well, and takes the one log of
            # the request: it is done long before a real provider has answered.
            concurrent.futures.wait([future], timeout=5)
            return future

        thread_pool_executor.executor.submit = recorded

    def standing_tasks(self, tasks):
        """Tasks that were there before the first request run for ever."""
        self.standing = set(tasks)

    async def settle(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            await logging_worker.GLOBAL_LOGGING_WORKER.flush()
            threads = [asyncio.wrap_future(future) for future in self.submitted]
            self.submitted.clear()
            others = asyncio.all_tasks() - {asyncio.current_task()} - self.standing
            # One more task runs for ever: it waits for callbacks and runs them.
            tasks = [task for task in others if "_worker_loop" not in repr(task.get_coro())]
            if not threads and not tasks:
                return
            await asyncio.wait([*threads, *tasks], timeout=deadline - time.monotonic())
        raise RuntimeError("LiteLLM was busy for 20 seconds after a request")


def response_text(response):
    return response.choices[0].message.content


async def content_of(stream):
    text = ""
    async for chunk in stream:
        if chunk.choices:
            text += chunk.choices[0].delta.content or ""
    return text


def keys():
    """The names that this release knows."""
    parameters = inspect.signature(litellm.Router.__init__).parameters
    providers = [getattr(provider, "value", provider) for provider in litellm.provider_list]
    return {
        "ok": True,
        "version": importlib.metadata.version("litellm"),
        "router_settings": sorted(set(parameters) - {"self"}),
        "general_settings": sorted(ConfigGeneralSettings.model_fields),
        "litellm_settings": sorted(
            name for name in vars(litellm) if not name.startswith("_") and name.islower()
        ),
        "providers": sorted(str(provider) for provider in providers),
        "litellm_params": sorted(litellm.types.router.LiteLLM_Params.model_fields),
    }


class Child:
    """The process of the configuration loaded last."""

    def __init__(self):
        self.process = None
        self.commands = None
        self.answers = None

    def replace(self):
        self.end()
        command_read, command_write = os.pipe()
        answer_read, answer_write = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(command_write)
            os.close(answer_read)
            serve(Session().handle, os.fdopen(command_read), os.fdopen(answer_write, "w"))
            os._exit(0)
        os.close(command_read)
        os.close(answer_write)
        self.process = process
        self.commands = os.fdopen(command_write, "w")
        self.answers = os.fdopen(answer_read)

    def ask(self, command):
        if self.process is None:
            return {"ok": False, "error": "no configuration is loaded"}
        try:
            self.commands.write(json.dumps(command) + "\n")
            self.commands.flush()
            line = self.answers.readline()
        except BrokenPipeError:
            line = ""
        return json.loads(line or '{"ok": false, "error": "the gateway process ended"}')

    def end(self):
        if self.process is not None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.commands.close()
            self.answers.close()
            self.process = None


def serve(handle, commands, answers):
    """Answers every line until the end of the input; a failing command is an answer too."""
    for line in commands:
        try:
            answer = handle(json.loads(line))
        except Exception as error:
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


WARM_UP = """
model_list:
- {model_name: a, litellm_params: {model: openai/a, api_base: "http://127.0.0.1:1", api_key: none}}
- {model_name: b, litellm_params: {model: openai/b, api_base: "http://127.0.0.1:1", api_key: none}}
router_settings: {num_retries: 0, fallbacks: [{a: [b]}]}
"""


def import_before_forking(child):
    """Imports what LiteLLM imports at its first request: most of a second, once and not per load."""
    child.replace()
    child.ask({"op": "load", "config": WARM_UP, "upstreams": ["http://127.0.0.1:1"]})
    child.ask({"op": "request", "model": "a", "fail": [{"model": "a", "status": 500}]})
    child.ask({"op": "request", "model": "b", "fail": [{"status": "timeout"}]})
    names = child.ask({"op": "modules"})["modules"]
    child.end()
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - a name that is no module of its own
            pass


def main():
    # Whatever LiteLLM prints goes to stderr: stdout belongs to the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    child = Child()
    import_before_forking(child)

    def handle(command):
        if command["op"] == "keys":
            return keys()
        if command["op"] in ("load", "judge", "load_any", "serve"):
            child.replace()
        return child.ask(command)

    answers.write(json.dumps({"ok": True, "ready": True}) + "\n")
    answers.flush()
    serve(handle, sys.stdin, answers)
    child.end()
    # Without LiteLLM's own exit handlers, which take a second and have nothing to save here.
    os._exit(0)


if __name__ == "__main__":
    main()
