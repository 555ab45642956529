#!/usr/bin/env python3
"""Fail on an #include that tools/layers.txt does not allow, and on a folder
that holds more files than one can find something in."""
import collections
import os
import re
import sys

FILES_MAX = 45
INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)[">]')
UNISTRING = re.compile(r"uni(case|norm|str|ctype|width)")


class Layers:
    """What tools/layers.txt says."""

    def __init__(self, path):
        self.may, self.libs, self.rooms = {}, {}, {}
        with open(path, encoding="utf-8") as f:
            for line in f:
                key, _, rest = line.split("#")[0].strip().partition(":")
                if key.startswith("lib "):
                    self.libs[key[4:]] = rest.split()
                elif key.startswith("room "):
                    self.rooms[key[5:]] = rest.split()
                elif key:
                    self.may[key] = set(rest.split()) | {key}

    def allow_own(self, path, target, is_test):
        """A header of ours: from a folder that this one stands on, and if it
        is in another room, one that the room shows."""
        folder, first = path.split("/")[0], target.split("/")[0]
        if first == "sql":
            return "store" in self.may[folder]
        if first not in self.may[folder]:
            return False
        room, name = os.path.split(target)
        return is_test or room == os.path.dirname(path) \
            or room not in self.rooms or name in self.rooms[room]

    def allow_library(self, path, target):
        for prefix, users in self.libs.items():
            if target.startswith(prefix) and (
                    prefix != "uni" or UNISTRING.match(target)):
                return any(path == u or path.startswith(u + "/")
                           for u in users)
        return True


def sources(src):
    for base, _, names in os.walk(src):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(base, name), src)


def forbidden(layers, src, path, is_test):
    with open(os.path.join(src, path), encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            m = INCLUDE.match(line)
            if not m:
                continue
            kind, target = m.groups()
            if not (layers.allow_own(path, target, is_test) if kind == '"'
                    else is_test or layers.allow_library(path, target)):
                yield n, target


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    src = os.path.join(root, "src")
    layers = Layers(os.path.join(root, "tools/layers.txt"))
    files = collections.Counter()
    wrong = 0
    for path in sources(src):
        room = os.path.dirname(path)
        if path.split("/")[0] not in layers.may or \
                ("/" in room and not path.startswith("api/")
                 and room not in layers.rooms):
            sys.exit(f"src/{path}: tools/layers.txt does not know {room}")
        is_test = path.endswith(("_test.c", "_fuzz.c")) or "fixture" in path
        files[room] += not is_test
        for n, target in forbidden(layers, src, path, is_test):
            print(f"src/{path}:{n}: may not include {target}")
            wrong += 1
    for room, n in files.items():
        if n > FILES_MAX:
            print(f"src/{room}: {n} files; {FILES_MAX} are the limit, make a room")
            wrong += 1
    sys.exit(1 if wrong else 0)


main()
