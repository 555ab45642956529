#!/usr/bin/env python3
"""Fail on an #include that tools/layers.txt does not allow."""
import os
import re
import sys

root = sys.argv[1] if len(sys.argv) > 1 else "."
may, libs = {}, {}
for line in open(os.path.join(root, "tools/layers.txt"), encoding="utf-8"):
    line = line.split("#")[0].strip()
    if not line:
        continue
    key, _, rest = line.partition(":")
    if key.startswith("lib "):
        libs[key[4:]] = rest.split()
    else:
        may[key] = set(rest.split()) | {key}
wrong = 0
for base, _, names in os.walk(os.path.join(root, "src")):
    for name in names:
        path = os.path.relpath(os.path.join(base, name), os.path.join(root, "src"))
        folder = path.split(os.sep)[0]
        if not name.endswith((".c", ".h")):
            continue
        if folder not in may:
            sys.exit(f"{path}: folder {folder} is not in tools/layers.txt")
        is_test = name.endswith(("_test.c", "_fuzz.c")) or "fixture" in name
        for n, line in enumerate(open(os.path.join(base, name), encoding="utf-8"), 1):
            m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if not m:
                continue
            kind, target = m.groups()
            if kind == '"':
                first = target.split("/")[0]
                if first == "sql":
                    bad = "store" not in may[folder]
                elif first not in may:
                    bad = True
                else:
                    bad = first not in may[folder]
            else:
                bad = False
                for prefix, users in libs.items():
                    if target.startswith(prefix):
                        bad = not is_test and not any(
                            path == u or path.startswith(u + os.sep) for u in users)
                        if prefix != "uni" or re.match(r"uni(case|norm|str|ctype|width)", target):
                            break
                        bad = False
            if bad:
                print(f"src/{path}:{n}: may not include {target}")
                wrong += 1
sys.exit(1 if wrong else 0)
