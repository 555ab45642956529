/**
 * A real server (build/muster serve) on a free port, with data of its own.
 *
 *     describe("people", () => {
 *       const server = useServer();
 *       it("are found by name", async () => {
 *         await server.admin.post("/api/v1/people", { first_name: "Ada" });
 *       });
 *     });
 *
 * When it is stopped, it must end with 0, and a warning or an error in its log
 * that nobody announced (server.allowLog) fails the test.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before } from "node:test";
import { Client } from "./client.js";
import { dropDatabase, makeDatabase, makeTables } from "./database.js";
import { PATIENCE_MS, until } from "./wait.js";

const here = dirname(fileURLToPath(import.meta.url)); // build/test-js/harness
export const binary = process.env.MUSTER_TEST_BINARY ?? resolve(here, "../../muster");
const logs = resolve(here, "../../checks/servers");

export type Role = "administrator" | "manager" | "user";

export interface ServerOptions {
  env?: Record<string, string>; // MUSTER_... beside those of the harness
  args?: string[]; // after `serve`
  disk?: string; // its data folder is a disk of this size ("24m"), see canMakeDisks
}

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** A file system in memory that only the server sees; containers may forbid it. */
const MAKE_DISK = ["-rm", "sh", "-c",
  'mount -t tmpfs -o "size=$0,mode=700" none "$MUSTER_DATA" && exec "$@"'];

export function canMakeDisks(): boolean {
  const env = { ...process.env, MUSTER_DATA: tmpdir() };
  return spawnSync("unshare", [...MAKE_DISK, "1m", "true"], { env }).status === 0;
}

const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
  });

/**
 * One that was free a moment ago, below those that the system lends to clients
 * (32768 to 60999 on Linux): no connection takes it meanwhile, nor before a restart.
 * And above 10080, which fetch and browsers refuse (WHATWG Fetch, 2.9, "bad port").
 */
export async function freePort(): Promise<number> {
  const port = randomInt(10_081, 32_768);
  return (await isFree(port)) ? port : freePort();
}

/** What sanitizers and broken invariants print, or a log line of that level. */
const TROUBLE = /^\S+ (warn|error) |ERROR: |runtime error: |WARNING: ThreadSanitizer|^bug: /;

export class Server {
  url = "";
  folder = "";
  database: string | undefined;
  private port = 0;
  private child: ChildProcess | undefined;
  private lines: string[] = [];
  private logFile = "";
  /** What is to be ended before the server, whatever that says. */
  readonly ends: (() => Promise<void>)[] = [];
  private allowed: RegExp[] = [/ warn running as root: /]; // in containers
  private adminKey = "";

  constructor(private readonly options: ServerOptions = {}) {}

  /** Everything the server printed so far, a line each. */
  get log(): readonly string[] {
    return this.lines;
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** Where this process finds the data: a disk of its own is seen by the server only. */
  get reachableFolder(): string {
    return this.options.disk ? `/proc/${this.pid}/root${this.folder}` : this.folder;
  }

  /** A client with an administrator's key. */
  get admin(): Client {
    return new Client(this.url, this.adminKey);
  }

  /** The same as Mailchimp's clients sign in, for /3.0. */
  get mailchimp(): Client {
    return new Client(this.url, this.adminKey, true);
  }

  get anonymous(): Client {
    return new Client(this.url);
  }

  /** For its next start. */
  setEnv(env: Record<string, string>): void {
    this.options.env = { ...this.options.env, ...env };
  }

  /** The environment of the server, for commands on the same data. */
  get env(): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("MUSTER_")),
    );
    return {
      ...inherited,
      MUSTER_DATA: this.folder,
      MUSTER_LISTEN: `127.0.0.1:${this.port}`,
      MUSTER_PUBLIC_URL: this.url,
      MUSTER_ORGANISATION: "Example Organisation",
      MUSTER_POSTAL_ADDRESS: "1 Example Street, 12345 Example Town",
      MUSTER_RELAY: "outbox:",
      MUSTER_SYNC_WATCH: "1d", // not in the midst of a test
      MUSTER_HTTP_PER_USER: "0", // tests ask for more at once
      ...(this.database ? { MUSTER_DATABASE: this.database } : {}),
      ...this.options.env,
    };
  }

  async start(): Promise<this> {
    this.folder = mkdtempSync(join(tmpdir(), "muster-test-"));
    this.database = makeDatabase();
    if (!this.options.disk) makeTables(this.folder);
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    mkdirSync(logs, { recursive: true });
    this.logFile = join(logs, `${basename(process.argv[1] ?? "test")}-${this.port}.log`);
    writeFileSync(this.logFile, "");
    await this.run();
    this.adminKey = await this.createKey("harness", "administrator");
    return this;
  }

  /** Starts the process on the data that is there, and waits for /readyz. */
  async run(): Promise<void> {
    const { child, failure } = this.spawn();
    await until("the server is ready", async () => {
      if (failure() || child.exitCode !== null || child.signalCode !== null)
        return { ready: false }; // told below, with its last words
      const reply = await fetch(`${this.url}/readyz`);
      await reply.arrayBuffer();
      return reply.status === 200 && { ready: true };
    }).then(({ ready }) => {
      if (ready) return;
      this.child = undefined;
      throw failure() ?? new Error(`the server ended:\n${this.lines.slice(-30).join("\n")}`);
    });
  }

  /** The same, but waits only until the program takes signals, before it opens anything. */
  async begin(): Promise<void> {
    this.spawn();
    await until("it takes signals", () => {
      const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
      const number = (name: string) => status.match(new RegExp(`^${name}:\\s*(\\w+)`, "m"))![1]!;
      const isBlocked = (BigInt(`0x${number("SigBlk")}`) & (1n << 14n)) !== 0n; // SIGTERM
      return isBlocked && Number(number("Threads")) > 1;
    });
  }

  private spawn(): { child: ChildProcess; failure: () => Error | undefined } {
    assert.equal(this.child, undefined, "the server runs already");
    const line = [binary, "serve", ...(this.options.args ?? [])];
    if (this.options.disk) line.unshift("unshare", ...MAKE_DISK, this.options.disk);
    const child = spawn(line[0]!, line.slice(1), {
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    let failure: Error | undefined; // there is no such program
    child.once("error", (error) => (failure = error));
    for (const stream of [child.stdout, child.stderr]) this.collect(stream);
    return { child, failure: () => failure };
  }

  private collect(stream: NodeJS.ReadableStream): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      appendFileSync(this.logFile, text);
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      this.lines.push(...lines);
    });
  }

  /** Lines of the log that match are no trouble. */
  allowLog(pattern: RegExp): void {
    this.allowed.push(pattern);
  }

  /** Waits until a line of the log matches, from line `from` on. */
  async logged(pattern: RegExp, from = 0): Promise<string> {
    return until(`${pattern} is logged`, () =>
      this.lines.slice(from).find((line) => pattern.test(line)));
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child!;
    this.child = undefined;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server had ended by itself: ${this.lines.slice(-30).join("\n")}`);
    const ended = new Promise<void>((done) => child.once("close", () => done()));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGABRT"), PATIENCE_MS);
    await ended;
    clearTimeout(timer);
    return child.exitCode;
  }

  /**
   * kill -9: nothing is finished, nothing is flushed. What it goes on with at
   * the next start may keep the database for longer than /readyz waits.
   */
  async kill(): Promise<void> {
    this.allowLog(/ warn not ready .* code=retry$/);
    await this.end("SIGKILL");
  }

  /** Starts it again if it has ended by itself with this code, as a service manager does. */
  async runIfEnded(code: number): Promise<void> {
    if (this.child?.exitCode !== code) return;
    this.child = undefined;
    await this.run();
  }

  /** A graceful stop; the data stays. */
  async halt(): Promise<void> {
    const code = await this.end("SIGTERM");
    assert.equal(code, 0, `the server ended with ${code}:\n${this.lines.slice(-30).join("\n")}`);
  }

  async restart(): Promise<void> {
    if (this.child) await this.halt();
    await this.run();
  }

  /** Stops it, looks at its log, and removes its data. */
  async stop(): Promise<void> {
    try {
      if (this.child) await this.halt();
      const trouble = this.lines.filter(
        (line) => TROUBLE.test(line) && !this.allowed.some((pattern) => pattern.test(line)),
      );
      assert.deepEqual(trouble, [], "the server's log has unexpected warnings");
    } finally {
      if (this.folder) rmSync(this.folder, { recursive: true, force: true });
      if (this.database) dropDatabase(this.database);
    }
  }

  /** Runs a sub-command of muster on the server's data. */
  async command(
    args: string[],
    { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {},
  ): Promise<Output> {
    const line = [binary, ...args];
    if (this.options.disk)
      line.unshift("nsenter", "-t", String(this.pid), "-U", "-m", "--preserve-credentials");
    const child = spawn(line[0]!, line.slice(1), {
      env: { ...this.env, MUSTER_URL: this.url, MUSTER_KEY: this.adminKey, ...env },
      timeout: 5 * PATIENCE_MS,
      killSignal: "SIGABRT",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.stdin.on("error", () => {}); // it may not read it
    child.stdin.end(input);
    const code = await new Promise<number>((done, failed) => {
      child.once("error", failed);
      child.once("close", (status) => done(status ?? -1));
    });
    return { code, stdout, stderr };
  }

  async createKey(name: string, role: Role): Promise<string> {
    const { code, stdout, stderr } = await this.command([
      "key", "create", "--name", name, "--role", role,
    ]);
    assert.equal(code, 0, `muster key create: ${stderr}`);
    const key = stdout.match(/[0-9a-f]{32}-us1/)?.[0];
    assert.ok(key, `no key in ${stdout}`);
    return key;
  }

  /** Follows a job of /api/v1 to its end and returns it. */
  async job(jobId: string | number, state = "done"): Promise<Record<string, never>> {
    const path = `/api/v1/jobs/${jobId}`;
    const job = await until(`job ${jobId} ends`, async () => {
      const { body } = await this.admin.get(path);
      return ["queued", "running"].includes(body.state) ? undefined : body;
    }, 3 * PATIENCE_MS); // thousands of rows, with sanitizers, on a busy machine
    assert.equal(job.state, state, JSON.stringify(job));
    return job;
  }

  killLeftover(): void {
    this.child?.kill("SIGKILL");
  }
}

/** A server for the tests of a describe(). */
export function useServer(options: ServerOptions = {}): Server {
  const server = new Server(options);
  process.on("exit", () => server.killLeftover());
  before(async () => {
    await server.start();
  });
  after(async () => {
    // the server may say that something is wrong, and no other hook is run after that
    for (const end of server.ends) await end();
    await server.stop();
  });
  return server;
}
