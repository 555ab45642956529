/**
 * A resolver that knows the TXT records it is given, and nothing else.
 *
 *     const env = {};
 *     const dns = useDns(env); // before the server, which it tells its address
 *     const server = useServer({ env });
 *     dns.texts.set("_dmarc.example.test", ["v=DMARC1; p=none"]);
 *
 * A name that is in `silent` gets no answer, one in `failing` SERVFAIL.
 */
import { createSocket, type Socket } from "node:dgram";
import { after, before } from "node:test";

export class Dns {
  address = "";
  texts = new Map<string, string[]>();
  silent = new Set<string>();
  failing = new Set<string>();
  asked: string[] = [];
  private socket: Socket | undefined;

  async start(): Promise<this> {
    const socket = createSocket("udp4");
    socket.on("message", (query, from) => {
      const reply = this.answer(query);
      if (reply) socket.send(reply, from.port, from.address);
    });
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    this.address = `127.0.0.1:${socket.address().port}`;
    this.socket = socket;
    return this;
  }

  stop(): void {
    this.socket?.close();
  }

  private answer(query: Buffer): Buffer | undefined {
    const labels: string[] = [];
    let at = 12;
    for (let n = query[at]!; n > 0; n = query[at]!) {
      labels.push(query.toString("latin1", at + 1, at + 1 + n));
      at += n + 1;
    }
    const name = labels.join(".").toLowerCase();
    this.asked.push(name);
    if (this.silent.has(name)) return undefined;
    const texts = this.texts.get(name);
    const code = this.failing.has(name) ? 2 : texts ? 0 : 3;
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(texts?.length ?? 0, 6);
    head.writeUInt32BE(0, 8);
    return Buffer.concat([head, query.subarray(12, at + 5), ...(texts ?? []).map(record)]);
  }
}

/** A resolver for the tests of a describe(). */
export function useDns(env: Record<string, string>): Dns {
  const dns = new Dns();
  before(async () => {
    await dns.start();
    env.MUSTER_DNS = dns.address;
  });
  after(() => dns.stop());
  return dns;
}

/** Of the name that was asked for; strings hold 255 bytes at most. */
function record(text: string): Buffer {
  const strings: Buffer[] = [];
  for (let i = 0; i < text.length; i += 255) {
    const part = Buffer.from(text.slice(i, i + 255), "latin1");
    strings.push(Buffer.from([part.length]), part);
  }
  const data = Buffer.concat(strings);
  const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
