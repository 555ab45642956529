/** A request whose answer is left as it came: fetch undoes compression. */
import { request } from "node:http";

export interface RawReply {
  status: number;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export function raw(base: string, path: string, headers: Record<string, string>): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const asked = request(base + path, { headers }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on("data", (piece: Buffer) => pieces.push(piece));
      reply.on("error", reject);
      reply.on("end", () => resolve({
        status: reply.statusCode!, headers: reply.headers as RawReply["headers"], body: Buffer.concat(pieces),
      }));
    });
    asked.on("error", reject);
    asked.end();
  });
}
