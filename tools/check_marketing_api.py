#!/usr/bin/env python3
"""docs/marketing-api.md says of each operation of the Marketing API whether it
is served here, and what is served beside them.

    check_marketing_api.py SPECS DOC            fails if it does not
    check_marketing_api.py SPECS DOC --write    corrects it

The operations are the rows of its first table; what stands in their last column,
and the second table, follow from the specs.
"""
import glob
import json
import os
import re
import sys

SERVED, EMPTY, NOT = "served", "empty", "not served"
NOTHING = ("empty.json", "automations.json")  # of what there is none here
ROW = re.compile(r"^\| ([^|]+) \| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \| (.*?) \|$")
BEGIN, END = "<!-- beside -->", "<!-- end of beside -->"


def key(method, path):
    """Names of parameters do not matter."""
    return method, re.sub(r"\{\w+\}", "{}", path)


def served(specs):
    """(method, path) -> (path as written, what it is, status)."""
    found = {}
    for name in sorted(glob.glob(os.path.join(specs, "*.json"))):
        with open(name, encoding="utf-8") as f:
            spec = json.load(f)
        if spec.get("api") != "3.0":
            continue
        status = EMPTY if os.path.basename(name) in NOTHING else SERVED
        for e in spec["endpoints"]:
            found[key(e["method"], e["path"])] = (e["path"], e["summary"], status)
    return found


def correct(text, found):
    rest = dict(found)
    lines = []
    for line in text.split("\n"):
        row = ROW.match(line)
        if row:
            group, method, path, _ = row.groups()
            status = rest.pop(key(method, path), (0, 0, NOT))[2]
            line = f"| {group} | {method} | `{path}` | {status} |"
        lines.append(line)
    counts = [sum(l.endswith(f"| {s} |") for l in lines) for s in (SERVED, EMPTY, NOT)]
    text = re.sub(r"\*\*\d+ served, \d+ empty, \d+ not served\*\*",
                  "**{} served, {} empty, {} not served**".format(*counts),
                  "\n".join(lines))
    beside = "".join(f"| {method} | `{path}` | {about} |\n" for (method, _), (path, about, _)
                     in sorted(rest.items(), key=lambda i: (i[1][0], i[0][0])))
    head, _, tail = text.partition(BEGIN)
    return (head + BEGIN + "\n| method | path | what it does |\n| --- | --- | --- |\n"
            + beside + END + tail.partition(END)[2])


def main():
    specs, doc = sys.argv[1:3]
    with open(doc, encoding="utf-8") as f:
        text = f.read()
    new = correct(text, served(specs))
    if "--write" in sys.argv:
        with open(doc, "w", encoding="utf-8") as f:
            f.write(new)
    elif new != text:
        sys.exit(f"{doc} does not say what is served: run "
                 f"tools/check_marketing_api.py {specs} {doc} --write")


main()
