/**
 * The database of a server under test: SQLite in its data folder, or, if
 * MUSTER_TEST_DATABASE names a PostgreSQL server, a database of its own there.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync } from "node:fs";
import { PATIENCE_MS } from "./wait.js";

const base = process.env.MUSTER_TEST_DATABASE;

export const isPostgres = base !== undefined && base !== "";

/** The name of a database there, or a folder of SQLite: with the tables of a new server, and nothing else. */
const migrated = process.env.MUSTER_TEST_MIGRATED;

/** What it prints: a row a line. */
export function psql(statement: string, url = base!): string {
  return execFileSync("psql", ["-qAtX", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statement], {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    timeout: 2 * PATIENCE_MS,
  });
}

const TABLES = `SELECT schemaname, tablename FROM pg_tables
  WHERE schemaname IN ('crm', 'audience', 'events')`;

/** The names of all tables of Muster in a database of PostgreSQL. */
export function tablesOf(url: string): string[] {
  return psql(`SELECT schemaname || '.' || tablename FROM (${TABLES}) t`, url).trim().split("\n");
}

/** SQL that runs a statement on each of them, which names it %I.%I. */
export function forEachTable(statement: string): string {
  return `DO $$ DECLARE t record; BEGIN
    FOR t IN ${TABLES} LOOP EXECUTE format('${statement}', t.schemaname, t.tablename); END LOOP;
  END $$;`;
}

/** Its URL, or undefined for SQLite. */
export function makeDatabase(): string | undefined {
  if (!isPostgres) return undefined;
  const name = `muster_test_${randomBytes(6).toString("hex")}`;
  psql(`CREATE DATABASE ${name}` + (migrated ? ` TEMPLATE ${migrated}` : ""));
  const url = new URL(base!);
  url.pathname = `/${name}`;
  return url.href;
}

/** The tables of SQLite, in the data folder of a server that has never run. */
export function makeTables(folder: string): void {
  if (!isPostgres && migrated) cpSync(migrated, folder, { recursive: true });
}

export function dropDatabase(url: string): void {
  psql(`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
}

/** Changes the data of a server that does not run, as no program of ours would. */
export function execute(
  server: { folder: string; database: string | undefined }, schema: string, statements: string[],
): void {
  if (server.database) {
    psql([`SET search_path TO ${schema}`, ...statements].join("; "), server.database);
    return;
  }
  const script = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\ndb.executescript(sys.argv[2])\ndb.commit()";
  execFileSync("python3", ["-c", script, `${server.folder}/${schema}.db`, statements.join(";\n")]);
}
