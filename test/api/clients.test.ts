/**
 * Libraries of other people for the Marketing API, as they are, do their usual
 * work here: test/clients. Only the address of the server is another one.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { dirname, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { PATIENCE_MS, useReceiver, useServer } from "../harness/index.js";

const here = dirname(fileURLToPath(import.meta.url)); // build/test-js/api
const script = resolve(here, "../clients/usual_work.js");
const pythonScript = resolve(here, "../../../test/clients/usual_work.py");
const python = process.env.MUSTER_TEST_PYTHON; // one that has the libraries

const clients: [string, string[], boolean][] = [
  ["@mailchimp/mailchimp_marketing (npm)", [process.execPath, script, "mailchimp_marketing"], true],
  ["mailchimp-api-v3 (npm)", [process.execPath, script, "mailchimp-api-v3"], true],
  ["mailchimp-marketing (PyPI)", [python!, pythonScript, "mailchimp_marketing"], python !== undefined],
  ["mailchimp3 (PyPI)", [python!, pythonScript, "mailchimp3"], python !== undefined],
];

describe("clients of other people", () => {
  const receiver = useReceiver();
  const server = useServer({ env: { MUSTER_WEBHOOKS_PRIVATE: "true" } });

  async function work(line: string[], hook: string): Promise<Record<string, string>> {
    const key = await server.createKey(line[2]!, "administrator");
    const child = spawn(line[0]!, line.slice(1), {
      env: { ...process.env, URL: server.url, KEY: key, HOOK: hook },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 4 * PATIENCE_MS,
    });
    let out = "";
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
    const code = await new Promise((done) => child.once("close", done));
    assert.equal(code, 0, said);
    return JSON.parse(out);
  }

  for (const [name, line, isThere] of clients)
    it(`${name} does its usual work`, { skip: isThere ? false : "run_checks makes the Python" }, async () => {
      // mailchimp3 takes no address of this machine, but a name; libcurl knows it without asking
      const url = receiver.url.replace("127.0.0.1", "hooks.localhost");
      const made = await work(line, `${url}/${encodeURIComponent(name)}`);
      const { body } = await server.mailchimp.get(`/3.0/lists/${made.list}`);
      assert.equal(body.stats.member_count, 998, "all but who left, and who is forgotten");
      assert.equal(body.stats.unsubscribe_count, 1);
      const told = await receiver.next((r) =>
        r.method === "POST" && r.form.get("data[list_id]") === made.list);
      assert.equal(told.form.get("type"), "unsubscribe");
      assert.equal(told.form.get("data[email]"), "m20@clients.example");
      await server.mailchimp.delete(`/3.0/lists/${made.list}`);
    });
});
