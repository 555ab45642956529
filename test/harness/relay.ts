/**
 * A relay that takes mail: an SMTP server that does as it is told.
 *
 *     const relay = useRelay({ pipelining: true });
 *     relay.onRecipient = (to) => to.startsWith("gone") ? "550 5.1.1 Unknown" : undefined;
 *     relay.url           smtp://127.0.0.1:PORT, for MUSTER_RELAY
 *     relay.messages      what it has accepted
 *
 * It is strict where a client may be wrong: a bare LF, a command that was sent
 * before its turn without PIPELINING, a line over 1,000 bytes or 8-bit data that
 * was not announced are written to relay.faults, which must stay empty.
 */
import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { TLSSocket, type SecureContext } from "node:tls";
import { after, before } from "node:test";
import { Session } from "./relay_session.js";
import { testContext } from "./tls.js";
import { until } from "./wait.js";

export interface Message {
  from: string;
  to: string[];
  parameters: string; // of MAIL FROM, such as "SIZE=100 BODY=8BITMIME"
  data: Buffer; // dots removed, CRLF line ends
  at: number; // when it was accepted
  connection: number;
  secure: boolean;
  user: string | undefined; // signed in with AUTH
}

/** A reply ("450 4.2.1 Later"), "drop" to close, undefined for the usual. */
export type Verdict = string | "drop" | undefined;

export interface RelayOptions {
  pipelining?: boolean; // default true
  starttls?: boolean;
  implicitTls?: boolean;
  smtputf8?: boolean; // default true
  eightBit?: boolean; // default true
  size?: number;
  user?: string; // AUTH is offered, and needed, if set
  password?: string;
}

export class Relay {
  url = "";
  port = 0;
  messages: Message[] = [];
  faults: string[] = [];
  connections = 0;
  open = 0; // connections now
  most = 0; // connections at once
  commands = new Map<string, number>();

  onConnect: () => Verdict = () => undefined;
  onHello: (name: string) => Verdict = () => undefined;
  onSender: (from: string) => Verdict = () => undefined;
  onRecipient: (to: string) => Verdict = () => undefined;
  /** After the final dot. "drop": accepted, but the reply never arrives. */
  onData: (message: Message) => Verdict | Promise<Verdict> = () => undefined;
  /** Awaited before each reply: hold it back to be slow. */
  pace: (command: string) => Promise<void> | undefined = () => undefined;

  readonly options: RelayOptions;
  context: SecureContext | undefined;
  private server: Server | undefined;
  private sockets = new Set<Socket>();

  constructor(options: RelayOptions = {}) {
    this.options = { pipelining: true, smtputf8: true, eightBit: true, ...options };
  }

  async start(): Promise<this> {
    if (this.options.starttls || this.options.implicitTls) this.context = testContext();
    this.server = createServer((socket) => this.accept(socket));
    await this.listen(0);
    const { user, password, implicitTls } = this.options;
    const login = user ? `${encodeURIComponent(user)}:${encodeURIComponent(password ?? "")}@` : "";
    this.url = `${implicitTls ? "smtps" : "smtp"}://${login}127.0.0.1:${this.port}`;
    return this;
  }

  private async listen(port: number): Promise<void> {
    await new Promise<void>((done) => this.server!.listen(port, "127.0.0.1", done));
    this.port = (this.server!.address() as AddressInfo).port;
  }

  private accept(socket: Socket): void {
    socket.setNoDelay(true); // several small replies are one answer
    this.connections++;
    this.open++;
    this.most = Math.max(this.most, this.open);
    this.sockets.add(socket);
    socket.on("error", () => {}); // a killed client is no fault
    socket.on("close", () => {
      this.open--;
      this.sockets.delete(socket);
    });
    if (this.options.implicitTls)
      new Session(this, new TLSSocket(socket, { isServer: true, secureContext: this.context! }),
        this.connections);
    else new Session(this, socket, this.connections);
  }

  count(command: string): void {
    this.commands.set(command, (this.commands.get(command) ?? 0) + 1);
  }

  /** All messages to an address, in order of arrival. */
  to(address: string): Message[] {
    return this.messages.filter((message) => message.to.includes(address));
  }

  async received(n: number): Promise<Message[]> {
    return until(`${n} messages arrive (${this.messages.length} did)`, () =>
      this.messages.length >= n ? this.messages : undefined);
  }

  /** Nobody is there: connections are refused until comeBack(). */
  async goAway(): Promise<void> {
    const closed = new Promise((done) => this.server!.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async comeBack(): Promise<void> {
    await this.listen(this.port);
  }

  async stop(): Promise<void> {
    if (this.server!.listening) await this.goAway();
    assert.deepEqual(this.faults, [], "the client broke the protocol");
  }
}

/** A relay for the tests of a describe(). */
export function useRelay(options: RelayOptions = {}): Relay {
  const relay = new Relay(options);
  before(async () => {
    await relay.start();
  });
  after(async () => {
    await relay.stop();
  });
  return relay;
}
