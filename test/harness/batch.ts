/** Batches of the Marketing API: waiting for them, and reading what they answered. */
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { Client, Json } from "./client.js";
import { until } from "./wait.js";

/** The files of a tar file, by name. */
function readTar(tar: Buffer): Map<string, Buffer> {
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

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** The files of a zip file, by name; what stands in its heads is checked. */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== 0x06054b50) throw new Error("this is no zip file");
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error("the directory is damaged");
    const [crc, packed, plain, name] = [zip.readUInt32LE(at + 16), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24), zip.readUInt16LE(at + 28)];
    const head = zip.readUInt32LE(at + 42);
    const begin = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    const text = inflateRawSync(zip.subarray(begin, begin + packed));
    if (text.length !== plain || crc32(text) !== crc) throw new Error("a file is damaged");
    files.set(zip.subarray(at + 46, at + 46 + name).toString("utf8"), text);
    at += 46 + name;
  }
  if (at !== end) throw new Error("the directory has another length");
  return files;
}
