"""Answers questions about YAML with PyYAML: one JSON object a line in, one JSON value a line out.

{"load": [document, ...]}   what each document loads as, or {"error": reason}
{"kind": [text, ...]}       [kind, value] of each plain scalar, as resolved and constructed
{"tags": document}          [kind, text] of each item in a list of scalars, as composed

Values keep their type: an integer is {"int": digits}, a float {"float": its 64 bits in hex},
or "nan", a map {"map": [[key, value], ...]} in its order. Both loaders must agree on everything.
"""

import json
import struct
import sys

import yaml

LOADERS = [yaml.SafeLoader]
if yaml.__with_libyaml__:
    LOADERS.append(yaml.CSafeLoader)

PREFIX = "tag:yaml.org,2002:"


def typed(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": "nan" if value != value else struct.pack(">d", value).hex()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {"map": [[typed(key), typed(item)] for key, item in value.items()]}
    return {"other": repr(value)}


def agreed(answers):
    """The one answer of all loaders, or what each of them says."""
    first = answers[0]
    if all(answer == first for answer in answers):
        return first
    return {"loaders differ": answers}


def load(document):
    answers = []
    for loader in LOADERS:
        try:
            value = yaml.load(document, loader)
        except Exception as error:  # PyYAML raises more than its own: ValueError, TypeError
            answers.append({"error": f"{type(error).__name__}: {error}"})
            continue
        try:
            answers.append(typed(value))
        except RecursionError:
            answers.append({"other": "a value that holds itself"})
    return agreed(answers)


def kind(text):
    answers = []
    for loader_class in LOADERS:
        loader = loader_class("")
        tag = loader.resolve(yaml.ScalarNode, text, (True, False))
        node = yaml.ScalarNode(tag, text)
        try:
            value = typed(loader.construct_object(node))
        except (yaml.YAMLError, ValueError, OverflowError):
            value = {"error": "not constructed"}
        answers.append([tag.removeprefix(PREFIX), value])
    return agreed(answers)


def tags(document):
    answers = []
    for loader in LOADERS:
        nodes = yaml.compose(document, loader).value
        answers.append([[node.tag.removeprefix(PREFIX), node.value] for node in nodes])
    return agreed(answers)


def answer(question):
    if "load" in question:
        return [load(document) for document in question["load"]]
    if "kind" in question:
        return [kind(text) for text in question["kind"]]
    return tags(question["tags"])


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
