/** An administrator's first day: what the command line says, and with which exit code. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, it } from "node:test";
import { binary, isPostgres, until, useRelay, useServer, type Json } from "../harness/index.js";

const v1 = "/api/v1";

/** A command whose words are read while it runs. */
function run(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(binary, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (said += more));
  process.on("exit", () => child.kill("SIGKILL"));
  const ended = new Promise<number | null>((done) => child.once("close", done));
  return { child, ended, text: () => said };
}

describe("a command", () => {
  it("asks again where the server is busy for a moment, also with a file", async () => {
    const asked: string[] = [];
    const busy = createHttpServer(async (request, reply) => {
      const problem = { title: "x", status: 503, detail: "somebody writes" };
      asked.push(await text(request));
      if (asked.length % 2 === 1) reply.writeHead(503, { "retry-after": "1", "content-type": "application/problem+json" }).end(JSON.stringify(problem));
      else reply.writeHead(503, { "content-type": "text/html" }).end("a proxy's");
    }).listen(0, "127.0.0.1");
    await once(busy, "listening");
    const env = { ...process.env, MUSTER_URL: `http://127.0.0.1:${(busy.address() as AddressInfo).port}`, MUSTER_KEY: "k" };
    const file = join(mkdtempSync(join(tmpdir(), "muster-cli-")), "people.csv");
    writeFileSync(file, "email\nann@example.org\n");
    for (const command of [["group", "list"], ["import", file]]) {
      const { ended, text: said } = run(command, env);
      assert.notEqual(await ended, 0);
      assert.match(said(), /HTTP 503/);
    }
    busy.close();
    rmSync(dirname(file), { recursive: true });
    assert.equal(asked.length, 4, "not again of who does not say when");
    assert.match(asked[2]!, /ann@example\.org/);
    assert.equal(asked[3], asked[2]);
  });
});

describe("muster doctor", () => {
  const server = useServer();
  const relay = useRelay();

  it("is content with a server that runs, and with the outbox", async () => {
    const { code, stdout } = await server.command(["doctor"]);
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /problem/);
    assert.match(stdout, /can be written/);
    assert.match(stdout, /outbox/);
    assert.match(stdout, /public address answers/);
  });

  it("talks to the relay, and fetches the public address", async () => {
    const good = await server.command(["doctor", "--json"], { env: { MUSTER_RELAY: relay.url } });
    assert.equal(good.code, 0, good.stdout);
    assert.ok(JSON.parse(good.stdout).some((c: { what: string; good: boolean }) => c.what === "relay answers" && c.good));
    assert.equal(relay.messages.length, 0);
    const wrong: Record<string, string>[] = [{ MUSTER_RELAY: "smtp://127.0.0.1:1" }, { MUSTER_PUBLIC_URL: "http://127.0.0.1:1" }];
    for (const env of wrong) {
      const { code, stdout, stderr } = await server.command(["doctor"], { env });
      assert.equal(code, 1, stdout);
      assert.match(stdout, /^problem/m);
      assert.match(stderr, /1 problem$/m);
    }
  });

  it("names each setting that is wrong, also to programs, and praises nothing that is not there", { skip: isPostgres && "settings are read before a database is" }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-test-"));
    const noKey = join(folder, "no-key.pem");
    writeFileSync(noKey, "no key\n");
    const dkim = { MUSTER_DKIM_DOMAIN: "example.org", MUSTER_DKIM_SELECTOR: "a" };
    const api = { MUSTER_MARKETING_API_URL: `${server.url}/3.0` };
    const other = createServer((socket) => socket.destroy()); // no server of the web
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    const cases: [string, Record<string, string>][] = [
      ...Object.entries({
        MUSTER_ROLES: "apii", MUSTER_LOG_LEVEL: "loud", MUSTER_SYNC_RECONCILE_AT: "25:99", MUSTER_SEND_UNCERTAIN: "maybe",
        MUSTER_PUBLIC_URL: "https://", MUSTER_RELAY: "smpt://127.0.0.1", MUSTER_RELAYY: "outbox:", MUSTER_DATABASE: "mysql://x",
        MUSTER_HTTP_WORKERS: "none", MUSTER_SUPPRESSION_JOURNAL: "/nonexistent/dir/j",
      }).map(([name, value]): [string, Record<string, string>] => [name, { [name]: value }]),
      ...["zzz", "999.1.1.1:80", "127.0.0.1:99999", "127.0.0.1", "nowhere.invalid:80", taken].flatMap(
        (at): [string, Record<string, string>][] =>
          ["MUSTER_LISTEN", "MUSTER_TRACK_LISTEN"].map((name) => [name, { [name]: at }])),
      ["MUSTER_SUPPRESSION_JOURNAL", { MUSTER_SUPPRESSION_JOURNAL: join(folder, "of-nobody.journal") }],
      ["MUSTER_SUPPRESSION_JOURNAL", { MUSTER_SUPPRESSION_JOURNAL: noKey }],
      ["MUSTER_DKIM_KEY_FILE", { ...dkim, MUSTER_DKIM_KEY_FILE: "/nonexistent.pem" }],
      ["MUSTER_DKIM_KEY_FILE", { ...dkim, MUSTER_DKIM_KEY_FILE: noKey }],
      ["MUSTER_MARKETING_API_URL", { MUSTER_MARKETING_API_URL: "http://127.0.0.1:1/3.0", MUSTER_MARKETING_API_KEY: "x-us1" }],
      ["MUSTER_MARKETING_API_URL", { MUSTER_MARKETING_API_URL: server.url, MUSTER_MARKETING_API_KEY: server.admin.key! }],
      ["MUSTER_MARKETING_API_KEY", { ...api, MUSTER_MARKETING_API_KEY: "x-us1" }],
      ["MUSTER_MARKETING_API_KEY", api],
    ];
    for (const [name, env] of cases) {
      const { code, stdout, stderr } = await server.command(["doctor"], { env });
      const said = `${JSON.stringify(env)}: ${stdout}${stderr}`;
      assert.equal(code, 1, said);
      assert.match(stdout.match(/^problem.*$/gm)?.join("\n") ?? stderr, new RegExp(`\\b${name}\\b`), said);
    }
    const none = { MUSTER_DATA: join(folder, "none"), MUSTER_DATABASE: "" };
    const { stdout } = await server.command(["doctor"], { env: none });
    assert.doesNotMatch(stdout, /^good.*(sending is on|journal|database|no campaign|disk)/m);
    assert.ok(!existsSync(none.MUSTER_DATA));
    const json = JSON.parse((await server.command(["doctor", "--json"], { env: { MUSTER_ROLES: "apii", MUSTER_RELAYY: "x" } })).stdout);
    assert.equal(json.filter((c: { good: boolean }) => !c.good).length, 2);
    other.close();
    rmSync(folder, { recursive: true });
  });

  it("says of settings that are right that they are, and leaves nothing behind", async () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-test-"));
    const key = join(folder, "key.pem");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const cases: [Record<string, string>, RegExp][] = [
      [{}, /sending is on/],
      [{ MUSTER_DKIM_KEY_FILE: key, MUSTER_DKIM_DOMAIN: "example.org", MUSTER_DKIM_SELECTOR: "a" }, /key to sign with/],
      [{ MUSTER_MARKETING_API_URL: `${server.url}/3.0`, MUSTER_MARKETING_API_KEY: server.admin.key! }, /takes the key/],
      [{ MUSTER_LISTEN: "127.0.0.1:0", MUSTER_TRACK_LISTEN: ":0" }, /MUSTER_TRACK_LISTEN\): it can be/],
      [{ MUSTER_TRACK_LISTEN: new URL(server.url).host }, /MUSTER_TRACK_LISTEN\): a server answers/],
      [{ MUSTER_SUPPRESSION_JOURNAL: join(server.folder, "suppression.journal") }, /journal can be written/],
      [{ MUSTER_ROLES: "api, jobs", MUSTER_LOG_LEVEL: "debug", MUSTER_SYNC_RECONCILE_AT: "23:59" }, /good +options/],
      [{ MUSTER_RELAY: relay.url }, /relay answers/],
    ];
    const before = readdirSync(server.folder).sort();
    for (const [env, praise] of cases) {
      const { code, stdout } = await server.command(["doctor"], { env });
      assert.equal(code, 0, `${JSON.stringify(env)}: ${stdout}`);
      assert.match(stdout, praise);
    }
    assert.deepEqual(readdirSync(server.folder).sort(), before);
    rmSync(folder, { recursive: true });
  });
});

describe("commands", () => {
  const server = useServer();

  it("make no data where a server would not look for it", async (t) => {
    if (server.database) return t.skip("the data is not in a folder");
    const folder = join(tmpdir(), `muster-test-none-${process.pid}`);
    for (const args of [["key", "create", "--name", "k", "--role", "user"], ["key", "list"], ["user", "list"],
      ["backup", join(folder, "b")], ["doctor"]]) {
      const { code, stdout, stderr } = await server.command(args, { env: { MUSTER_DATA: folder } });
      assert.equal(code, 1, args.join(" "));
      assert.match(stdout + stderr, /there is no data of Muster in the folder .*--data or MUSTER_DATA/);
      assert.ok(!existsSync(folder), args.join(" "));
    }
  });

  it("end with 2 when they are used wrongly", async () => {
    for (const args of [
      ["nonsense"], ["group"], ["key", "create"], ["key", "create", "--name", "k", "--role", "king"], ["key", "revoke"],
      ["key", "revoke", "x"], ["campaign", "check"], ["campaign", "check", "x"], ["campaign", "check", "-1"],
      ["campaign", "send", "1", "2"], ["campaign", "test", "1"], ["group", "members", "1", "--limit", "many"],
      ["group", "create"], ["import"], ["import", "decide", "1"], ["serve", "--nonsense"], ["doctor", "--jsn"],
      ["config", "--send-rate", "fast"], ["config", "--http-idle-ms"], ["config", "--print", "--listen", "zzz"],
      ["config", "--print", "--roles", "apii"], ["config", "--public-url=https://"], ["serve", "--log-level", "loud"],
    ]) {
      const { code, stdout, stderr } = await server.command(args);
      assert.equal(code, 2, `${args.join(" ")}: ${stdout}${stderr}`);
    }
    assert.match((await server.command(["doctor", "--jsn"])).stderr, /did you mean --json\?/);
  });

  it("name the command that was meant", async () => {
    for (const [typed, meant] of [
      ["campaign chekc", "campaign check"], ["campaing check 1", "campaign check"], ["campaing chekc", "campaign check"],
      ["grup list", "group list"], ["campain", "campaign"], ["doctr", "doctor"], ["docter --json", "doctor"],
      ["sync renew-hok", "sync renew-hook"], ["import shwo 7", "import show"], ["key lst --json", "key list"],
      ["confirm-restor", "confirm-restore"], ["exprot people", "export"],
      ["nonsense", null], ["campaign xyzzy", null], ["frobnicate check", null],
    ] as const) {
      const { code, stderr } = await server.command(typed.split(" "));
      assert.equal(code, 2, typed);
      assert.equal(/did you mean (.*)\?/.exec(stderr)?.[1] ?? null, meant, `${typed}: ${stderr}`);
    }
  });

  it("say things once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-test-"));
    const file = join(folder, "empty.csv");
    writeFileSync(file, "");
    const { code, stderr } = await server.command(["import", file]);
    rmSync(folder, { recursive: true });
    assert.equal(code, 1);
    assert.equal(stderr.match(/the file is empty/g)!.length, 1, stderr);
  });

  it("show a configuration that is wrong, and say what is", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "muster-test-")), "muster.conf");
    writeFileSync(file, "track_listen = 127.0.0.1\n");
    const wrong: [string[], Record<string, string>, RegExp, number][] = [
      [["--listen", "zzz"], {}, /--listen: "zzz" is not an address/, 2],
      [[], { MUSTER_ROLES: "apii" }, /MUSTER_ROLES: "apii" is none of/, 1],
      [["--config", file], {}, /muster\.conf: track_listen: "127\.0\.0\.1" is not an address/, 1],
    ];
    for (const [flags, env, why, expected] of wrong) {
      const { code, stdout, stderr } = await server.command(["config", "--print", ...flags], { env });
      assert.equal(code, expected);
      assert.match(stdout, /^listen = /m);
      assert.match(stderr, why);
    }
    rmSync(dirname(file), { recursive: true });
  });

  it("serve nobody with a setting that is wrong", async () => {
    const wrong = {
      MUSTER_PUBLIC_URL: ["https://", "https:///x", "http://:80", "ftp://x.example", "x.example", "https://a b.example"],
      MUSTER_MARKETING_API_URL: ["https://"], MUSTER_ROLES: ["", "api,"], MUSTER_SYNC_RECONCILE_AT: ["24:00", "-1:30", "2:00", ""],
      MUSTER_LISTEN: ["", "zzz", "1.2.3:80", "[::1:80"], MUSTER_LOG_LEVEL: [""], MUSTER_SEND_UNCERTAIN: ["both"],
    };
    for (const [name, values] of Object.entries(wrong))
      for (const value of values) {
        const { code, stderr } = await server.command(["serve"], { env: { [name]: value } });
        assert.equal(code, 1, `${name}=${value}`);
        assert.match(stderr, new RegExp(`${name}: `));
      }
  });

  it("show times as people write them", async () => {
    const { stdout } = await server.command(["config", "--print"], { env: { MUSTER_SEND_EXPIRE: "90m" } });
    assert.match(stdout, /^sync\.max_age = 36h /m);
    assert.match(stdout, /^send\.expire = 90m /m);
  });

  it("make groups, change them by hand, push them and show who was in it", async () => {
    const run = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await server.command(args);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const ids: number[] = [];
    for (const n of ["Eins", "Zwei"])
      ids.push((await server.admin.post(`${v1}/people`, { last_name: n, email: `${n}@groups.example` }, { status: 201 })).body.id);
    const id = (await run("group", "create", "--name", "By hand")).match(/^group (\d+) "By hand": 0 members/)![1]!;
    assert.match(await run("group", "include", id, "--ids", ids.join(",")), /^2 changed, 2 members/);
    assert.match(await run("group", "exclude", id, "--ids", `${ids[1]}`), /^1 changed, 1 members/);
    assert.match(await run("group", "members", id), /Eins/);
    assert.match(await run("group", "members", id, "--how", "excluded"), /Zwei/);
    assert.match(await run("group", "show", id), /static, 1 people\ncriteria: null\nby hand: 1 put in, 1 taken out/);
    const criteria = JSON.stringify({ conditions: [{ field: "last_name", op: "is", value: "Eins" }] });
    assert.match(await run("group", "update", id, "--name", "Ones", "--criteria", criteria), /"Ones": static, 1 people/);
    assert.match(await run("group", "refresh", id), /"Ones"/);
    assert.match(await run("group", "list", "--q", "one", "--kind", "static"), /Ones/);
    await run("group", "push", id, "--dry-run");
    const [plan] = JSON.parse(await run("group", "pushes", id, "--json")).items;
    assert.match(await run("push", "rows", `${plan.id}`, "--action", "add"), /eins@groups.example +Eins|Eins@groups.example +Eins/);
    assert.match(await run("group", "delete", id), /is removed/);
    const { code, stderr } = await server.command(["group", "show", id]);
    assert.deepEqual([code, /there is no group/.test(stderr)], [1, true]);
    assert.notEqual((await server.command(["group", "include", id])).code, 0);
  });

  it("fail for a campaign that is not ready", async () => {
    const { body: group } = await server.admin.post(`${v1}/groups`,
      { name: "All", kind: "dynamic", criteria: { conditions: [] } }, { status: 201 });
    const { body } = await server.admin.post(`${v1}/campaigns`, { name: "C", group_id: group.id }, { status: 201 });
    for (const more of [[], ["--json"]]) {
      const { code, stderr } = await server.command(["campaign", "check", `${body.id}`, ...more]);
      assert.equal(code, 1);
      assert.match(stderr, /not ready to send/);
    }
  });
});

describe("muster campaign", () => {
  const server = useServer();

  it("makes, changes, shows, copies, schedules, sends, watches and removes", async () => {
    const campaign = async (...args: string[]): Promise<Json> => {
      const { code, stdout, stderr } = await server.command(["campaign", ...args, "--json"]);
      assert.equal(code, 0, stderr);
      return stdout.trim() ? JSON.parse(stdout) as Json : {};
    };
    const status = async (id: string): Promise<string> => (await campaign("show", id)).status;
    await server.admin.post(`${v1}/people`, { first_name: "Ada", email: "ada@example.test" }, { status: 201 });
    const { body: group } = await server.admin.post(`${v1}/groups`,
      { name: "All", kind: "dynamic", criteria: { conditions: [] } }, { status: 201 });
    const id = `${(await campaign("create", "--name", "May", "--group", `${group.id}`, "--subject", "s",
      "--from-name", "x", "--from-email", "x@example.test")).id}`;
    const html = join(mkdtempSync(join(tmpdir(), "muster-test-")), "m.html");
    writeFileSync(html, '<p>Hello <a href="*|UNSUB|*">no more</a></p>');
    const changed = await campaign("update", id, "--preview", "look", "--reply-to", "re@example.test", "--html", html);
    assert.equal(changed.preview_text, "look");
    assert.equal(changed.reply_to, "re@example.test");
    const copy = `${(await campaign("replicate", id)).id}`;
    assert.equal((await campaign("schedule", copy, "--at", "2100-01-01T00:00:00Z")).status, "scheduled");
    assert.equal((await campaign("list", "--status", "scheduled,sent", "--sort", "name")).total, 1);
    assert.equal((await campaign("unschedule", copy)).status, "draft");
    await campaign("delete", copy);
    assert.equal((await server.command(["campaign", "show", copy])).code, 1);
    await campaign("send", id);
    assert.equal((await campaign("watch", id)).status, "sent");
    assert.equal(await status(id), "sent");
    const { stdout } = await server.command(["campaign", "list"]);
    assert.match(stdout, /ID +STATUS +PEOPLE +SENT +OPENED +CLICKED +NAME/);
    assert.match(stdout, /sent +1 +1 +0 +0 +May/);
    assert.match((await server.command(["campaign", "show", id])).stdout, /to +group All\n[^]*recipients +1\n/);
    assert.equal((await server.command(["campaign", "update", id])).code, 2);
    assert.equal((await server.command(["campaign", "schedule", id])).code, 2);
    for (const act of ["unschedule", "delete", "pause", "resume"])
      assert.equal((await server.command(["campaign", act, id])).code, 1, act);
  });
});

describe("muster campaign send --wait", () => {
  const server = useServer();
  const relay = useRelay();

  it("says that the relay is dead", async () => {
    server.setEnv({ MUSTER_RELAY: relay.url });
    server.allowLog(/relay not reached|relay takes no messages/);
    await server.restart();
    await server.admin.post(`${v1}/people`, { first_name: "Ada", email: "ada@example.test" }, { status: 201 });
    const { body: group } = await server.admin.post(`${v1}/groups`,
      { name: "All", kind: "dynamic", criteria: { conditions: [] } }, { status: 201 });
    const { body: campaign } = await server.admin.post(`${v1}/campaigns`, {
      name: "C", group_id: group.id, subject: "s", from_name: "x", from_email: "x@example.test",
      html: '<p>Hello <a href="*|UNSUB|*">no more</a></p>',
    }, { status: 201 });
    await relay.goAway();
    const sending = run(["campaign", "send", `${campaign.id}`, "--wait"],
      { ...server.env, MUSTER_URL: server.url, MUSTER_KEY: server.admin.key! });
    await until("the command says so", async () => /sending waits: the relay cannot be reached/.test(sending.text()));
    await relay.comeBack();
    assert.equal(await sending.ended, 0, sending.text());
    assert.match(sending.text(), /is sent/);
  });
});

describe("muster serve", () => {
  it("listens to this machine only unless told, names its port, and what is misspelt", async () => {
    const folder = mkdtempSync(join(tmpdir(), "muster-test-"));
    const serving = run(["serve", "--listen", ":0"],
      { PATH: process.env.PATH, MUSTER_DATA: folder, MUSTER_REALY: "smtp://x", MUSTER_WHATEVER: "1" });
    await until("it has started", async () => / info started /.test(serving.text()));
    serving.child.kill("SIGTERM");
    assert.equal(await serving.ended, 0);
    const text = serving.text();
    rmSync(folder, { recursive: true });
    const [, url] = text.match(/running at (http:\/\/127\.0\.0\.1:[1-9]\d+)\n/)!;
    assert.ok(text.includes(`${url}/setup?token=`), text);
    assert.match(text, / warn .*MUSTER_REALY is no option; did you mean MUSTER_RELAY\?/);
    assert.match(text, / warn .*MUSTER_WHATEVER is no option"/);
  });
});
