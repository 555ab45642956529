#!/usr/bin/env python3
"""Turn sql/*.sql and sql/migrations/<schema>/*.sql into C.

    sqlgen.py --list SQLDIR        the input files, relative, one a line
    sqlgen.py SQLDIR OUTDIR SRCDIR DEPFILE
                                   writes OUTDIR/<file>.h, sql_all.h, sql_all.c,
                                   and which headers of SRCDIR it has read

A query file:

    -- schema: crm
    -- name: person-find
    -- What it is for. args: id
    SELECT ... WHERE id = ?;

    -- name: person-find @pg
    a variant for PostgreSQL only

gives `SQL_PERSON_FIND` (const struct sql *, see store/sql.h) in sql/person.h.
`?` are arguments. Words that differ between the databases, replaced here:

    SERIAL_ID          an integer key that the database assigns
    ID                 (as a column type) an integer key that we assign
    JSON_INTS(?)       SELECT of the integers of a JSON array
    JSON_TEXTS(?)      SELECT of the texts of a JSON array
    FROM JSON_INTS(?) AS k   their rows: k.value
    XACT_ID            the id of this transaction (SQLite: 0)
    WITHOUT ROWID      left out for PostgreSQL
    LEAST_OF, GREATEST_OF   scalar min(a, b), max(a, b)
    PLACE_OF(a, b)     where b begins in a, from 1; 0: it is not in it

States and kinds are words: `:JOB_DONE` is the value of that enumerator in a
header of SRCDIR, `:LEFT_OUT_HELD` the text that a list of `word(name, "text")`
gives it (see crm/left_out.h), and of

    -- set: JOB_ENDED = JOB_DONE JOB_FAILED JOB_CANCELED

`state IN (:JOB_ENDED)` is a list in all files; C has it as SQL_SET_JOB_ENDED, a
string. A number beside a column that has words is an error. Migrations keep
their numbers: what was released does not change with an enum.

What several queries share is written once:

    -- text: PERSON_ROW
    SELECT p.id, p.name FROM person p

up to an empty line; `:PERSON_ROW WHERE p.id = ?` is a query of that file, and of
those that say `-- texts of: person`. C has the text as SQL_TEXT_PERSON_ROW.

In a migration, what follows a line `-- only: sqlite` or `-- only: pg` is for that
database alone, up to the next such line; `-- only: any` ends it.

Rows of an INSERT travel together (store/many.h); one that updates what is there
only if a line `-- rows: of different keys` says that no two of one key do.

A query that ends with `FOR UPDATE` (or FOR UPDATE OF alias) reads rows that
will be written: in a write transaction it locks them on PostgreSQL, elsewhere
it reads as any other. With SKIP LOCKED it leaves out those that another has
locked. store/update.h insists on it.
"""
import os
import re
import sys

# Columns that have words.
WORDED = re.compile(
    r"\b(?:entity|status|state|action|outcome|held|kind|role|bounced?|how|"
    r"unsubscribed_by)\s*(?:=|<>|NOT IN|IN|WHEN)\s*\(?\s*\d", re.I)

SCHEMAS = {"crm": 0, "audience": 1, "events": 2}
ANY = -1  # `-- schema: any`: a table that all schemas have


def enumerators(text):
    """Name and value of what the enums of a header define."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    for body in re.findall(r"\benum\s+\w*\s*\{([^}]*)\}", text):
        value = -1
        for part in filter(None, map(str.strip, body.split(","))):
            name, _, given = map(str.strip, part.partition("="))
            if given and not re.fullmatch(r"-?\d+", given):
                break  # of no use here, nor what follows
            value = int(given) if given else value + 1
            yield name, value


def texts(text):
    """Name and text of lists like LEFT_OUT_WORDS."""
    return re.findall(r'^\s*word\((\w+), "([^"\']*)"\)', text, re.M)


def read_words(srcdir, sqldir, depfile):
    """Enumerators and sets: name -> what stands in the SQL."""
    headers = sorted(os.path.join(d, f) for d, _, files in os.walk(srcdir)
                     for f in files if f.endswith(".h"))
    words = {}
    for path in headers:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for name, value in [*enumerators(text),
                            *((n, f"'{t}'") for n, t in texts(text))]:
            same = words.setdefault(name, str(value)) == str(value)
            words[name] = words[name] if same else None  # ambiguous
    sets = {}
    for f in inputs(sqldir):
        if f.startswith("migrations/"):
            continue
        text = open(os.path.join(sqldir, f), encoding="utf-8").read()
        for name, members in re.findall(r"^-- set: (\w+) = (.*)$", text, re.M):
            if name in words or name in sets:
                sys.exit(f"{f}: {name} has two meanings")
            sets[name] = (f, ", ".join(word(words, m, f)
                                       for m in members.split()))
    with open(depfile, "w", encoding="utf-8") as f:
        f.write("sql_all.c: " + " ".join(headers) + "\n")
    return words, sets


def word(words, name, where):
    if words.get(name) is None:
        sys.exit(f"{where}: no header of ours defines {name}, or two do")
    return words[name]


def spell_out(text, words, where):
    """Words to numbers."""
    found = WORDED.search(text)
    if found:
        sys.exit(f"{where}: a word instead of a number, please: {found[0]}")
    return outside_quotes(text, lambda part: re.sub(
        r"(?<!:):([A-Z]\w*)\b", lambda m: word(words, m[1], where), part))


def read_texts(text, words, where):
    """What the queries of a file may share: name -> SQL."""
    return {name: spell_out(" ".join(body.split()), words, where)
            for name, body in re.findall(
                r"^-- text: (\w+)\n(.*?)(?:\n\n|\Z)", text, re.M | re.S)}


def dialects(text):
    """The SQLite and the PostgreSQL form of one statement."""
    lite, pg = text, text
    lite = re.sub(r"\bSERIAL_ID\b", "INTEGER PRIMARY KEY AUTOINCREMENT", lite)
    pg = re.sub(r"\bSERIAL_ID\b",
                "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", pg)
    lite = re.sub(r"\bID PRIMARY KEY\b", "INTEGER PRIMARY KEY", lite)
    pg = re.sub(r"\bID PRIMARY KEY\b", "BIGINT PRIMARY KEY", pg)
    lite = lite.replace("FROM JSON_INTS(?)", "FROM (SELECT "
                        "CAST(value AS INTEGER) AS value FROM json_each(?))")
    pg = pg.replace("FROM JSON_INTS(?)", "FROM (SELECT value::bigint "
                    "FROM json_array_elements_text(?::json))")
    lite = lite.replace("JSON_INTS(?)",
                        "(SELECT CAST(value AS INTEGER) FROM json_each(?))")
    # a list of keys is an array on PostgreSQL: its plan is a walk through the
    # index whatever the statistics say, that of a sub-query is anything
    pg = re.sub(r"\bNOT IN JSON_(INTS|TEXTS)\(\?\)", r"<> ALL JSON_\1(?)", pg)
    pg = re.sub(r"\bIN JSON_(INTS|TEXTS)\(\?\)", r"= ANY JSON_\1(?)", pg)
    pg = pg.replace("JSON_INTS(?)", "(ARRAY(SELECT value::bigint "
                    "FROM json_array_elements_text(?::json)))")
    lite = lite.replace("JSON_TEXTS(?)", "(SELECT value FROM json_each(?))")
    pg = pg.replace("JSON_TEXTS(?)", "(ARRAY(SELECT value "
                    "FROM json_array_elements_text(?::json)))")
    lite = re.sub(r"\bXACT_ID\b", "0", lite)
    pg = re.sub(r"\bXACT_ID\b", "(pg_current_xact_id()::text::bigint)", pg)
    lite = re.sub(r"\bLEAST_OF\b", "min", lite)
    lite = re.sub(r"\bGREATEST_OF\b", "max", lite)
    pg = re.sub(r"\) WITHOUT ROWID", ")", pg)
    lite = re.sub(r"\bPLACE_OF\b", "instr", lite)
    pg = re.sub(r"\bPLACE_OF\b", "strpos", pg)
    pg = re.sub(r"\bLEAST_OF\b", "least", pg)
    pg = re.sub(r"\bGREATEST_OF\b", "greatest", pg)
    return lite, pg


def part_for(text, database):
    """A migration without what is only for the other database."""
    parts = re.split(r"^-- only: (any|sqlite|pg)$", text, flags=re.M)
    return parts[0] + "".join(part for only, part in zip(parts[1::2], parts[2::2])
                              if only in ("any", database))


def strip_comments(text):
    return "\n".join(l for l in text.split("\n")
                     if not l.lstrip().startswith("--")).strip()


def outside_quotes(text, fn):
    """Apply fn to the parts of text that are not in single quotes."""
    parts = text.split("'")
    for i in range(0, len(parts), 2):
        parts[i] = fn(parts[i])
    return "'".join(parts)


def number_args(text):
    n = 0

    def one(part):
        nonlocal n
        out = ""
        for c in part:
            if c == "?":
                n += 1
                out += f"${n}"
            else:
                out += c
        return out
    return outside_quotes(text, one), n


def count_args(text):
    return number_args(text)[1]


def lines_of(text):
    return [l.strip() for l in text.split("\n") if l.strip()]


def closing(text, at):
    """Where the parenthesis ends that begins there."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth == 0:
            return i + 1
    return len(text)


def single_row(text, may_update):
    """Where in an INSERT the row that it puts in stands, and its length: one
    whose values are looked up nowhere, and which changes no other row, unless
    the query says that its rows are of different keys."""
    text = "\n".join(lines_of(text))
    m = re.match(r"INSERT (?:OR FAIL )?INTO [^']*?\bVALUES \(", text)
    if not m or not text.isascii():
        return "{ 0, 0 }"
    at = m.end() - 1
    end = closing(text, at)
    rest = r"(\s+ON CONFLICT( \([^()]*\))?\s+DO NOTHING)?;?"
    if may_update:
        rest = r"\s+ON CONFLICT \([^()]*\)\s+DO UPDATE[^?$]*"
    if re.search(r"\bSELECT\b|'", text[at:end]) or \
            not re.fullmatch(rest, text[end:]):
        return "{ 0, 0 }"
    return f"{{ {at}, {end - at} }}"


def c_string(text):
    lines = lines_of(text)
    out = []
    for i, l in enumerate(lines):
        l = l.replace("\\", "\\\\").replace('"', '\\"')
        out.append('\t"' + l + ("\\n" if i + 1 < len(lines) else "") + '"')
    return "\n".join(out) if out else '\t""'


def unjournalled(text):
    """Of SQLite: a failed statement leaves what it did. The transaction is rolled
    back anyway (store/db.h), and a statement whose rows have triggers would copy
    each page aside before it changes it, which is most of what triggers cost."""
    text = re.sub(r"\AINSERT INTO\b", "INSERT OR FAIL INTO", text)
    return re.sub(r"\AUPDATE (\w+)", r"UPDATE OR FAIL \1", text)


def split_lock(text):
    """The query without its FOR UPDATE, and the table whose rows it locks."""
    m = re.search(r"\s+FOR UPDATE(?: OF (\w+))?(?: SKIP LOCKED)?\s*$", text)
    if not m:
        return text, None
    plain, alias = text[:m.start()], m.group(1)
    if not plain.startswith("SELECT"):
        sys.exit("FOR UPDATE is for a SELECT: " + text)
    if alias:
        t = re.search(r"\b(?:FROM|JOIN)\s+(\w+)\s+(?:AS\s+)?" + alias + r"\b", plain)
    else:
        t = re.search(r"\bFROM\s+(\w+)", plain)
    if not t:
        sys.exit("FOR UPDATE OF what? " + text)
    return plain, t.group(1)


# So many columns of an UPDATE come from arguments: a row that was read, written
# back. That is what store/update.h is for, which insists on a lock.
WHOLE_ROW = 3


def check_update(path, name, block, body):
    m = re.match(r"UPDATE\s+\w+\s+SET\b(.*?)\bWHERE\b", body, re.S)
    if not m or len(re.findall(r"=\s*(?:COALESCE\()?\?", m.group(1))) < WHOLE_ROW:
        return
    if "One writer:" not in block:
        sys.exit(f"{path}: {name} writes a whole row: use store/update.h, or "
                 "say in its comment why nothing can be lost (One writer: ...)")


def parse_queries(path, words):
    text = open(path, encoding="utf-8").read()
    m = re.search(r"^-- schema: (\w+)", text, re.M)
    if not m or m.group(1) not in (*SCHEMAS, "any"):
        sys.exit(f"{path}: needs a line `-- schema: crm|audience|events|any`")
    found = {}
    begun = read_texts(text, words, path)
    for other in re.findall(r"^-- texts of: (\w+)$", text, re.M):
        other = os.path.join(os.path.dirname(path), other + ".sql")
        words = {**words, **read_texts(open(other, encoding="utf-8").read(),
                                       words, other)}
    words = {**words, **begun}
    blocks = re.split(r"^-- name: *", text, flags=re.M)[1:]
    for block in blocks:
        head, _, body = block.partition("\n")
        body = strip_comments(body).rstrip(";").strip()
        name, _, variant = head.strip().partition(" ")
        if not body:
            sys.exit(f"{path}: {name} is empty")
        body = spell_out(body, words, f"{path}: {name}")
        check_update(path, name, block, body)
        entry = found.setdefault(name, {})
        if variant == "@pg":
            entry["pg"], table = split_lock(dialects(body)[1])
            entry["locks"] = table
            entry["pg_locked"] = dialects(body)[1] if table else None
        elif variant == "":
            if "lite" in entry:
                sys.exit(f"{path}: {name} stands twice")
            lite, pg = dialects(body)
            entry["differs"] = "\n-- rows: of different keys\n" in block
            entry["lite"] = unjournalled(split_lock(lite)[0])
            plain, table = split_lock(pg)
            entry.setdefault("pg", plain)
            entry.setdefault("locks", table)
            entry.setdefault("pg_locked", pg if table else None)
        else:
            sys.exit(f"{path}: unknown variant {variant} of {name}")
    for name, e in found.items():
        if count_args(e["lite"]) != count_args(e["pg"]):
            sys.exit(f"{path}: {name}: variants take different arguments")
    return SCHEMAS.get(m.group(1), ANY), found, begun


def inputs(sqldir):
    out = sorted(f for f in os.listdir(sqldir) if f.endswith(".sql"))
    for schema in SCHEMAS:
        d = os.path.join(sqldir, "migrations", schema)
        if os.path.isdir(d):
            out += [f"migrations/{schema}/{f}" for f in sorted(os.listdir(d))
                    if f.endswith(".sql")]
    return out


def write(path, text):
    if os.path.exists(path) and open(path, encoding="utf-8").read() == text:
        return
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    if sys.argv[1] == "--list":
        print("\n".join(inputs(sys.argv[2])))
        return
    sqldir, outdir, srcdir, depfile = sys.argv[1:]
    words, sets = read_words(srcdir, sqldir, depfile)
    words.update({name: text for name, (_, text) in sets.items()})
    index, defs, table, names = 0, "", "", set()
    headers = []
    for f in inputs(sqldir):
        if f.startswith("migrations/"):
            continue
        schema, queries, begun = parse_queries(os.path.join(sqldir, f), words)
        guard = "SQL_" + re.sub(r"\W", "_", f[:-4]).upper() + "_GENERATED_H"
        head = (f"/* generated by tools/sqlgen.py from sql/{f} */\n"
                f"#ifndef {guard}\n#define {guard}\n\n#include \"store/sql.h\"\n\n")
        for name, (where, text) in sets.items():
            if where == f:
                head += f"#define SQL_SET_{name} \"{text}\"\n"
        for name, text in begun.items():
            head += f"#define SQL_TEXT_{name} \\\n{c_string(text)}\n"
        for name, e in queries.items():
            if name in names:
                sys.exit(f"{f}: {name} stands in two files")
            names.add(name)
            ident = "sql_" + name.replace("-", "_")
            pg, nargs = number_args(e["pg"])
            head += f"extern const struct sql {ident};\n"
            head += f"#define {ident.upper()} (&{ident})\n"
            has_keys = "true" if "json_array_elements" in pg else "false"
            defs += (f"const struct sql {ident} = {{\n\t.name = \"{name}\",\n"
                     f"\t.schema = {schema}, .args = {nargs}, .index = {index},\n"
                     f"\t.has_keys = {has_keys},\n"
                     f"\t.sqlite_row = {single_row(e['lite'], e['differs'])},\n"
                     f"\t.pg_row = {single_row(pg, e['differs'])},\n"
                     f"\t.sqlite =\n{c_string(e['lite'])},\n\t.pg =\n{c_string(pg)},\n")
            if e["locks"]:
                defs += (f"\t.locks = \"{e['locks']}\",\n\t.pg_locked =\n"
                         f"{c_string(number_args(e['pg_locked'])[0])},\n")
            defs += "};\n"
            table += f"\t&{ident},\n"
            index += 1
        head += "\n#endif\n"
        headers.append(f[:-4] + ".h")
        write(os.path.join(outdir, f[:-4] + ".h"), head)
    migr = ""
    for f in inputs(sqldir):
        if not f.startswith("migrations/"):
            continue
        _, schema, base = f.split("/")
        number = int(base.split("_")[0])
        text = open(os.path.join(sqldir, f), encoding="utf-8").read()
        lite = dialects(strip_comments(part_for(text, "sqlite")))[0]
        pg = dialects(strip_comments(part_for(text, "pg")))[1]
        migr += (f"\t{{ .schema = {SCHEMAS[schema]}, .number = {number}, .name = \"{base[:-4]}\",\n"
                 f"\t.sqlite =\n{c_string(lite)},\n\t.pg =\n{c_string(pg)} }},\n")
    inc = "".join(f"#include \"sql/{h}\"\n" for h in headers)
    write(os.path.join(outdir, "sql_all.c"),
          "/* generated by tools/sqlgen.py */\n#include \"sql/sql_all.h\"\n" + inc + "\n"
          + defs + f"\nconst size_t sql_all_count = {index};\n"
          + "const struct sql *const sql_all[] = {\n" + table + "\tNULL,\n};\n"
          + "\nconst struct sql_migration sql_migrations[] = {\n" + migr
          + "\t{ .name = NULL },\n};\n")
    write(os.path.join(outdir, "sql_all.h"),
          "/* generated by tools/sqlgen.py */\n#ifndef SQL_ALL_GENERATED_H\n"
          "#define SQL_ALL_GENERATED_H\n\n#include \"store/sql.h\"\n\n"
          "extern const size_t sql_all_count;\nextern const struct sql *const sql_all[];\n"
          "extern const struct sql_migration sql_migrations[]; /* ends with name NULL */\n\n#endif\n")
    # ninja compares times: the outputs it knows must look fresh
    for out in ("sql_all.c", "sql_all.h"):
        os.utime(os.path.join(outdir, out))


main()
