/** How many rows each table of a server's database has, but those of the search index. */
import { execFileSync } from "node:child_process";
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
