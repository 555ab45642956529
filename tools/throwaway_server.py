"""A muster of its own, in its own folder: for tools/bench and tools/soak."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(argv, **more):
    done = subprocess.run(argv, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)}: {done.stderr}")
    return done.stdout


class Sink:
    """A relay that takes what comes, and counts."""

    def __init__(self, build, *options):
        self.process = subprocess.Popen([f"{build}/test/smtp_sink", *options],
                                        text=True, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline().split()[1])
        self.url = f"smtp://127.0.0.1:{self.port}"
        if "--tls" in options:
            file = self.process.stdout.readline().split(" ", 1)[1].strip()
            self.url = f"smtps://127.0.0.1:{self.port}?ca={file}"

    def stop(self):
        """Returns how many messages it has accepted."""
        self.process.send_signal(signal.SIGTERM)
        return int(re.search(r"accepted (\d+)", self.process.stdout.read()).group(1))


class Server:
    def __init__(self, build, folder, relay, database=None, env=None):
        self.build, self.data = build, os.path.join(folder, "data")
        shutil.rmtree(self.data, ignore_errors=True)
        self.where = ["--data", self.data, *(["--database", database] if database else [])]
        self.process = subprocess.Popen(
            [f"{build}/muster", "serve", *self.where, "--listen", "127.0.0.1:0",
             "--relay", relay, "--organisation", "Bench",
             "--postal-address", "1 Bench Street",
             "--public-url", "https://bench.example.org"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **(env or {})})
        line = self.process.stdout.readline()
        self.url = re.search(r"http://\S+", line).group(0)
        self.key = run([f"{build}/muster", "key", "create", "--name", "bench",
                        "--role", "administrator", "--may-send",
                        *self.where]).strip()
        self.env = {**os.environ, "MUSTER_URL": self.url,
                    "MUSTER_KEY": self.key}

    def muster(self, *args):
        return run([f"{self.build}/muster", *args], env=self.env)

    def get(self, path, method="GET", body=None):
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.key,
                     "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii",
                  errors="replace") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self, name):
        """VmRSS: now; VmHWM: the most there ever was."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(name + r":\s+(\d+)", f.read()).group(1)) // 1024

    def peak_mib(self):
        return self.memory_mib("VmHWM")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
