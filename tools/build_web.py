#!/usr/bin/env python3
"""Builds the web app for the program: called by src/web/meson.build.

    tools/build_web.py OUT.c OUT.pack DEPFILE

Brings the Node of web/toolchain and the packages of web/package-lock.json if
they are not there, makes the types of our own API, checks all types, and lets
Vite build. What was built is kept in web/build, so that several build folders
share it; a second build at the same time waits. Also:

    tools/build_web.py --node ARGUMENT...   runs that Node in web/
    tools/build_web.py --types              only makes the API's types and the server's limits
"""
import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEB = os.path.join(ROOT, "web")
KEPT = os.path.join(WEB, "build")
MACHINES = {"x86_64": "x64", "aarch64": "arm64"}
INPUTS = ["web/index.html", "web/package-lock.json", "web/tsconfig.json",
          "web/vite.config.ts", "web/postcss.config.cjs",
          "web/toolchain/package-lock.json", "web/tools/pack.ts",
          "tools/build_web.py", "tools/routegen.py",
          "src/crm/group/criteria.h"]
# Specs of src/api/spec and the types that are made of them, in web/src/api.
SCHEMAS = {"v1": "schema.d.ts", "3.0": "marketing.d.ts"}
MADE = [*SCHEMAS.values(), "limits.ts"]
LIMITS = {"CRITERIA_DEPTH_MAX": "src/crm/group/criteria.h",
          "CRITERIA_CONDITIONS_MAX": "src/crm/group/criteria.h",
          "SEGMENT_DEPTH_MAX": "src/audience/segment_private.h",
          "SEGMENT_CONDITIONS_MAX": "src/audience/segment_private.h"}
FOLDERS = ["web/src", "web/public", "src/api/spec"]


def fail(text):
    sys.exit(f"build_web: {text}")


def run(argv, folder, env):
    done = subprocess.run(argv, cwd=folder, env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        fail(f"{' '.join(map(os.path.basename, argv[:3]))} failed in {folder}")


def node_folder():
    machine = MACHINES.get(platform.machine())
    if not machine:
        fail(f"no Node is known for {platform.machine()}")
    return os.path.join(WEB, "toolchain", "node_modules",
                        f"node-linux-{machine}", "bin")


def environment():
    return {**os.environ,
            "PATH": node_folder() + os.pathsep + os.environ["PATH"]}


def text_of(path):
    with open(path, "rb") as f:
        return f.read()


def install(folder, env):
    """npm ci, unless what the lock file says is there."""
    lock = hashlib.sha256(text_of(os.path.join(folder, "package-lock.json")))
    stamp = os.path.join(folder, "node_modules", ".muster-lock")
    if os.path.exists(stamp) and text_of(stamp).decode() == lock.hexdigest():
        return
    if not shutil.which("npm"):
        fail("npm is missing: run tools/setup-debian.sh run")
    run(["npm", "ci", "--ignore-scripts"], folder, env)
    with open(stamp, "w", encoding="ascii") as f:
        f.write(lock.hexdigest())


def install_all():
    install(os.path.join(WEB, "toolchain"), os.environ)
    install(WEB, environment())


def inputs():
    """Files, and folders: a new file changes its folder."""
    paths = [os.path.join(ROOT, p) for p in INPUTS]
    for folder in FOLDERS:
        for at, _, files in os.walk(os.path.join(ROOT, folder)):
            paths.append(at)
            paths += [os.path.join(at, f) for f in files
                      if f not in MADE]
    return sorted(p for p in paths if os.path.exists(p))


def digest(paths):
    sha = hashlib.sha256()
    for path in paths:
        sha.update(os.path.relpath(path, ROOT).encode() + b"\0")
        if os.path.isfile(path):
            sha.update(hashlib.sha256(text_of(path)).digest())
    return sha.hexdigest()


def make_types(env):
    with tempfile.TemporaryDirectory() as folder:
        run([sys.executable, os.path.join(ROOT, "tools/routegen.py"),
             os.path.join(ROOT, "src/api/spec"), folder, "0"], ROOT, env)
        for api, types in SCHEMAS.items():
            run(["node", "node_modules/openapi-typescript/bin/cli.js",
                 os.path.join(folder, f"openapi_{api}.json"), "-o",
                 f"src/api/{types}"], WEB, env)


def make_limits():
    """What the server refuses, as its headers say it."""
    lines = ["/** Made by tools/build_web.py of the server's headers. */"]
    for name, header in LIMITS.items():
        with open(os.path.join(ROOT, header), encoding="utf-8") as f:
            found = re.search(rf"#define {name} (\d+)", f.read())
        if not found:
            fail(f"{header} has no {name}")
        lines.append(f"export const {name} = {found[1]};")
    with open(os.path.join(WEB, "src/api/limits.ts"), "w",
              encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def build(env):
    make_types(env)
    make_limits()
    checking = subprocess.Popen(
        ["node", "node_modules/typescript/bin/tsc", "-p", "."], cwd=WEB,
        env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    dist = os.path.join(KEPT, "dist")
    run(["node", "node_modules/vite/bin/vite.js", "build", "--outDir", dist,
         "--emptyOutDir"], WEB, env)
    told, _ = checking.communicate()
    if checking.returncode != 0:
        sys.stderr.write(told)
        fail("the types of web/ do not fit")
    run(["node", "--disable-warning=ExperimentalWarning", "tools/pack.ts",
         dist, os.path.join(KEPT, "web_files.c"),
         os.path.join(KEPT, "web.pack")], WEB, env)


def main():
    os.makedirs(KEPT, exist_ok=True)
    with open(os.path.join(KEPT, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        paths = inputs()
        now = digest(paths)
        stamp = os.path.join(KEPT, "stamp")
        is_new = not (os.path.exists(stamp) and text_of(stamp).decode() == now)
        if sys.argv[1:2] == ["--node"] or sys.argv[1:2] == ["--types"]:
            install_all()
            if sys.argv[1] == "--types":
                make_types(environment())
                make_limits()
                return 0
        elif is_new:
            install_all()
            build(environment())
            with open(stamp, "w", encoding="ascii") as f:
                f.write(now)
        if sys.argv[1] != "--node":
            out_c, out_pack, depfile = sys.argv[1:4]
            shutil.copyfile(os.path.join(KEPT, "web_files.c"), out_c)
            shutil.copyfile(os.path.join(KEPT, "web.pack"), out_pack)
            with open(depfile, "w", encoding="utf-8") as f:
                f.write(f"{out_c} {out_pack}: "
                        + " ".join(p.replace(" ", "\\ ") for p in paths)
                        + "\n")
            return 0
    return subprocess.run(["node", *sys.argv[2:]], cwd=WEB,
                          env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
