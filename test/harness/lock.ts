/**
 * Locks of a database that somebody else holds, in a process of its own:
 *
 *     const lock = await Lock.take(server);
 *     try {
 *       // writers wait
 *     } finally {
 *       await lock.release();
 *     }
 */
import { spawn, type ChildProcess } from "node:child_process";
import { forEachTable, isPostgres } from "./database.js";
import type { Server } from "./server.js";

const HOLD = `
import sqlite3, sys
held = []
for name in ["crm", "audience", "events"]:
    held.append(sqlite3.connect(f"{sys.argv[1]}/{name}.db", isolation_level=None, timeout=20))
    held[-1].execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
`;

export class Lock {
  private constructor(private readonly child: ChildProcess) {}

  /** All that a writer could want; in ACCESS EXCLUSIVE mode PostgreSQL keeps readers out, too. */
  static take(server: Server, mode = "EXCLUSIVE"): Promise<Lock> {
    return isPostgres
      ? Lock.holdOn(server, forEachTable(`LOCK TABLE %I.%I IN ${mode} MODE`))
      : Lock.hold("python3", ["-c", HOLD, server.folder]);
  }

  /** PostgreSQL: that table, from readers and writers. */
  static onTable(server: Server, table: string): Promise<Lock> {
    return Lock.holdOn(server, `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE;`);
  }

  private static holdOn(server: Server, statement: string): Promise<Lock> {
    return Lock.hold("psql", ["-qAtX", server.database!], `BEGIN; ${statement} SELECT 'locked';\n`);
  }

  private static async hold(program: string, args: string[], input = ""): Promise<Lock> {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin!.write(input);
    await new Promise<void>((done, failed) => {
      child.once("error", failed);
      child.once("close", () => failed(new Error("nothing was locked")));
      child.stdout!.on("data", (text) => String(text).includes("locked") && done());
    });
    return new Lock(child);
  }

  async release(): Promise<void> {
    const ended = new Promise((done) => this.child.once("close", done));
    this.child.stdin!.end();
    await ended;
  }
}
