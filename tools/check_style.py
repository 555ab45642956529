#!/usr/bin/env python3
"""Fail on what the house style forbids and no other tool sees.

Sources of more than 700 lines (600 are looked at twice), a header, or a source
without one, that does not open with its idea, work left to do without an issue, paths of somebody's machine, hosts of package
registries in lock files, names of tests that are no words, waits with a limit
that do not go through base/thread/wait.h, what is cleaned up and may not have
been set.
"""
import os
import re
import subprocess
import sys

LINES_MAX = 700
NOT_SET = re.compile(r"^[ \t]*CLEANUP\(\w+\)\s+[^;={}()]*;", re.M)
LEFT_TO_DO = re.compile(r"\b(TODO(?!\(#\d+\))|FIXME|XXX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home/\w|root/|work/)")
REGISTRY = re.compile(r'"resolved"|registry\.|//[\w.]*npmjs')


def tracked(root):
    """The files of the project; outside of git, all that is no build."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if git.returncode == 0:
        return [p for p in git.stdout.decode().split("\0") if p]
    found = []
    for base, folders, names in os.walk(root):
        folders[:] = [f for f in folders if not f.startswith((".git", "build"))
                      and f not in ("node_modules", "__pycache__")]
        found += [os.path.relpath(os.path.join(base, n), root) for n in names]
    return found


def faults(path, text, paths):
    lines = text.split("\n")
    is_c = path.endswith((".c", ".h"))
    is_code = is_c or path.endswith((".ts", ".py", ".sh", ".sql", ".build"))
    is_test = path.endswith(("_test.c", "fixture.c"))
    if is_c and not is_test and len(lines) > LINES_MAX:
        yield 1, f"has {len(lines)} lines; {LINES_MAX} are the limit"
    if path.startswith("src/") and path.endswith(".h") \
            and not text.startswith("/*"):
        yield 1, "needs a comment at its head"
    if path.startswith("src/") and path.endswith(".c") and not is_test \
            and not re.search("_fuzz|_fixture", path) and path[:-1] + "h" not in paths \
            and not text.startswith("/*"):
        yield 1, ("has no header: say at its head what its idea is, who calls "
                  "it, and on which thread")
    if path.endswith("package-lock.json") and REGISTRY.search(text):
        yield 1, "names a package registry"
    if not is_code or path == "tools/check_style.py":
        return
    for found in NOT_SET.finditer(text) if is_c else ():
        yield text.count("\n", 0, found.start()) + 1, (
            "what is cleaned up must be set where it is declared")
    for n, line in enumerate(lines, 1):
        if LEFT_TO_DO.search(line):
            yield n, "work left to do needs an issue: TODO(#123)"
        if MACHINE_PATH.search(line):
            yield n, "a path of one machine"
        if is_c and re.search(r"^\s*//", line):
            yield n, "comments are /* */"
        if is_c and "pthread_cond_timedwait" in line \
                and path != "src/base/thread/wait.c":
            yield n, "waits with a limit go through base/thread/wait.h"
        if line.rstrip() != line:
            yield n, "white space at the end"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "."
    wrong = 0
    paths = set(tracked(root))
    for path in sorted(paths):
        full = os.path.join(root, path)
        if not os.path.isfile(full) or path.startswith("test/fuzz/regression"):
            continue
        with open(full, encoding="utf-8", errors="replace") as f:
            text = f.read()
        for line, what in faults(path, text, paths):
            print(f"{path}:{line}: {what}")
            wrong += 1
    sys.exit(1 if wrong else 0)


main()
