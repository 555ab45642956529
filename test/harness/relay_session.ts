/** One connection to the relay: commands in, replies out, in order. */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Message, Relay, Verdict } from "./relay.js";

const LINE_MAX = 1000; // RFC 5321 section 4.5.3.1.6, with CRLF

export class Session {
  private buffer = Buffer.alloc(0);
  private working = false;
  private dropped = false;
  private secure = false;
  private user: string | undefined;
  private from: string | undefined;
  private parameters = "";
  private to: string[] = [];
  private data: Buffer[] | undefined; // while the text of a message comes in
  private asked: ((line: string) => Promise<void>) | undefined; // AUTH goes on

  constructor(
    private readonly relay: Relay,
    private socket: Socket,
    private readonly number: number,
  ) {
    this.secure = socket instanceof TLSSocket;
    this.listen();
    void this.answer("connect", relay.onConnect(), "220 relay.test ESMTP");
  }

  private listen(): void {
    this.socket.on("data", (bytes) => {
      this.buffer = Buffer.concat([this.buffer, bytes]);
      void this.work();
    });
    this.socket.on("error", () => {}); // a killed client is no fault
  }

  private fault(what: string): void {
    this.relay.faults.push(`connection ${this.number}: ${what}`);
  }

  private async answer(command: string, verdict: Verdict, usual: string): Promise<boolean> {
    await this.relay.pace(command);
    if (verdict === "drop") {
      this.dropped = true;
      this.socket.destroy();
      return false;
    }
    if (!this.socket.destroyed) this.socket.write(`${verdict ?? usual}\r\n`);
    return verdict === undefined || verdict.startsWith("2");
  }

  /** Takes whole lines off the buffer, one after the other. */
  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    while (!this.dropped) {
      const end = this.buffer.indexOf("\n");
      if (end < 0) break;
      const line = this.buffer.subarray(0, end + 1);
      this.buffer = this.buffer.subarray(end + 1);
      if (line.length < 2 || line[line.length - 2] !== 13) this.fault("a line ends in a bare LF");
      if (line.length > LINE_MAX) this.fault(`a line of ${line.length} bytes`);
      if (this.data) await this.text(line);
      else await this.command(line.toString("utf8").trimEnd());
    }
    this.working = false;
  }

  private async text(line: Buffer): Promise<void> {
    if (line.equals(Buffer.from(".\r\n"))) return this.endOfText();
    if (line.subarray(0, -2).includes(13)) this.fault("a bare CR in the text");
    if (!this.relay.options.eightBit && line.some((byte) => byte > 127))
      this.fault("8-bit text to a relay that takes none");
    this.data!.push(line[0] === 46 ? line.subarray(1) : line);
  }

  private async endOfText(): Promise<void> {
    const message: Message = {
      from: this.from!,
      to: this.to,
      parameters: this.parameters,
      data: Buffer.concat(this.data!),
      at: Date.now(),
      connection: this.number,
      secure: this.secure,
      user: this.user,
    };
    this.reset();
    const verdict = await this.relay.onData(message);
    // dropped after the dot: the relay has it, the client cannot know
    if (verdict === undefined || verdict === "drop" || verdict.startsWith("2"))
      this.relay.messages.push(message);
    await this.answer("data", verdict, "250 2.0.0 Ok: queued");
  }

  private reset(): void {
    this.from = undefined;
    this.parameters = "";
    this.to = [];
    this.data = undefined;
  }

  private extensions(): string[] {
    const { options } = this.relay;
    return [
      "relay.test",
      ...(options.pipelining ? ["PIPELINING"] : []),
      ...(options.size ? [`SIZE ${options.size}`] : []),
      ...(options.starttls && !this.secure ? ["STARTTLS"] : []),
      ...(options.user && (this.secure || !options.starttls) ? ["AUTH PLAIN LOGIN"] : []),
      ...(options.eightBit ? ["8BITMIME"] : []),
      ...(options.smtputf8 ? ["SMTPUTF8"] : []),
      "ENHANCEDSTATUSCODES",
    ];
  }

  private async command(line: string): Promise<void> {
    if (this.asked) return this.asked(line);
    const verb = line.split(" ")[0]!.toUpperCase();
    this.relay.count(verb);
    if (!this.relay.options.pipelining && this.buffer.length > 0)
      this.fault(`${verb} did not wait for its reply`);
    switch (verb) {
      case "EHLO":
      case "HELO":
        return this.hello(verb, line);
      case "STARTTLS":
        return this.startTls();
      case "AUTH":
        return this.auth(line);
      case "MAIL":
        return this.mail(line);
      case "RCPT":
        return this.rcpt(line);
      case "DATA":
        return this.startData();
      case "RSET":
        this.reset();
        await this.answer(verb, undefined, "250 2.0.0 Ok");
        return;
      case "NOOP":
        await this.answer(verb, undefined, "250 2.0.0 Ok");
        return;
      case "QUIT":
        await this.answer(verb, undefined, "221 2.0.0 Bye");
        this.socket.end();
        return;
      default:
        this.fault(`an unknown command: ${line}`);
        await this.answer(verb, undefined, "500 5.5.2 Unknown command");
    }
  }

  private async hello(verb: string, line: string): Promise<void> {
    this.reset();
    const names = this.extensions();
    const usual = verb === "HELO"
      ? "250 relay.test"
      : names.map((name, i) => `250${i < names.length - 1 ? "-" : " "}${name}`).join("\r\n");
    await this.answer(verb, this.relay.onHello(line.slice(5)), usual);
  }

  private async startTls(): Promise<void> {
    if (this.buffer.length > 0) this.fault("commands after STARTTLS in the same packet");
    await this.answer("STARTTLS", undefined, "220 2.0.0 Go ahead");
    this.socket.removeAllListeners("data");
    this.socket = new TLSSocket(this.socket, {
      isServer: true,
      secureContext: this.relay.context!,
    });
    this.secure = true;
    this.buffer = Buffer.alloc(0);
    this.reset();
    this.listen();
  }

  private async auth(line: string): Promise<void> {
    const [, method, initial] = line.split(" ");
    const decode = (text: string) => Buffer.from(text, "base64").toString("utf8");
    if (method === "PLAIN") {
      const parts = decode(initial ?? (await this.ask(""))).split("\0");
      return this.signIn(parts[1] ?? "", parts[2] ?? "");
    }
    const user = decode(initial ?? (await this.ask("VXNlcm5hbWU6")));
    return this.signIn(user, decode(await this.ask("UGFzc3dvcmQ6")));
  }

  /** Sends a 334; resolves with the client's next line. */
  private async ask(challenge: string): Promise<string> {
    this.socket.write(`334 ${challenge}\r\n`);
    this.working = false; // so that the line is taken
    return new Promise((done) => {
      this.asked = async (line) => {
        this.asked = undefined;
        done(line);
      };
    });
  }

  private async signIn(user: string, password: string): Promise<void> {
    const good = user === this.relay.options.user && password === this.relay.options.password;
    if (good) this.user = user;
    await this.answer("AUTH", undefined,
      good ? "235 2.7.0 Signed in" : "535 5.7.8 Wrong user or password");
  }

  private async mail(line: string): Promise<void> {
    const found = /^MAIL FROM:<([^>]*)>(?: (.*))?$/i.exec(line);
    if (!found) return this.syntax(line);
    if (this.relay.options.user && !this.user) {
      await this.answer("MAIL", undefined, "530 5.7.0 Sign in first");
      return;
    }
    if (this.from !== undefined) this.fault("MAIL in a transaction");
    if (await this.answer("MAIL", this.relay.onSender(found[1]!), "250 2.1.0 Ok")) {
      this.from = found[1]!;
      this.parameters = found[2] ?? "";
    }
  }

  private async rcpt(line: string): Promise<void> {
    const found = /^RCPT TO:<(.+)>$/i.exec(line);
    if (!found) return this.syntax(line);
    if (this.from === undefined) {
      await this.answer("RCPT", undefined, "503 5.5.1 MAIL first");
      return;
    }
    const address = found[1]!;
    // eslint-disable-next-line no-control-regex
    if (/[^\x00-\x7f]/.test(address) && !/SMTPUTF8/i.test(this.parameters))
      this.fault(`${address} without SMTPUTF8`);
    if (await this.answer("RCPT", this.relay.onRecipient(address), "250 2.1.5 Ok"))
      this.to.push(address);
  }

  private async startData(): Promise<void> {
    if (this.to.length === 0) {
      await this.answer("DATA", undefined, "503 5.5.1 No recipients");
      return;
    }
    this.data = [];
    await this.answer("DATA", undefined, "354 Go on");
  }

  private async syntax(line: string): Promise<void> {
    this.fault(`bad syntax: ${line}`);
    await this.answer("syntax", undefined, "501 5.5.4 Syntax");
  }
}
