"""Prints the settings that an installed LiteLLM knows, one a line: section, key, types.

    target/litellm-1.106.2/bin/python scripts/litellm_keys.py > src/gateway/litellm/keys.tsv

The sources of the names:

- router_settings: the arguments of `Router.__init__`, without those that the proxy gives itself;
- general_settings: the fields of `ConfigGeneralSettings`, and every other name that the package's
  code takes out of `general_settings`;
- litellm_settings: the variables of the library that hold plain values (the proxy sets whatever
  stands there), and every other name that the loader has a branch for.

- litellm_params and model_info: the fields of the models that a deployment is validated with, and for
  litellm_params every other name that the library keeps to itself or that OpenAI's API knows; all
  others are sent to the provider.

The section `words` holds the words that some settings know, in the place of the types: under
`inferred` the model names without a prefix whose provider the library knows, under
`inferred_pattern` expressions for further ones, under `endpoint` the addresses that tell the
provider of any model, under `kept` the names of litellm_params that are not sent to the provider,
under `prompts` the prefixes of prompts, under `provider_more` prefixes that are no providers of the
library's own list, under `callback` those that are known by a name, under `receiver` those to which
`success_callback` and `failure_callback` send something, under `cache_key` the keys of a cache in
Redis, under `guardrail` and `guardrail_mode` the kinds of guardrails and when they look, under
`key_management` the stores of secrets that the proxy starts with.

The types are those of the annotations, or of the default where there is none: `bool`, `int`,
`number`, `text`, `list`, `map`, joined by `|`; `any` where nothing tells.
"""

import enum
import importlib.metadata
import inspect
import itertools
import json
import os
import pathlib
import re
import types
import typing

# A model's price list that is fetched from the network is nothing that is needed here.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

import litellm  # noqa: E402
from litellm import _redis  # noqa: E402
from litellm.caching.caching import Cache  # noqa: E402
from litellm.caching.redis_cache import RedisCache  # noqa: E402
from litellm.integrations import generic_api  # noqa: E402
from litellm.litellm_core_utils import fallback_generalizations, litellm_logging  # noqa: E402
from litellm.llms.openai_like.json_loader import JSONProviderRegistry  # noqa: E402
from litellm.proxy import proxy_server  # noqa: E402
from litellm.proxy._types import ConfigGeneralSettings  # noqa: E402
from litellm.proxy.common_utils import callback_utils  # noqa: E402
from litellm.proxy.guardrails.guardrail_registry import guardrail_initializer_registry  # noqa: E402
from litellm.types.caching import LiteLLMCacheType  # noqa: E402
from litellm.types.guardrails import GuardrailEventHooks  # noqa: E402
from litellm.types.router import (  # noqa: E402
    AllowedFailsPolicy,
    LiteLLM_Params,
    ModelInfo,
    OptionalPreCallChecks,
    RetryPolicy,
)
from litellm.types.secret_managers.main import KeyManagementSystem  # noqa: E402
from litellm.types.utils import all_litellm_params  # noqa: E402

# Where the loader's own branch wants a type and no annotation says so (tried on 1.106.2: another
# type stops the start or fails every request).
TRIED = {"cache": "bool", "cache_params": "map", "callbacks": "list"}

PLAIN = {bool: "bool", int: "int", float: "number", str: "text"}
ORDER = ["bool", "int", "number", "text", "list", "map", "any"]


def words(annotation):
    """The types that an annotation allows."""
    if annotation is None or annotation is type(None):
        return set()
    if annotation in PLAIN:
        return {PLAIN[annotation]}
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return set().union(*(words(argument) for argument in arguments))
    if origin is typing.Literal:
        return {PLAIN.get(type(argument), "any") for argument in arguments}
    if origin is typing.Annotated:
        return words(arguments[0])
    kind = origin or annotation
    if not inspect.isclass(kind):
        return {"any"}
    if issubclass(kind, enum.Enum):
        return {"text"}
    if issubclass(kind, (list, tuple, set, frozenset)):
        return {"list"}
    if issubclass(kind, dict) or hasattr(kind, "model_fields"):
        return {"map"}
    return {"any"}


def shown(found):
    """The words in their order; `any` swallows the others."""
    if "any" in found or not found:
        return "any"
    return "|".join(word for word in ORDER if word in found)


def router_settings():
    parameters = dict(inspect.signature(litellm.Router.__init__).parameters)
    source = inspect.getsource(proxy_server.ProxyConfig)
    # What the proxy refuses to take from the file, and what it gives to the router itself.
    own = {"self", "model_list", "search_tools", "assistants_config", "router_general_settings"}
    own |= {"ignore_invalid_deployments", "fallback_access_check", "fallback_budget_check"}
    own |= {"auto_router_capability_limit"}
    for name in own - {"self"}:
        assert name in source, f"the loader does not know `{name}` any more"
    hints = typing.get_type_hints(litellm.Router.__init__)
    return {
        name: shown(words(hints.get(name, parameter.annotation)))
        for name, parameter in parameters.items()
        if name not in own
    }


def general_settings():
    found = {
        name: shown(words(field.annotation))
        for name, field in ConfigGeneralSettings.model_fields.items()
    }
    for name in taken_out_of("general_settings"):
        found.setdefault(name, "any")
    return found


def taken_out_of(section):
    """The names that the package's code reads from a section."""
    read = re.compile(rf"""{section}(?:\.get\(\s*|\[)["']([a-z][a-z0-9_]*)["']""")
    home = pathlib.Path(litellm.__file__).parent
    texts = (path.read_text(encoding="utf-8") for path in home.rglob("*.py"))
    return {name for text in texts for name in read.findall(text)}


def annotation_of(name):
    """The annotation of a variable of the library; some name types that are loaded later."""
    written = litellm.__annotations__.get(name)
    if not isinstance(written, str):
        return written
    try:
        return eval(written, vars(typing) | vars(litellm))
    except NameError:
        return None


def litellm_settings():
    found = {}
    for name, value in vars(litellm).items():
        if name.startswith("_") or not name.islower() or isinstance(value, types.ModuleType):
            continue
        if callable(value) or inspect.isclass(value):
            continue
        # Sets, and lists and tables that come filled, are the library's own: names of models.
        filled = isinstance(value, (list, dict, tuple)) and len(value) > 0
        if filled or isinstance(value, set) or name.endswith("_models"):
            continue
        annotation = annotation_of(name)
        if annotation is None and not isinstance(value, (bool, int, float, str, list, dict)):
            if value is not None:
                continue
        found[name] = shown(words(annotation if annotation is not None else type(value)))
    source = inspect.getsource(proxy_server.ProxyConfig.load_config)
    branches = source[source.index("litellm_settings = config.get") :]
    branches = branches[: branches.index("general_settings = config.get")]
    branches = set(re.findall(r'key == "([a-z_0-9]+)"', branches))
    for name in branches | taken_out_of("litellm_settings"):
        found.setdefault(name, "any")
    return found | TRIED


def litellm_params():
    found = fields_of(LiteLLM_Params)
    for name in [*all_litellm_params, *litellm.OPENAI_CHAT_COMPLETION_PARAMS]:
        found.setdefault(name, "any")
    return found


def model_info():
    return fields_of(ModelInfo)


def fields_of(model):
    return {name: shown(words(field.annotation)) for name, field in model.model_fields.items()}


def provider_of(model, **more):
    """The provider that the library infers, when it is one that the router takes."""
    try:
        provider = litellm.get_llm_provider(model, **more)[1]
    except litellm.exceptions.BadRequestError:
        return None
    return provider if provider in providers() else None


def providers():
    return {str(getattr(each, "value", each)) for each in litellm.provider_list}


def inferred():
    """The names without a known prefix whose provider the library infers."""
    litellm.suppress_debug_info = True
    lists = (value for name, value in vars(litellm).items() if "model" in name)
    lists = (value for value in lists if isinstance(value, (list, set, tuple, dict)))
    names = {name for known in lists for name in known if isinstance(name, str)}
    names = {name for name in names if name.split("/")[0] not in providers() or "/" not in name}
    # Spaces and the like would be read otherwise; no model has them.
    return {name for name in names if name.split() == [name] and provider_of(name)}


def endpoints():
    """The addresses, without their scheme, whose provider is inferred for a model of any name."""
    litellm.suppress_debug_info = True
    known = litellm.openai_compatible_endpoints
    known = {each for each in known if provider_of("gwcfg-unknown", api_base=each)}
    return {each.split("://")[-1] for each in known}


def callbacks():
    """The names in `callbacks` that are no path of an object of the user's own."""
    source = inspect.getsource(callback_utils.initialize_callbacks_on_proxy)
    named = set(re.findall(r'callback == "([a-z_0-9]+)"', source))
    generic = pathlib.Path(generic_api.__path__[0], "generic_api_compatible_callbacks.json")
    named |= set(json.loads(generic.read_text(encoding="utf-8")))
    return named | set(litellm._known_custom_logger_compatible_callbacks)


def receivers():
    """The names in `success_callback` and `failure_callback` to which something is sent."""
    source = inspect.getsource(litellm_logging)
    return callbacks() | set(re.findall(r'callback == "([a-z_0-9]+)"', source))


def cache_keys():
    """The keys of `cache_params` with which a cache in Redis can be made."""
    made = [Cache.__init__, RedisCache.__init__]
    names = {name for each in made for name in inspect.signature(each).parameters}
    # Those that choose another way to the server, and what goes with them.
    more = {"startup_nodes", "sentinel_nodes", "sentinel_password", "service_name"}
    return (names | more | set(_redis._get_redis_kwargs())) - {"self", "kwargs", "_backend"}


def known_words():
    """Settings and the words that they know, with the package's own lists of them."""
    strategy = typing.get_type_hints(litellm.Router.__init__)["routing_strategy"]
    return {
        "allowed_fails_policy": AllowedFailsPolicy.model_fields,
        "callback": callbacks(),
        "cache_key": cache_keys(),
        "cache_params": [kind.value for kind in LiteLLMCacheType],
        "optional_pre_call_checks": itertools.chain(
            *(typing.get_args(each) or [each] for each in typing.get_args(OptionalPreCallChecks))
        ),
        "endpoint": endpoints(),
        "inferred": inferred(),
        "inferred_pattern": [rule.pattern.pattern for rule in fallback_generalizations._registry.routing_rules],
        "guardrail": guardrail_initializer_registry,
        "guardrail_mode": [mode.value for mode in GuardrailEventHooks],
        "kept": all_litellm_params,
        "key_management": {each.value for each in KeyManagementSystem} - {"local"},
        "prompts": litellm._known_custom_logger_compatible_callbacks,
        "provider": providers(),
        "provider_more": set(JSONProviderRegistry._providers) - providers(),
        "receiver": receivers(),
        "retry_policy": RetryPolicy.model_fields,
        "routing_strategy": typing.get_args(strategy),
    }


def main():
    print(f"# LiteLLM {importlib.metadata.version('litellm')}; made by scripts/litellm_keys.py")
    # In the order of their bytes: gwcfg searches where they stand.
    sections = [general_settings, litellm_params, litellm_settings, model_info, router_settings]
    for section in sections:
        for name, kinds in sorted(section().items()):
            print(f"{section.__name__}\t{name}\t{kinds}")
    for name, known in sorted(known_words().items()):
        for word in sorted(set(known)):
            print(f"words\t{name}\t{word}")


if __name__ == "__main__":
    main()
