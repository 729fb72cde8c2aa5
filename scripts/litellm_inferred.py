"""Prints the provider that an installed LiteLLM infers for a model name without a prefix.

    target/litellm-1.106.2/bin/python scripts/litellm_inferred.py > src/gateway/litellm/inferred.tsv

One name and its provider a line, by `get_llm_provider`, for every name of the lists that the library
holds; then `~`, an expression for further names, and their provider.
"""

import importlib.metadata
import os

# A model's price list that is fetched from the network is nothing that is needed here.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

import litellm  # noqa: E402
from litellm.litellm_core_utils import fallback_generalizations  # noqa: E402


def provider_of(name):
    try:
        return litellm.get_llm_provider(model=name)[1]
    except Exception:  # noqa: BLE001 - a name that it does not know
        return None


def names():
    lists = (value for name, value in vars(litellm).items() if "model" in name)
    lists = (value for value in lists if isinstance(value, (list, set, tuple, dict)))
    return {name for known in lists for name in known if isinstance(name, str)}


def main():
    litellm.suppress_debug_info = True
    print(f"# LiteLLM {importlib.metadata.version('litellm')}; made by scripts/litellm_inferred.py")
    for name in sorted(names()):
        if "/" not in name and name.split() == [name] and provider_of(name):
            print(f"{name}\t{provider_of(name)}")
    for rule in fallback_generalizations._registry.routing_rules:
        print(f"~\t{rule.pattern.pattern}\t{rule.provider}")


if __name__ == "__main__":
    main()
