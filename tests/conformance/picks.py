"""Which deployments the real router asks, whatever their providers are.

A foreign config names providers of every kind, some of which need a package or an account. Here
each call of the router to `litellm.acompletion` is noted with the number of its deployment in
`model_list`, and fails or answers as told (`mock_response`); everything that LiteLLM does around
it is its own.
"""

import litellm
import litellm.router as router_module
from litellm.types.utils import all_litellm_params

ROW = "gwcfg_row"

# Parameters that LiteLLM keeps to itself, and those that make a request.
KEPT = {*all_litellm_params, "model", "messages", "client", "timeout", "stream"}
KEPT = {name for name in KEPT if not name.startswith("mock_")}

ERRORS = {
    "server": litellm.InternalServerError,
    "rate-limit": litellm.RateLimitError,
    "auth": litellm.AuthenticationError,
    "timeout": litellm.Timeout,
    "context": litellm.ContextWindowExceededError,
    "policy": litellm.ContentPolicyViolationError,
}


class Picks:
    """The calls of one request, by the number of the deployment, and who fails in which way."""

    def __init__(self):
        self.down = {}
        self.calls = []

    def begin(self, down):
        self.down = down
        self.calls = []

    def install(self):
        set_model_list = router_module.Router.set_model_list
        acompletion = litellm.acompletion

        def numbered(router, model_list):
            for row, entry in enumerate(model_list):
                entry.setdefault("model_info", {}).setdefault(ROW, row)
            return set_model_list(router, model_list)

        async def noted(*arguments, **more):
            row = (more.get("model_info") or {}).get(ROW)
            if row is None:
                return await acompletion(*arguments, **more)
            self.calls.append(row)
            # What a provider's interface would make of other parameters is no matter of routing.
            more = {key: value for key, value in more.items() if key in KEPT}
            more["drop_params"] = True
            more["mock_response"] = self.answer(self.down.get(str(row)), more.get("model"))
            return await acompletion(*arguments, **more)

        router_module.Router.set_model_list = numbered
        litellm.acompletion = noted

    def answer(self, how, model):
        if how is None:
            return "pong"
        return ERRORS[how](message="made to fail", model=model, llm_provider="openai")
