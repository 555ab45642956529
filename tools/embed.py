#!/usr/bin/env python3
"""Files as texts in a C source.

    embed.py OUT.c HEADER NAME FILE...

writes `const struct embedded NAME[]`, declared in HEADER: the name of each file
without folder and last extension, and its text; {NULL, NULL} ends it.
"""
import os
import sys

from routegen import c_string


def main():
    out, header, name, *files = sys.argv[1:]
    text = f'#include "{header}"\n\nconst struct embedded {name}[] = {{\n'
    for path in files:
        key = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding="utf-8") as f:
            text += f'\t{{ "{key}",\n{c_string(f.read())} }},\n'
    with open(out, "w", encoding="utf-8") as f:
        f.write(text + "\t{ 0 },\n};\n")


main()
