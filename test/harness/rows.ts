/** What the tables of a server hold. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { psql, tablesOf } from "./database.js";
import type { Server } from "./server.js";
import { PATIENCE_MS } from "./wait.js";

const COUNT = `
import json, sqlite3, sys
counts = {}
for schema in "crm", "audience", "events":
    db = sqlite3.connect(f"file:{sys.argv[1]}/{schema}.db?mode=ro", uri=True, timeout=20)
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%'")
    for (table,) in tables.fetchall():
        counts[f"{schema}.{table}"] = db.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
print(json.dumps(counts))
`;

/** How many rows each table has, but those of the search index. */
export function rowCounts(server: Server): Record<string, number> {
  if (!server.database)
    return JSON.parse(execFileSync("python3", ["-c", COUNT, server.folder], {
      encoding: "utf8", timeout: 2 * PATIENCE_MS,
    }));
  const counts = tablesOf(server.database).filter((table) => !table.includes(".search_")).map((table) =>
    `SELECT '${table}' || ' ' || COUNT(*) FROM ${table}`).join(" UNION ALL ");
  return Object.fromEntries(psql(counts, server.database).trim().split("\n").map((line) => {
    const [table, n] = line.split(" ");
    return [table!, Number(n)];
  }));
}

const HOLDING = `
import json, sqlite3, sys
found = []
for schema in "crm", "audience", "events":
    db = sqlite3.connect(f"file:{sys.argv[1]}/{schema}.db?mode=ro", uri=True, timeout=20)
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").fetchall():
        for row in db.execute(f'SELECT * FROM "{table}"'):
            if any(sys.argv[2] in (v.decode("latin-1") if isinstance(v, bytes) else str(v)).lower() for v in row):
                found.append(f"{schema}.{table} {row}")
print(json.dumps(found))
`;

/** Rows of the database and files of the data folder, but those of SQLite, that hold a text in lower case. */
export function whatHolds(server: Server, text: string): string[] {
  const files = readdirSync(server.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.db(-wal|-shm|-journal)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => readFileSync(path).toString("latin1").toLowerCase().includes(text));
  if (!server.database)
    return [...files, ...JSON.parse(execFileSync("python3", ["-c", HOLDING, server.folder, text], {
      encoding: "utf8", timeout: 2 * PATIENCE_MS,
    }))];
  const rows = tablesOf(server.database).map((table) =>
    `SELECT '${table} ' || x::text FROM ${table} x WHERE LOWER(x::text) LIKE '%${text}%'`).join(" UNION ALL ");
  return [...files, ...psql(rows, server.database).split("\n").filter((line) => line !== "")];
}

const ASK = `
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}/{sys.argv[2]}.db?mode=ro", uri=True, timeout=20)
print(db.execute(sys.argv[3]).fetchone()[0])
`;

/** The number that a query of one schema gives. */
export function countOf(server: Server, schema: string, query: string): number {
  return Number(server.database
    ? psql(`SET search_path TO ${schema}; ${query}`, server.database).trim().split("\n").pop()
    : execFileSync("python3", ["-c", ASK, server.folder, schema, query], { encoding: "utf8", timeout: 2 * PATIENCE_MS }));
}
