#!/usr/bin/env python3
"""Write src/api/spec/*.json in one form: what fits on a line stands on one.

    format_specs.py [--check] SPECDIR    --check: only say which are not so
"""
import json
import os
import sys

COLUMNS = 110


def form(node, indent=0, before=0):
    """before: columns that the key takes on the same line."""
    line = json.dumps(node, ensure_ascii=False)
    if len(line) + indent + before <= COLUMNS or not node \
            or not isinstance(node, (dict, list)):
        return line
    inner = " " * (indent + 2)
    if isinstance(node, dict):
        keys = {k: json.dumps(k, ensure_ascii=False) + ": " for k in node}
        parts = [inner + keys[k] + form(v, indent + 2, len(keys[k]) + 1)
                 for k, v in node.items()]
    else:
        parts = [inner + form(v, indent + 2, 1) for v in node]
    first, last = ("{", "}") if isinstance(node, dict) else ("[", "]")
    return first + "\n" + ",\n".join(parts) + "\n" + " " * indent + last


def main():
    check = sys.argv[1] == "--check"
    folder = sys.argv[-1]
    other = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not name.endswith(".json"):
            continue
        with open(path, encoding="utf-8") as f:
            text = f.read()
        formed = form(json.loads(text)) + "\n"
        if formed == text:
            continue
        other.append(path)
        if not check:
            with open(path, "w", encoding="utf-8") as f:
                f.write(formed)
    if check and other:
        sys.exit("not in the form of `make format`: " + " ".join(other))


main()
