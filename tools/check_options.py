#!/usr/bin/env python3
"""docs/config.md lists every option, with its names, default and meaning.

    check_options.py MUSTER DOC            fails if they differ
    check_options.py MUSTER DOC --write    writes the table into DOC
"""
import subprocess
import sys

BEGIN, END = "<!-- options -->", "<!-- end of options -->"


def table(muster):
    out = subprocess.run([muster, "config", "--describe"], check=True,
                         capture_output=True, text=True).stdout
    rows = ["| option in the file | environment | flag | default | meaning |",
            "| --- | --- | --- | --- | --- |"]
    for line in out.strip().split("\n"):
        name, env, flag, default, about = line.split("\t")
        default = f"`{default}`" if default else ""
        rows.append(f"| `{name}` | `{env}` | `{flag}` | {default} | {about} |")
    return "\n".join(rows)


def main():
    muster, doc = sys.argv[1:3]
    text = open(doc, encoding="utf-8").read()
    head, _, rest = text.partition(BEGIN)
    old, _, tail = rest.partition(END)
    new = f"\n{table(muster)}\n"
    if "--write" in sys.argv:
        open(doc, "w", encoding="utf-8").write(head + BEGIN + new + END + tail)
    elif old != new:
        sys.exit(f"{doc} does not list the options as they are: run\n"
                 f"  {sys.argv[0]} {muster} {doc} --write")


main()
