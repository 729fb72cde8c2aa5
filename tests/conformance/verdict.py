"""What the real loader and router say of a config, in a world where what it names is there.

Environment variables that it refers to are set, Python objects of the user's own and packages of
LiteLLM's extras can be imported, and nothing can be connected to. What is left is the config's own:
whether the gateway starts, and which deployments it drops.
"""

import asyncio
import importlib
import importlib.util
import inspect
import os
import sys
import types
import unittest.mock

import yaml

import litellm.proxy.proxy_server as proxy_server
import litellm.router as router_module
from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.types_utils import utils as objects

REFERENCE = "os.environ/"

# What a variable holds, by the key that refers to it.
VALUES = {"model": "openai/some-model", "api_base": "http://127.0.0.1:1/v1"}

# Variables that LiteLLM looks for by itself.
LOOKED_FOR = {
    "REDIS_HOST": "127.0.0.1",
    "REDIS_PORT": "1",
    "PRESIDIO_ANALYZER_API_BASE": "http://127.0.0.1:1/",
    "PRESIDIO_ANONYMIZER_API_BASE": "http://127.0.0.1:1/",
}

EXTRAS = (
    "prometheus_client",
    "prometheus_client.exposition",
    "prometheus_client.registry",
    "diskcache",
)


class Anything(CustomGuardrail):
    """An object of the user's own: a callback, or a class of a guardrail."""

    def __call__(self, *_arguments, **_more):
        return self


class OwnModule(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()


class Util:
    """A module of the user's own beside the config, where a release takes it from a file alone."""

    def __getattr__(self, name):
        return getattr(importlib.util, name)

    def spec_from_file_location(self, name, path):
        if not path.endswith(".py") or os.path.isfile(path):
            return importlib.util.spec_from_file_location(name, path)
        loader = types.SimpleNamespace(exec_module=lambda _module: None)
        return types.SimpleNamespace(name=name, loader=loader)

    def module_from_spec(self, spec):
        if isinstance(spec, types.SimpleNamespace):
            return OwnModule(spec.name)
        return importlib.util.module_from_spec(spec)


class FilesThere:
    def __init__(self, real, **own):
        self.real = real
        self.own = own

    def __getattr__(self, name):
        return self.own.get(name) or getattr(self.real, name)


class Importer:
    util = Util()

    def __getattr__(self, name):
        return getattr(importlib, name)

    def import_module(self, name):
        try:
            return importlib.import_module(name)
        except ImportError:
            return OwnModule(name)


def references(node, key=None):
    """Every variable that a config refers to, with the key that does."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from references(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from references(value, key)
    elif isinstance(node, str) and node.startswith(REFERENCE):
        yield node.removeprefix(REFERENCE), key


def make_world(text):
    os.environ.update(LOOKED_FOR)
    try:
        for name, key in references(yaml.safe_load(text)):
            if name and "\0" not in name and "=" not in name:
                # Whoever asks for a name that a variable holds writes it as it stands.
                value = REFERENCE + name if key == "model_name" else VALUES.get(key, "1")
                os.environ.setdefault(name, value)
    except yaml.YAMLError:
        pass
    for name in EXTRAS:
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = unittest.mock.MagicMock()
    objects.importlib = Importer()
    if "Could not find module file" in inspect.getsource(objects):
        # `.py` alone is what a name without a module becomes.
        is_module = lambda path: path.endswith(".py") and os.path.basename(path) != ".py"  # noqa: E731
        exists = lambda path: is_module(path) or os.path.exists(path)  # noqa: E731
        objects.os = FilesThere(os, path=FilesThere(os.path, exists=exists))
    # A server that does not answer is asked again and again, with waits between.
    for name in ("redis.retry", "redis.asyncio.retry"):
        retry = importlib.import_module(name)
        retry.sleep = no_wait if "asyncio" in name else lambda _seconds: None


async def no_wait(_seconds):
    await asyncio.sleep(0)


def record_dropped(dropped):
    create = router_module.Router._create_deployment

    def recorded(self, *arguments, **more):
        made = create(self, *arguments, **more)
        if made is None:
            dropped.append(str(more["_model_name"]))
        return made

    router_module.Router._create_deployment = recorded


def judge(loop, path, text):
    """The verdict on the config at `path`, whose text is `text`, and the router, if there is one."""
    make_world(text)
    dropped = []
    record_dropped(dropped)
    try:
        loading = proxy_server.proxy_config.load_config(None, path)
        router, model_list, _ = loop.run_until_complete(loading)
    except (Exception, SystemExit) as error:
        text = f"{type(error).__name__}: {error}"
        return {"ok": False, "error": text, "dropped": dropped}, None
    proxy_server.llm_router, proxy_server.llm_model_list = router, model_list
    return {"ok": True, "error": None, "dropped": dropped}, router
