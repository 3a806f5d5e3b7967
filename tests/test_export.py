"""tests/test_export.py - `glasspost export`: every demo scenario as a diagram, as traces, and to be handed out.

otlp is checked against the fields of OpenTelemetry's trace.proto and the rules of its JSON encoding: names in lowerCamelCase,
ids as hex digits, 64-bit numbers as strings, enums as numbers, nothing that the proto does not have.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from served import PROGRAM, ROOT, Tap

tap = Tap()
LONG = {"crowd"}  # a thousand clients: the other scenarios say the same in less time


def run(*args):
    return subprocess.run([PROGRAM, *args], cwd=ROOT, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def export(path, *args):
    done = run("export", path, *args)
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---- the rules of OTLP/JSON: message -> field -> kind of value; a list in brackets

def text(value):
    return isinstance(value, str)


def hex_of(octets):
    return lambda value: isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{octets * 2}}}", value) and set(value) != {"0"}


def fixed64(value):
    return isinstance(value, str) and re.fullmatch("[0-9]{1,20}", value) and int(value) < 2 ** 64


def int64(value):
    return isinstance(value, str) and re.fullmatch("-?[0-9]{1,19}", value)


def uint32(value):
    return type(value) is int and 0 <= value < 2 ** 32


def enum(most):
    return lambda value: type(value) is int and 0 <= value <= most


PROTO = {
    "ExportTraceServiceRequest": {"resourceSpans": ["ResourceSpans"]},
    "ResourceSpans": {"resource": "Resource", "scopeSpans": ["ScopeSpans"], "schemaUrl": text},
    "Resource": {"attributes": ["KeyValue"], "droppedAttributesCount": uint32},
    "ScopeSpans": {"scope": "InstrumentationScope", "spans": ["Span"], "schemaUrl": text},
    "InstrumentationScope": {"name": text, "version": text, "attributes": ["KeyValue"], "droppedAttributesCount": uint32},
    "Span": {"traceId": hex_of(16), "spanId": hex_of(8), "traceState": text, "parentSpanId": hex_of(8), "flags": uint32,
             "name": text, "kind": enum(5), "startTimeUnixNano": fixed64, "endTimeUnixNano": fixed64,
             "attributes": ["KeyValue"], "droppedAttributesCount": uint32, "events": ["Event"], "droppedEventsCount": uint32,
             "links": ["Link"], "droppedLinksCount": uint32, "status": "Status"},
    "Event": {"timeUnixNano": fixed64, "name": text, "attributes": ["KeyValue"], "droppedAttributesCount": uint32},
    "Link": {"traceId": hex_of(16), "spanId": hex_of(8), "traceState": text, "attributes": ["KeyValue"],
             "droppedAttributesCount": uint32, "flags": uint32},
    "Status": {"message": text, "code": enum(2)},
    "KeyValue": {"key": text, "value": "AnyValue"},
    "AnyValue": {"stringValue": text, "intValue": int64, "boolValue": lambda value: type(value) is bool},
}
REQUIRED = {"Span": {"traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"},
            "Event": {"timeUnixNano", "name"}, "Link": {"traceId", "spanId"}, "KeyValue": {"key", "value"}}


def against_proto(message, value, where):
    """What is wrong with @value as a @message, as a list of sentences."""
    if not isinstance(value, dict):
        return [f"{where} is no {message}"]
    wrong = [f"{where} lacks {name}" for name in REQUIRED.get(message, set()) - set(value)]
    for name, inside in value.items():
        kind = PROTO[message].get(name)
        here = f"{where}.{name}"
        if kind is None:
            wrong.append(f"{here}: {message} has no such field")
        elif isinstance(kind, list):
            for i, item in enumerate(inside):
                wrong += against_proto(kind[0], item, f"{here}[{i}]")
        elif isinstance(kind, str):
            wrong += against_proto(kind, inside, here)
        elif not kind(inside):
            wrong.append(f"{here} is {inside!r}")
    if message in ("Span", "Event", "Resource"):
        keys = [attribute["key"] for attribute in value.get("attributes", [])]
        wrong += [f"{where}: attribute {key} stands twice" for key in set(keys) if keys.count(key) > 1]
    return wrong


def spans_of(request):
    return [dict(span, host=resource["resource"]["attributes"][0]["value"]["stringValue"])
            for resource in request["resourceSpans"] for span in resource["scopeSpans"][0]["spans"]]


def against_sense(request):
    """Ids are unique, parents are there and of the same trace, and each trace has one root."""
    spans = spans_of(request)
    by_id = {span["spanId"]: span for span in spans}
    wrong = [] if len(by_id) == len(spans) else ["an id stands twice"]
    for span in spans:
        parent = by_id.get(span.get("parentSpanId"))
        if "parentSpanId" in span and (parent is None or parent["traceId"] != span["traceId"]):
            wrong.append(f"{span['host']} {span['name']}: its parent is not in its trace")
        if int(span["endTimeUnixNano"]) < int(span["startTimeUnixNano"]):
            wrong.append(f"{span['host']} {span['name']} ends before it begins")
        if any(not int(span["startTimeUnixNano"]) <= int(event["timeUnixNano"]) <= int(span["endTimeUnixNano"])
               for event in span["events"]):
            wrong.append(f"{span['host']} {span['name']}: an event outside of its time")
    return wrong


# ---- the grammar that the real Mermaid was seen to take

WORDS = r"(?:[^#;<>%{}`\"]|#\d+;|<br/>)+"
LINE = re.compile(rf"    (?:(?:participant|actor) p\d+ as {WORDS}|p\d+(?:->>|-->>|--x)p\d+: {WORDS}|"
                  rf"Note over p\d+(?:,p\d+)?: {WORDS}|rect rgba\([0-9,. ]+\)|end)")


def diagram_is_fine(diagram):
    first, *lines = diagram.splitlines()
    depth = 0
    for line in lines:
        depth += line.startswith("    rect ") - (line == "    end")
        if depth not in (0, 1) or not LINE.fullmatch(line):
            return False
    return first == "sequenceDiagram" and depth == 0


# ---- what must not be handed out

PEOPLE = ["alice", "bob", "carol", "dave", "zoe", "henry"]


def secrets():
    """Words of the demo's messages: names, subjects, and lines of bodies."""
    words = set()
    for name in os.listdir(os.path.join(ROOT, "labs/demo/mail")):
        with open(os.path.join(ROOT, "labs/demo/mail", name), encoding="utf-8", errors="replace") as file:
            head, _, body = file.read().replace("\r\n", "\n").partition("\n\n")
        words |= {line.split(":", 1)[1].strip() for line in head.splitlines() if line.startswith("Subject:")}
        words |= {line.strip() for line in body.splitlines() if len(line.strip()) > 24}
    return words


def all_scenarios(folder):
    hidden = secrets()
    names = [line.split()[0] for line in run("demo", "--list").stdout.splitlines() if line.strip()]
    wrong = {"otlp": [], "mermaid": [], "redact": [], "same ids": []}

    for name in [name for name in names if name not in LONG]:
        state = os.path.join(folder, name)
        run("demo", "--scenario", name, "--network", "simulated", "--keep", state, "--plain")
        request = json.loads(export(state, "--format", "otlp"))
        wrong["otlp"] += [f"{name}: {what}" for what in
                          against_proto("ExportTraceServiceRequest", request, "request") + against_sense(request)]
        if not diagram_is_fine(export(state, "--format", "mermaid")):
            wrong["mermaid"].append(name)
        told = export(state, "--format", "journal", "--redact")
        for person in PEOPLE:
            wrong["redact"] += [f"{name}: {found}" for found in re.findall(rf"\b{person}\b.{{0,40}}", told, re.I)][:1]
        wrong["redact"] += [f"{name}: {word}" for word in hidden if json.dumps(word)[1:-1] in told or word in told]
        copy = os.path.join(folder, name + ".ndjson")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(told)
        again = json.loads(export(copy, "--format", "otlp"))
        if [span["spanId"] for span in spans_of(again)] != [span["spanId"] for span in spans_of(request)]:
            wrong["same ids"].append(name)
        if len(told.splitlines()) != len(export(state).splitlines()) + 1:
            wrong["redact"].append(f"{name}: events are missing")
    tap.check(len(names) > 15, "there are scenarios", names)
    tap.check(not wrong["otlp"], "otlp of every scenario keeps to the proto and hangs together", "\n".join(wrong["otlp"][:20]))
    tap.check(not wrong["mermaid"], "mermaid of every scenario keeps to its grammar", wrong["mermaid"])
    tap.check(not wrong["redact"], "redacted, none has a name, a subject or a line of a body left", "\n".join(wrong["redact"][:10]))
    tap.check(not wrong["same ids"], "redacted or not, the ids are the same", wrong["same ids"])


def two_worlds(folder):
    """The journal of one world cut in two, as if each host had been a world of its own."""
    with open(os.path.join(folder, "remote", "journal-0001.ndjson"), encoding="utf-8") as file:
        events = [json.loads(line) for line in file][1:]
    requests = []
    for host, journey in (("mx.north.example", "j1"), ("mx.south.example", "j7")):
        path = os.path.join(folder, host + ".ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"journal":1}\n')
            for event in events:
                own = {key: value for key, value in event.items() if key not in ("cause", "twin")}
                if "journey" in own:
                    own["journey"] = journey
                if event.get("host") == host:
                    file.write(json.dumps(own) + "\n")
        requests.append(json.loads(export(path, "--format", "otlp")))
    north, south = (spans_of(request) for request in requests)
    root = [span for span in south if span["name"] == "mx.south.example"][0]
    relays = {span["spanId"]: span for span in north if span["name"] == "relay"}
    tap.check({span["traceId"] for span in north} == {root["traceId"]}, "two journals, exported apart: one trace")
    tap.check(root.get("parentSpanId") in relays, "and the receiving host hangs below the sender's relay", root)


def chosen(folder):
    state = os.path.join(folder, "lecture")
    one = export(state, "--journey", "j2")
    tap.check(0 < len(one.splitlines()) < len(export(state).splitlines()) and "EHLO client.example" in one,
              "one message, with what its session did before it had a name", one[:300])
    tap.check(run("export", state, "--journey", "j99").returncode == 2, "a message that is not there is an error")
    tap.check(run("export", state, "--format", "nothing").returncode == 2, "a format that is not there, too")
    tap.check(run("export", folder + "/none").returncode == 2, "and a journal that is not there")
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run([PROGRAM, "export", state, "--redact"], env={**os.environ, "TMPDIR": temporary}, stdout=subprocess.DEVNULL,
                       check=True)
        tap.check(not os.listdir(temporary), "the redacted copy is removed", os.listdir(temporary))
    help = run("export", "--help").stdout
    tap.check(all(word in help for word in ("bodies", "subjects", "mermaid", "otlp", "--journey")), "--help says what goes", help)


with tempfile.TemporaryDirectory(prefix="glasspost-export-") as folder:
    all_scenarios(folder)
    two_worlds(folder)
    chosen(folder)
tap.done()
