#!/usr/bin/env python3
"""Fill a server, through its API, with what a large organisation has.

    tools/make_load.py --url http://127.0.0.1:8080 --key KEY
    tools/make_load.py … --people 100000 --groups 1000 --campaigns 500 --sent 5

People come by a CSV (make_people.py), groups have nested criteria and are
named in several scripts, campaigns are drafts; --sent of them are sent to some
thousand people each (only where mail goes to the outbox). --measure asks for
what the screens show, once cold and five times warm, and prints milliseconds.
Run it again to add more. It never runs in a test.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = ["Spring", "Müller & Söhne", "Ärzte", "العملاء", "לקוחות", "北京", "Clients d'Orléans", "Q3", "VIP", "İzmir"]
FIELDS = [("city", "starts"), ("company.name", "contains"), ("last_name", "starts"), ("job_title", "contains"),
          ("email", "contains"), ("country", "is")]
VALUES = ["a", "M", "ö", "Kö", "Ireland", "Germany", "Steel", "example"]
COUNTRIES = ["Germany", "Egypt", "China", "Ireland", "Turkey"]
STEPS_MS = 200
WARM = 5


class Api:
    def __init__(self, url, key):
        self.url, self.key = url.rstrip("/"), key

    def call(self, method, path, body=None, kind="application/json"):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + urllib.parse.quote(f"/api/v1{path}", safe="/?&=%"), data, method=method, headers={
            "Authorization": f"Bearer {self.key}", "Content-Type": kind, "Accept": "application/json"})
        try:
            with urllib.request.urlopen(request) as reply:
                text = reply.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}")
        return json.loads(text) if text else None

    def job(self, job_id, about):
        while True:
            job = self.call("GET", f"/jobs/{job_id}")
            if job["state"] == "needs_confirmation":
                self.call("POST", f"/jobs/{job_id}/confirm")
            elif job["state"] not in ("queued", "running"):
                break
            print(f"\r{about}: {job['done']} of {job['total']}", end="", file=sys.stderr, flush=True)
            time.sleep(STEPS_MS / 1000)
        print(file=sys.stderr)
        if job["state"] != "done":
            sys.exit(f"{about}: {job['state']} {job['error']}")
        return job["result"]


def make_people(api, rows):
    csv = subprocess.run([sys.executable, os.path.join(HERE, "make_people.py"), "--rows", str(rows)],
                         check=True, stdout=subprocess.PIPE).stdout
    made = api.call("POST", "/imports?file_name=load.csv", csv, "text/csv")
    result = api.job(made["job_id"], "people")
    print(f"people: {result['created']} created")


def criteria(rng, depth=0):
    """A tree of conditions, at most three deep."""
    conditions = []
    for _ in range(rng.randint(1, 3)):
        field, op = rng.choice(FIELDS)
        conditions.append({"field": field, "op": op, "value": rng.choice(VALUES)})
    if depth < 2 and rng.random() < 0.4:
        conditions.append(criteria(rng, depth + 1))
    return {"match": rng.choice(["all", "any"]), "conditions": conditions}


def name(rng, number):
    return f"{rng.choice(WORDS)} {number}"


def make_groups(api, count, rng):
    start = api.call("GET", "/groups?limit=1")["total"]
    ids = []
    for number in range(start, start + count):
        made = api.call("POST", "/groups", {"name": name(rng, number), "entity": "people", "kind": "dynamic",
                                            "criteria": criteria(rng)})
        ids.append(made["id"])
    print(f"groups: {count} created")
    return ids


def make_campaigns(api, count, rng, groups):
    ids = []
    for number in range(count):
        made = api.call("POST", "/campaigns", {
            "name": name(rng, number), "subject": "Hello *|FNAME|*", "from_name": "Load", "from_email": "load@load.example",
            "group_id": rng.choice(groups) if groups else None,
            "html": "<p>Hello *|FNAME|*, <a href=\"https://load.example/\">read on</a></p>" + "<p>Filler</p>" * 2000})
        ids.append(made["id"])
    print(f"campaigns: {count} created")
    return ids


def send(api, ids):
    for number, campaign in enumerate(ids):
        group = api.call("POST", "/groups", {"name": f"Sent {campaign}", "entity": "people", "kind": "dynamic", "criteria": {
            "match": "all", "conditions": [{"field": "country", "op": "is", "value": COUNTRIES[number % len(COUNTRIES)]}]}})
        api.call("PATCH", f"/campaigns/{campaign}", {"group_id": group["id"]})
        api.job(api.call("POST", f"/campaigns/{campaign}/send")["job_id"], f"campaign {campaign}")
    print(f"campaigns: {len(ids)} sent")


def milliseconds(api, path):
    begin = time.monotonic()
    api.call("GET", path)
    return (time.monotonic() - begin) * 1000


def measure(api):
    group = api.call("GET", "/groups?limit=1&sort=name")["items"]
    campaign = api.call("GET", "/campaigns?limit=1&status=sent")["items"]
    person = api.call("GET", "/people?limit=1")["items"]
    paths = ["/people?limit=50", "/people?q=mül&limit=50", "/people?q=a&limit=50", "/people?sort=-last_name&limit=50",
             "/groups?limit=50&sort=name", "/groups?q=q3&limit=50", "/campaigns?limit=50", "/campaigns?q=vip&limit=50&sort=name",
             "/imports?limit=20", "/jobs?open=true"]
    if group:
        paths += [f"/groups/{group[0]['id']}", f"/people?group_id={group[0]['id']}&limit=50", f"/groups/{group[0]['id']}/pushes"]
    if campaign:
        paths += [f"/campaigns/{campaign[0]['id']}", f"/campaigns/{campaign[0]['id']}/report",
                  f"/campaigns/{campaign[0]['id']}/recipients?limit=50",
                  f"/campaigns/{campaign[0]['id']}/recipients?limit=100&sort=name&state=delivered",
                  f"/campaigns/{campaign[0]['id']}/report/series", f"/campaigns/{campaign[0]['id']}/report/domains"]
    if person:
        paths += [f"/people/{person[0]['id']}", f"/people/{person[0]['id']}/timeline", f"/people/{person[0]['id']}/groups"]
    print(f"{'':44}  first   best")
    for path in paths:
        first = milliseconds(api, path)
        print(f"{path:44} {first:6.0f} {min(milliseconds(api, path) for _ in range(WARM)):6.0f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", default=os.environ.get("MUSTER_URL", "http://127.0.0.1:8080"))
    parser.add_argument("--key", default=os.environ.get("MUSTER_KEY"), help="an administrator's (MUSTER_KEY)")
    for what, default in (("people", 0), ("groups", 0), ("campaigns", 0), ("sent", 0), ("seed", 1)):
        parser.add_argument(f"--{what}", type=int, default=default)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    if not options.key:
        parser.error("give --key, or set MUSTER_KEY")
    api, rng = Api(options.url, options.key), random.Random(options.seed)
    if options.people:
        make_people(api, options.people)
    groups = make_groups(api, options.groups, rng) if options.groups else []
    campaigns = make_campaigns(api, options.campaigns, rng, groups) if options.campaigns else []
    send(api, campaigns[:options.sent])
    if options.measure:
        measure(api)


if __name__ == "__main__":
    main()
