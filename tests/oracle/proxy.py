"""The real LiteLLM proxy, served by its own application on loopback, one config after the other.

One JSON object per line on stdin, one answer per line on stdout. `serve` ends the proxy before and
starts one with the config at `path`; `advance` moves its clock, so that cooldowns run out. The
import costs about ten seconds and happens once: each proxy is a fork, with a start of its own.
"""

import json
import os
import signal
import sys
import threading
import time

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["LITELLM_MODE"] = "PRODUCTION"
os.environ["LITELLM_TELEMETRY"] = "False"

import uvicorn  # noqa: E402

from litellm.litellm_core_utils import thread_pool_executor  # noqa: E402
from litellm.proxy import proxy_server  # noqa: E402


class Clock:
    """The clock of the proxy, and the threads that still count for a request."""

    def __init__(self):
        self.offset = 0.0
        self.submitted = []

    def install(self):
        real_time, submit = time.time, thread_pool_executor.executor.submit
        time.time = lambda: real_time() + self.offset

        def recorded(*arguments, **more):
            future = submit(*arguments, **more)
            self.submitted.append(future)
            return future

        thread_pool_executor.executor.submit = recorded

    def follow(self, commands, answers):
        for line in commands:
            while self.submitted:
                self.submitted.pop().exception(timeout=20)
            self.offset += json.loads(line)["seconds"]
            answers.write("{}\n")
            answers.flush()


def serve(command, commands, answers):
    """Never returns: the proxy, as `litellm --config` starts it."""
    # The parent asked for this directory of its own, which LiteLLM looks for a `.env` in.
    os.environ["WORKER_CONFIG"] = json.dumps({"config": command["path"]})
    clock = Clock()
    clock.install()
    threading.Thread(target=clock.follow, args=(commands, answers), daemon=True).start()
    uvicorn.run(
        proxy_server.app, host="127.0.0.1", port=command["port"], log_level="error", loop="asyncio"
    )
    os._exit(1)


class Proxy:
    def __init__(self):
        self.process = None
        self.commands = None
        self.answers = None

    def start(self, command):
        self.end()
        command_read, command_write = os.pipe()
        answer_read, answer_write = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(command_write)
            os.close(answer_read)
            serve(command, os.fdopen(command_read), os.fdopen(answer_write, "w"))
        os.close(command_read)
        os.close(answer_write)
        self.process = process
        self.commands = os.fdopen(command_write, "w")
        self.answers = os.fdopen(answer_read)
        return {"process": process}

    def advance(self, command):
        self.commands.write(json.dumps(command) + "\n")
        self.commands.flush()
        return json.loads(self.answers.readline() or '{"error": "the proxy ended"}')

    def end(self):
        if self.process is not None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.commands.close()
            self.answers.close()
            self.process = None


def main():
    # Whatever LiteLLM prints goes to stderr: stdout belongs to the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    proxy = Proxy()
    answers.write('{"ready": true}\n')
    answers.flush()
    for line in sys.stdin:
        command = json.loads(line)
        answer = proxy.start(command) if command["op"] == "serve" else proxy.advance(command)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    proxy.end()
    os._exit(0)


if __name__ == "__main__":
    main()
