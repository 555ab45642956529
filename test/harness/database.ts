/**
 * The database of a server under test: SQLite in its data folder, or, if
 * MUSTER_TEST_DATABASE names a PostgreSQL server, a database of its own there.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { PATIENCE_MS } from "./wait.js";

const base = process.env.MUSTER_TEST_DATABASE;

export const isPostgres = base !== undefined && base !== "";

function psql(statement: string): void {
  execFileSync("psql", ["-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", base!, "-c", statement], {
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 2 * PATIENCE_MS,
  });
}

/** Its URL, or undefined for SQLite. */
export function makeDatabase(): string | undefined {
  if (!isPostgres) return undefined;
  const name = `muster_test_${randomBytes(6).toString("hex")}`;
  psql(`CREATE DATABASE ${name}`);
  const url = new URL(base!);
  url.pathname = `/${name}`;
  return url.href;
}

export function dropDatabase(url: string): void {
  psql(`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
}
