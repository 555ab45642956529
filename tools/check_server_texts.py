#!/usr/bin/env python3
"""What the server says is known to the web app in each of its languages.

    check_server_texts.py [ROOT]           fails on a text of the C sources that
                                           the German catalogue lacks, and on an
                                           entry that no source has
    check_server_texts.py [ROOT] --list    prints the texts with their files

The sources say it in English. web/src/api/serverText.ts translates it by
web/src/messages/LANGUAGE/server.json, whose keys are the formats of the C
sources ("must be at most %d"). A format of err_prefix and err_errno has ": %s"
at its end, as what they make has. Another catalogue than the German one may
lack entries, but has none that no source has.
"""
import fnmatch
import glob
import json
import os
import re
import sys

WHOLE = "de"  # the catalogue that lacks nothing

# Which arguments of a function are told to people, and what is put to them.
SPEAKING = {
    "err_field": {2: ""}, "condition_wrong": {2: ""}, "err_set": {2: ""}, "err_title": {3: ""},
    "err_prefix": {1: ": %s"}, "err_errno": {1: ": %s"},
    "db_conflict": {1: ""}, "import_refuse": {2: ""}, "item": {3: "", 4: ""}, "must": {3: "", 4: ""},
    "smtp_trial_note": {1: ""}, "smtp_conn_fail": {2: ""},
    "has_one_record": {2: ""}, "fact": {2: ""}, "problem_warn": {3: ""}, "problem_fail": {3: ""},
}
# Elsewhere, whatever reads as words is told, but not what these are given.
QUIET = re.compile(r"^(LOG_|log_|METRIC_|OPTION|BUG_ON|sqlbuild_|begin_among|"
                   r"response_header|f?printf|connection_cut|err_inside|"
                   r"smtp_conn_command|page_|thread_start)")
WORDS = re.compile(r"[A-Za-z]{2}[,:;]? [a-z%(\"]|^an? \w")
NO_WORDS = re.compile(r"\b(SELECT|FROM|WHERE|AND|JOIN|ORDER BY|LIMIT|SET|TABLE|SAVEPOINT)\b|[<=]|charset")

SHOWN = [
    "src/api/campaign/*", "src/api/crm/*", "src/api/demo/*", "src/api/bulk/*", "src/audience/batch/account_export.c", "src/audience/blocked/*", "src/audience/condition/*", "src/audience/form/signup_form.c",
    "src/audience/interest/*", "src/audience/merge_field.c", "src/audience/segment.c", "src/audience/segment_parse.c", "src/audience/side/member_many.c", "src/base/*", "src/bridge/*",
    "src/campaign/checklist.c", "src/campaign/merge/*", "src/campaign/fetch.c", "src/campaign/rss/*", "src/campaign/template/*", "src/crm/*",
    "src/design/*", "src/dns/*", "src/delivery/apply/under_way.c", "src/delivery/send/claim.c",
    "src/delivery/barred.c", "src/delivery/delivery.c", "src/delivery/send/hold.c",
    "src/delivery/outbox/*",
    "src/delivery/relay_setting.c", "src/delivery/relay_trial.c",
    "src/delivery/sent_mail.c", "src/delivery/test_mail.c", "src/http/*", "src/httpc/*", "src/jobs/*",
    "src/journal/*", "src/mcapi/*", "src/smtp/*", "src/store/*",
]
# Nobody who uses the web app sees what these say.
SILENT = [
    # tests
    "*_test.c", "*_fuzz.c", "*_fixture.[ch]", "*_fixture_routes.c", "*/fake_*.c",
    # starting and stopping, the command line, metrics
    "src/base/archive/*", "src/base/metrics.c", "src/http/call.c", "src/http/listener.c", "src/http/loop.c",
    "src/http/server.c", "src/journal/journal.c", "src/journal/journal_file.c",
    "src/smtp/smtp_relay.c", "src/store/backup.c", "src/store/db_sqlite*.c",
    "src/store/migrate.c", "src/store/restore.c", "src/store/scratch.c",
    # what no browser sends, and pages of the program's own
    "src/api/campaign/click_badge.c",
    "src/http/admit.c", "src/http/answer.c", "src/http/connection.c",
    "src/http/head.c", "src/http/page.[ch]",
    # the engine's word to itself
    "src/smtp/smtp_content.c", "src/smtp/smtp_job.c",
]
# Of these only what SPEAKING functions are given: the rest is data, or, of
# fields, has words of its own (people.field).
DATA = [
    "src/api/demo/demo_data.c", "src/api/demo/demo_events.c",
    "src/api/demo/demo_mail.c", "src/api/demo/demo_people.c",
    "src/base/text/country.c",
    "src/crm/field.c", "src/crm/words/import_consent.c",
    "src/crm/words/import_consent_word.c", "src/crm/words/import_date.c",
    "src/crm/words/import_language.c",
    "src/crm/words/import_refusal.c", "src/crm/words/import_words.c",
    "src/design/design.c", "src/design/placeholder.c", "src/design/sample.c",
]
# Texts that stay out.
LEFT_OUT = [
    # of /3.0 alone
    "The resource submitted *", "Your API key may *", "The requested *",
    "The sub-resource *", "Requests to the Mailchimp *", "*simultaneous conn*",
    "An unexpected internal *", "Your request did not *", "This account has *",
    "The API key *", "We encountered an unspecified JSON parsing error.",
    # names of things, and what is sought in the answers of others
    "%s (CRM group %lld*", "bridge.audience %s", "record %s",
    "Muster: not mailed", '{"tags":*', "[{ss ss}*", "SQLite format 3",
    "permanently deleted", "compliance state",
    "a lot of lists", "try again", "oo many", "sandbox *", "%s %lld %lld",
    "Mozilla/*", "A test mail from Muster", "This is a test mail.*",
    "TLS", "STARTTLS", "relay: %s",
    # options of the program, whose values it checks when it starts
    "EHLO name: *", "connections: must *", "queue and messages *",
    "a time-out is not *", "is retry or leave*", "where mail goes: *",
    "what happens to those after a crash*", "no thread *", "*: no thread",
    "marketing_api_url is set*",
    # tests
    "injected fault", "argument count is wrong",
    # of the log of events, which is synced behind everybody's back
    "sync: %s", "the id of this boot*",
]
# Words that stand inside of other texts, and where from.
INSIDE = {
    "src/api/crm/campaign_checklist.c": ["subject"],
    "src/crm/campaign_record.c": [
        "draft", "scheduled", "sending", "paused", "sent", "canceled"],
    "src/crm/consent/obstacle.c": ["lead", "person", "has", "had"],
    "src/crm/entity.c": ["people", "leads", "companies", "users"],
    "src/crm/import/import_refused.c": ["are"],
    "src/crm/memo.c": ["note", "task"],
    "src/jobs/job.c": [
        "queued", "running", "needs_confirmation", "done", "failed", "canceled"],
}

TOKEN = re.compile(r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
                   r"|[A-Za-z_]\w*|\S", re.S)
MACRO = re.compile(r"^#define +(\w+)(?: +|\s*\\\n\s*)((?:\"(?:[^\"\\\n]|\\.)*\"(?:\s*\\\n)?\s*)+)$", re.M)
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CONVERSION = re.compile(r"%[-0 +#]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z%]")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def unescaped(text):
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m.group(1), m.group(1)), text)


def macros(source):
    """The names that stand for literals."""
    return {name: "".join(LITERAL.findall(body))
            for name, body in MACRO.findall(source)}


def literals(source, shared):
    """Each literal, whole, with the call it is given to and the number of the
    argument (None outside of calls). shared: macros of the headers."""
    named = {**shared, **macros(source)}
    tokens = [t for t in TOKEN.findall(MACRO.sub("", source))
              if not t.startswith("/*") and t != "\\"]
    calls, before, i = [], "", 0

    def piece(token):
        return token[1:-1] if token[0] == '"' else named.get(token)

    while i < len(tokens):
        token = tokens[i]
        if token in ("(", "[", "{"):
            is_call = token == "(" and re.match(r"[A-Za-z_]", before) \
                and before not in ("if", "while", "for", "return", "switch")
            calls.append([before if is_call else None, 0])
        elif token in (")", "]", "}") and calls:
            calls.pop()
        elif token == "," and calls:
            calls[-1][1] += 1
        elif piece(token) is not None and before not in ("define", "include"):
            text = piece(token)
            while i + 1 < len(tokens) and piece(tokens[i + 1]) is not None:
                i += 1
                text += piece(tokens[i])
            call = next(((n, at) for n, at in reversed(calls) if n), (None, 0))
            yield unescaped(text), *call
        before = token
        i += 1


def has_words(text):
    return re.search("[A-Za-z]", CONVERSION.sub("", text)) is not None


def fits(text, patterns):
    return any(fnmatch.fnmatchcase(text, p) for p in patterns)


def told(path, source, shared):
    """The formats that this file tells people."""
    is_data = fits(path, DATA)
    for text, call, at in literals(source, shared):
        if call in SPEAKING:
            ends = SPEAKING[call]
            if at in ends and has_words(text):
                yield text + ends[at]
            if at <= max(ends):
                continue
        if is_data or (call and QUIET.match(call)) or NO_WORDS.search(text):
            continue
        if WORDS.search(text):
            # what is put together of pieces
            yield (("%s" if text[0] in ":;" else "") + text
                   + ("%s" if text[-1] in " (" else ""))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def all_told(root):
    """Each text with the first file that tells it."""
    found = {}
    paths = glob.glob(os.path.join(root, "src", "**", "*.[ch]"), recursive=True)
    sources = {os.path.relpath(p, root): read(p) for p in sorted(paths)}
    shared = {"PRId64": "lld", "PRIu64": "llu"}
    for name, source in sources.items():
        if name.endswith(".h"):
            shared.update(macros(source))
    for name, source in sources.items():
        if fits(name, SHOWN) and not fits(name, SILENT):
            for text in told(name, source, shared):
                if not fits(text, LEFT_OUT):
                    found.setdefault(text, name)
    for name, words in INSIDE.items():
        for word in words:
            if f'"{word}"' in sources.get(name, ""):
                found.setdefault(word, name)
    return found


def faults(texts, catalogue, name, is_whole):
    for text in texts if is_whole else ():
        if text not in catalogue:
            yield f"{texts[text]}: {name} has no {json.dumps(text)}"
    for text, said in catalogue.items():
        if text not in texts:
            yield f"{name}: no source says {json.dumps(text)}"
            continue
        if not said.strip():
            yield f"{name}: is empty: {json.dumps(text)}"
        numbers = [int(n) for n in re.findall(r"%(\d+)\$s", said)]
        most = sum(c != "%%" for c in CONVERSION.findall(text))
        if any(n > most for n in numbers) or re.sub(r"%\d+\$s|%%", "", said).count("%"):
            yield f"{name}: slots are %1$s to %{most}$s: {json.dumps(said)}"


def main():
    given = [a for a in sys.argv[1:] if a != "--list"]
    root = given[0] if given else "."
    texts = all_told(root)
    if "--list" in sys.argv:
        for text, name in texts.items():
            print(f"{name}\t{json.dumps(text)}")
        return
    wrong = []
    pattern = os.path.join(root, "web/src/messages/*/server.json")
    for path in sorted(glob.glob(pattern)):
        is_whole = path.split(os.sep)[-2] == WHOLE
        wrong += faults(texts, json.loads(read(path)),
                        os.path.relpath(path, root), is_whole)
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


main()
