/** Batches of the Marketing API: waiting for them, and reading what they answered. */
import { gunzipSync } from "node:zlib";
import type { Client, Json } from "./client.js";
import { until } from "./wait.js";

/** The files of a tar file, by name. */
export function readTar(tar: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const head = tar.subarray(at, at + 512);
    const text = (from: number, to: number) => head.subarray(from, to).toString("latin1").replace(/\0.*/s, "");
    const size = parseInt(text(124, 136), 8);
    const sum = head.reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : byte), 0);
    if (sum !== parseInt(text(148, 156), 8)) throw new Error("a head of the tar file is damaged");
    files.set(text(0, 100), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** The batch when it is finished. */
export async function batchEnds(api: Client, id: string): Promise<Json> {
  return until(`batch ${id} is finished`, async () => {
    const { body } = await api.get(`/3.0/batches/${id}`);
    return body.status === "finished" && body;
  }, 300_000);
}

/** What a finished batch answered, fetched as clients do: without credentials. */
export async function batchAnswers(batch: Json): Promise<Json[]> {
  const reply = await fetch(batch.response_body_url);
  if (reply.status !== 200) throw new Error(`${reply.status} ${await reply.text()}`);
  const answers: Json[] = [];
  for (const file of readTar(gunzipSync(Buffer.from(await reply.arrayBuffer()))).values())
    answers.push(...JSON.parse(file.toString("utf8")));
  return answers;
}

/** Runs operations as a batch, and gives its answers with `response` read. */
export async function runBatch(api: Client, operations: Json[]): Promise<Json[]> {
  const { body } = await api.post("/3.0/batches", { operations });
  const answers = await batchAnswers(await batchEnds(api, body.id));
  return answers.map((a) => ({ ...a, response: a.response === "" ? "" : JSON.parse(a.response) }));
}
