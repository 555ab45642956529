/**
 * A random history of a few people on both sides of the bridge, and what must be
 * true when it is over. The seed decides what happens and which calls of the
 * bridge go wrong; when jobs run beside it is left to the machine.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Random } from "./random.js";
import { FAULTS, type FaultyProxy } from "./proxy.js";
import { until } from "./wait.js";
import type { Json } from "./client.js";
import type { Server } from "./server.js";

const v1 = "/api/v1";
const STEPS = 24;
const FOR_EVER = ["pull", "nightly", "watch", "hook-register", "import-sweep", "search-index", "outbox-forget"]; // always wait, or for an hour
const hashOf = (address: string): string => createHash("md5").update(address).digest("hex");

export interface Sides {
  crm: Server;
  remote: Server;
  proxy: FaultyProxy;
  list: string; // path of the audience, over there
}

type Step = readonly [number, () => Promise<string>];

export class History {
  readonly told: string[] = []; // what happened
  private readonly random: Random;
  private readonly tag: string;
  private group: Json;
  private hookPath = "";
  private hooks: URLSearchParams[] = []; // not delivered yet
  private addresses: string[];

  /* What must hold of whom at the end. */
  private out = new Set<number>(); // people who said so last, here or there
  private had = new Map<number, Set<string>>(); // addresses of people, of all times
  private merged = new Map<number, number>(); // into whom
  private touched = new Map<string, string>(); // contacts: what was done to them there
  /** Contacts that were moved there: who had them by which address. */
  private owners = new Map<string, { id: number; address: string }[]>();
  private secrets = new Set<string>(); // contacts that left, and no webhook tells it
  private parked: Json[] = []; // a user is to decide
  private gone = new Set<string>(); // addresses that were deleted for good
  private outsiders = new Set<string>(); // contacts that somebody else subscribed
  private learned = new Set<string>(); // contacts that the bridge knows by their ids
  private tainted = new Map<string, string>(); // addresses: linked to (union-find)
  private saidOut = new Set<string>(); // addresses with a word of out

  constructor(readonly seed: number, private readonly sides: Sides) {
    this.random = new Random(seed);
    this.tag = `s${seed}`;
    this.addresses = Array.from({ length: 12 }, (_, i) => `a${i}@${this.tag}.example`);
  }

  async run(): Promise<void> {
    this.sides.proxy.calls = [];
    await this.begin();
    const faults = new Random(this.seed + 1_000_000);
    let outage = 0;
    this.sides.proxy.fault = () => {
      if (outage === 0 && faults.percent(1)) outage = 6; // a call's last try, too
      if (outage > 0) outage--;
      return outage > 0 ? faults.pick(["503", "cut", "page200"] as const)
        : faults.percent(10) ? faults.pick(FAULTS) : "none";
    };
    this.told.push("faults begin");
    const kill = this.random.below(STEPS);
    for (let i = 0; i < STEPS; i++) {
      if (i === kill) await this.killCrm();
      else await this.step();
    }
    this.sides.proxy.fault = () => "none";
    await this.end();
    await this.check();
  }

  /* --- the parts --- */

  private get crm() {
    return this.sides.crm.admin;
  }

  private get remote() {
    return this.sides.remote.mailchimp;
  }

  private async begin(): Promise<void> {
    this.group = (await this.crm.post(`${v1}/groups`, {
      name: `Group ${this.tag}`, entity: "people", kind: "dynamic",
      criteria: { match: "all", conditions: [{ field: "city", op: "is", value: this.tag }] },
    }, { status: 201 })).body;
    const hook = await until("the webhook is registered", async () => {
      const { body } = await this.remote.get(`${this.sides.list}/webhooks`);
      return body.webhooks.find((w: Json) => w.url.startsWith(this.sides.crm.url));
    });
    this.hookPath = new URL(hook.url).pathname;
    await this.importPeople(this.addresses.slice(0, 6));
    await this.settle();
    await this.push();
    await this.settle();
    for (const m of await this.members()) this.learned.add(m.contact_id);
  }

  private async end(): Promise<void> {
    await this.deliver(this.hooks.length);
    await this.settle();
    await this.crm.post(`${v1}/sync`, { full: true }, { status: 202 });
    await this.settle();
    await this.push();
    await this.settle();
  }

  /** Until nothing is to be done; a job that asks is told to go on. */
  private async settle(): Promise<void> {
    let waiting: Json[] = [];
    const done = until("jobs are done", async () => {
      const { body } = await this.crm.get(`${v1}/jobs`, { limit: 200 });
      waiting = [];
      for (const job of body.items) {
        if (FOR_EVER.includes(job.kind)) continue;
        if (job.state === "needs_confirmation") {
          await this.crm.post(`${v1}/jobs/${job.id}/confirm`);
          waiting.push(job);
        } else if (["queued", "running"].includes(job.state)) {
          waiting.push(job);
        }
      }
      return waiting.length === 0;
    });
    await done.catch((error: unknown) => {
      this.told.push(...waiting.map((job) => JSON.stringify(job)), ...this.sides.proxy.calls);
      throw error;
    });
  }

  private async people(): Promise<Json[]> {
    const { body } = await this.crm.get(`${v1}/people`, { city: this.tag, limit: 1000 });
    for (const person of body.items) this.everHad(person);
    return body.items;
  }

  /** Their addresses, and those that we saw them with. */
  private everHad(person: Json): string[] {
    const had = this.had.get(person.id) ?? new Set();
    for (const e of person.emails) had.add(e.address);
    this.had.set(person.id, had);
    return [...had];
  }

  private async member(address: string): Promise<Json | undefined> {
    const reply = await this.remote.get(`${this.sides.list}/members/${hashOf(address)}`, {},
      { status: [200, 404] });
    return reply.status === 200 ? reply.body : undefined;
  }

  private async members(): Promise<Json[]> {
    const found = await Promise.all(this.addresses.map((a) => this.member(a)));
    return found.filter((m) => m !== undefined);
  }

  private fresh(): string {
    const address = `a${this.addresses.length}@${this.tag}.example`;
    this.addresses.push(address);
    return address;
  }

  private address(): string {
    return this.random.percent(30) ? this.fresh() : this.random.pick(this.addresses);
  }

  private root(address: string): string {
    const up = this.tainted.get(address);
    return up === undefined ? address : this.root(up);
  }

  /** A word about one may be one about the other. */
  private link(addresses: string[]): void {
    for (const a of addresses) {
      const [x, y] = [this.root(a), this.root(addresses[0]!)];
      if (x !== y) this.tainted.set(x, y);
    }
  }

  private survivor(id: number): number {
    const up = this.merged.get(id);
    return up === undefined ? id : this.survivor(up);
  }

  /* --- what happens --- */

  private async step(): Promise<void> {
    const here: Step[] = [
      [4, () => this.addPerson()], [2, () => this.importSome()], [2, () => this.edit()],
      [5, () => this.move()], [2, () => this.second()], [1, () => this.drop()],
      [3, () => this.optOut()], [1, () => this.optIn()], [2, () => this.merge()],
      [1, () => this.remove()], [1, () => this.erase()],
    ];
    const there: Step[] = [
      [4, () => this.unsubscribeThere()], [2, () => this.cleanThere()],
      [2, () => this.archiveThere()], [1, () => this.deleteThere()],
      [3, () => this.renameThere()], [1, () => this.subscribeThere()],
    ];
    const between: Step[] = [
      [6, () => this.push()], [2, () => this.sync()],
      [4, () => this.deliver(1 + this.random.below(3))],
    ];
    const what = await this.random.weighted([...here, ...there, ...between])();
    if (what === "") return;
    this.told.push(what);
    this.sides.proxy.calls.push(`-- ${what}`);
  }

  private async killCrm(): Promise<void> {
    await this.sides.crm.kill();
    await this.sides.crm.run();
    this.told.push("kill -9");
  }

  private async push(): Promise<string> {
    await this.crm.post(`${v1}/groups/${this.group.id}/push`, { dry_run: false }, { status: 202 });
    return "push";
  }

  private async sync(): Promise<string> {
    const full = this.random.percent(50);
    await this.crm.post(`${v1}/sync`, { full }, { status: 202 });
    return `sync, full ${full}`;
  }

  /** Someone, as they are now. */
  private async somebody(): Promise<Json | undefined> {
    const people = await this.people();
    return people.length > 0 ? this.random.pick(people) : undefined;
  }

  private async change(who: string, id: number, body: Json): Promise<string> {
    const reply = await this.crm.patch(`${v1}/people/${id}`, body, { status: [200, 400, 409] });
    if (reply.status === 200) this.link(this.everHad(reply.body));
    return `${who} ${id} ${JSON.stringify(body)}: ${reply.status}`;
  }

  private async addPerson(): Promise<string> {
    const email = this.address();
    const reply = await this.crm.post(`${v1}/people`,
      { last_name: `P${this.told.length}`, city: this.tag, email }, { status: [201, 400, 409] });
    return `add ${email}: ${reply.status} ${reply.body.id}`;
  }

  private async importPeople(addresses: string[]): Promise<string> {
    const rows = addresses.map((a) => `F${a.split("@")[0]},L,${a},${this.tag}`);
    const csv = ["First name,Last name,E-mail,City", ...rows].join("\r\n");
    await this.crm.post(`${v1}/imports`, csv,
      { status: 202, headers: { "content-type": "text/csv" } });
    return `import ${addresses.join(" ")}`;
  }

  private importSome(): Promise<string> {
    return this.importPeople([...new Set([this.address(), this.address()])]);
  }

  private async edit(): Promise<string> {
    const person = await this.somebody();
    return person ? this.change("edit", person.id, { first_name: `E${this.told.length}` }) : "";
  }

  private async move(): Promise<string> {
    const person = await this.somebody();
    if (!person) return "";
    const email = this.address();
    this.link([...this.everHad(person), email]);
    return this.change(`move from ${person.email}`, person.id, { email });
  }

  private async second(): Promise<string> {
    const person = await this.somebody();
    if (!person) return "";
    const address = this.address();
    const emails = person.emails.map((e: Json) => ({ address: e.address, marketing: e.marketing }));
    if (emails.some((e: Json) => e.address === address)) return "";
    return this.change("second", person.id, { emails: [...emails, { address }] });
  }

  private async drop(): Promise<string> {
    const person = await this.somebody();
    return person
      ? this.change(`drop ${person.email}`, person.id, { emails: [] }) : "";
  }

  private async optOut(): Promise<string> {
    const person = await this.somebody();
    if (!person) return "";
    this.out.add(person.id);
    for (const a of this.everHad(person)) this.saidOut.add(a);
    return this.change(`out ${person.email}`, person.id, { opted_out: true, reason: "by phone" });
  }

  private async optIn(): Promise<string> {
    const people = (await this.people()).filter((p) => p.opted_out);
    if (people.length === 0) return "";
    const person = this.random.pick(people);
    for (const id of [...this.out]) if (this.survivor(id) === person.id) this.out.delete(id);
    return this.change(`in ${person.email}`, person.id, { opted_out: false, reason: "wrote" });
  }

  private async merge(): Promise<string> {
    const people = await this.people();
    if (people.length < 2) return "";
    const to = this.random.pick(people);
    const from = this.random.pick(people.filter((p) => p.id !== to.id));
    this.link([...this.everHad(to), ...this.everHad(from)]);
    await this.crm.post(`${v1}/people/${to.id}/merge`, { other_id: from.id });
    this.merged.set(from.id, to.id);
    return `merge ${from.id} ${from.email} into ${to.id} ${to.email}`;
  }

  private async remove(): Promise<string> {
    const person = await this.somebody();
    if (!person) return "";
    await this.crm.delete(`${v1}/people/${person.id}`);
    return `remove ${person.id} ${person.email}`;
  }

  private async erase(): Promise<string> {
    const person = await this.somebody();
    if (!person || this.random.percent(50)) return "";
    await this.crm.post(`${v1}/people/${person.id}/erase`, undefined, { status: 204 });
    for (const e of person.emails) {
      this.gone.add(e.address);
      this.saidOut.add(e.address);
    }
    return `erase ${person.id} ${person.email}`;
  }

  /* --- over there --- */

  private async someMember(fits: (m: Json) => boolean): Promise<Json | undefined> {
    const members = (await this.members()).filter(fits);
    return members.length > 0 ? this.random.pick(members) : undefined;
  }

  private async holders(address: string): Promise<number[]> {
    return (await this.people())
      .filter((p) => p.emails.some((e: Json) => e.address === address)).map((p) => p.id);
  }

  /** Whose contact has another address there, and they their old one here. */
  private async stillOwning(contact: string): Promise<number[]> {
    const owners = this.owners.get(contact) ?? [];
    return (await this.people())
      .filter((p) => owners.some((o) => this.survivor(o.id) === p.id &&
        p.emails.some((e: Json) => e.address === o.address)))
      .map((p) => p.id);
  }

  /** Told once, twice, late or never. */
  private tell(type: string, data: Record<string, string>): number {
    const hook = new URLSearchParams({
      type, fired_at: new Date().toISOString().slice(0, 19).replace("T", " "),
      "data[list_id]": this.sides.list.split("/").pop()!,
    });
    for (const [name, value] of Object.entries(data)) hook.set(`data[${name}]`, value);
    const times = this.random.pick([0, 1, 1, 2]);
    for (let i = 0; i < times; i++) this.hooks.push(hook);
    return times;
  }

  private async deliver(n: number): Promise<string> {
    for (let i = 0; i < n && this.hooks.length > 0; i++) {
      const [hook] = this.hooks.splice(this.random.below(this.hooks.length), 1);
      await this.sides.crm.anonymous.post(this.hookPath, hook!.toString(),
        { headers: { "content-type": "application/x-www-form-urlencoded" } });
    }
    return "deliver webhooks";
  }

  private async patchThere(m: Json, body: Json): Promise<number> {
    const path = `${this.sides.list}/members/${m.id}`;
    return (await this.remote.patch(path, body, { status: [200, 400, 404] })).status;
  }

  private async unsubscribeThere(): Promise<string> {
    const m = await this.someMember((x) => x.status === "subscribed");
    if (!m) return "";
    const people = await this.holders(m.email_address);
    const status = await this.patchThere(m, { status: "unsubscribed" });
    if (status !== 200) return "";
    /* who says no just when the bridge archives an address of nobody is not heard */
    if (people.length > 0) this.touched.set(m.contact_id, "unsubscribed");
    this.saidOut.add(m.email_address);
    for (const id of [...people, ...(await this.stillOwning(m.contact_id))]) this.out.add(id);
    const times =
      this.tell("unsubscribe", { action: "unsub", reason: "manual", email: m.email_address });
    if (times === 0 || this.owners.has(m.contact_id)) this.secrets.add(m.contact_id);
    return `there: unsubscribe ${m.email_address}, ${times} webhooks`;
  }

  private async cleanThere(): Promise<string> {
    const m = await this.someMember((x) => x.status === "subscribed");
    if (!m || (await this.patchThere(m, { status: "cleaned" })) !== 200) return "";
    this.touched.set(m.contact_id, "cleaned");
    this.tell("cleaned", { reason: "hard", email: m.email_address });
    return `there: clean ${m.email_address}`;
  }

  private async archiveThere(): Promise<string> {
    const m = await this.someMember((x) => x.status === "subscribed");
    if (!m) return "";
    const path = `${this.sides.list}/members/${m.id}`;
    /* within a second, nothing tells whose archive it was */
    if (this.sides.proxy.calls.some((c) => c.startsWith(`DELETE ${path} `))) return "";
    const reply = await this.remote.delete(path, { status: [204, 404, 405] });
    if (reply.status !== 204) return "";
    this.touched.set(m.contact_id, "archived");
    this.tell("unsubscribe", { action: "delete", reason: "manual", email: m.email_address });
    return `there: archive ${m.email_address}`;
  }

  private async deleteThere(): Promise<string> {
    const m = await this.someMember((x) => !this.secrets.has(x.contact_id));
    if (!m) return "";
    const path = `${this.sides.list}/members/${m.id}/actions/delete-permanent`;
    const reply = await this.remote.post(path, undefined, { status: [204, 404] });
    if (reply.status !== 204) return "";
    this.gone.add(m.email_address);
    this.touched.set(m.contact_id, "deleted");
    this.tell("unsubscribe", { action: "delete", reason: "manual", email: m.email_address });
    return `there: delete ${m.email_address}`;
  }

  private async renameThere(): Promise<string> {
    /* whom the bridge has just added is lost to it if it cannot know their id yet */
    const m = await this.someMember((x) => x.status === "subscribed" &&
      (this.learned.has(x.contact_id) || this.outsiders.has(x.contact_id)));
    if (!m) return "";
    const to = this.address();
    const people = await this.holders(m.email_address);
    if ((await this.patchThere(m, { email_address: to })) !== 200) return "";
    if (people.length === 0) this.outsiders.add(m.contact_id); // theirs from now on
    this.link([m.email_address, to]);
    /* where a contact was that the bridge did not see there, it cannot know */
    const isKnown = this.learned.has(m.contact_id) && !this.owners.has(m.contact_id);
    const seen = isKnown ? people : [];
    const owners = seen.map((id) => ({ id, address: m.email_address }));
    this.owners.set(m.contact_id, [...owners, ...(this.owners.get(m.contact_id) ?? [])]);
    this.tell("upemail", { new_email: to, old_email: m.email_address });
    return `there: rename ${m.email_address} to ${to}`;
  }

  private async subscribeThere(): Promise<string> {
    const email_address = this.address();
    const reply = await this.remote.post(`${this.sides.list}/members`,
      { email_address, status: "subscribed" }, { status: [200, 400] });
    if (reply.status !== 200) return "";
    this.outsiders.add(reply.body.contact_id);
    this.touched.delete(reply.body.contact_id);
    return `there: subscribe ${email_address}`;
  }

  /* --- what must be true --- */

  private async check(): Promise<void> {
    const people = await this.people();
    const members = await this.members();
    this.parked = (await this.crm.get(`${v1}/sync/parked`, { limit: 1000 })).body.items;
    const bad: string[] = [];
    const at = new Map(members.map((m) => [m.email_address, m]));
    const having = (address: string) =>
      people.filter((p) => p.emails.some((e: Json) => e.address === address));
    const mayGetMail = (m: Json | undefined) =>
      m !== undefined && ["subscribed", "pending"].includes(m.status);

    const outIds = new Set([...this.out].map((id) => this.survivor(id)));
    const outRoots = new Set([...this.saidOut].map((a) => this.root(a)));
    for (const p of people) {
      const told = `${p.id} ${p.emails.map((e: Json) => e.address)}`;
      if (p.opted_out)
        for (const e of p.emails)
          if (mayGetMail(at.get(e.address)))
            bad.push(`${told} is opted out, ${e.address} is subscribed`);
      if (outIds.has(p.id) && !p.opted_out && !this.parked.some((x) => x.person_id === p.id))
        bad.push(`the opt-out of ${told} is lost`);
      if (p.opted_out && !outIds.has(p.id) && this.everHad(p).length > 0 &&
          !this.everHad(p).some((a) => outRoots.has(this.root(a))))
        bad.push(`${told} never said that they are opted out`);
    }
    for (const m of members) {
      if (!mayGetMail(m)) continue;
      const done = this.touched.get(m.contact_id);
      if (done) bad.push(`${m.email_address} was ${done} and is subscribed again`);
      if (having(m.email_address).length === 0 && !this.outsiders.has(m.contact_id) &&
          !this.parked.some((x) => x.error.includes(m.email_address)))
        bad.push(`${m.email_address} is subscribed and nobody has it`);
      if (m.tags.length > 0 && !people.some((p) => p.email === m.email_address))
        bad.push(`${m.email_address} has a tag and is not in the group`);
    }
    for (const p of people) {
      const e = p.emails.find((x: Json) => x.marketing);
      if (!e || p.opted_out || e.held || having(e.address).some((q) => q.opted_out)) continue;
      if (this.gone.has(e.address)) continue;
      const m = at.get(e.address);
      if (m && this.touched.has(m.contact_id)) continue;
      /* opted out here, and in again: only they can subscribe again there */
      if (m?.status === "unsubscribed" && outRoots.has(this.root(e.address))) continue;
      if (m?.status !== "subscribed")
        bad.push(`${p.id} ${e.address} did not arrive: ${m?.status}`);
      else if (m.tags.length !== 1 || m.tags[0].name !== this.group.name)
        bad.push(`${p.id} ${e.address} has tags ${JSON.stringify(m.tags)}`);
    }
    const { body: segments } = await this.remote.get(`${this.sides.list}/segments`, { count: 1000 });
    const ours = segments.segments.filter((s: Json) => s.name.includes(`${this.group.name}`) &&
      !/\d/.test(s.name.slice(this.group.name.length, this.group.name.length + 1)));
    if (ours.length !== 1) bad.push(`tags: ${ours.map((s: Json) => s.name)}`);
    const { body: jobs } = await this.crm.get(`${v1}/jobs`, { limit: 200 });
    for (const job of jobs.items)
      if (job.state === "failed") bad.push(`job ${job.kind} failed: ${job.error}`);
    if (bad.length > 0) this.told.push(...(await this.picture(people, members)));
    assert.deepEqual(bad, []);
  }

  /** What both sides are at the end, for whoever looks for the fault. */
  private async picture(people: Json[], members: Json[]): Promise<string[]> {
    const lines = ["", "at the end:"];
    for (const p of people)
      lines.push(`person ${p.id} ${JSON.stringify(p.emails.map((e: Json) => e.address))}` +
        `${p.opted_out ? " opted out" : ""}`);
    for (const m of members)
      lines.push(`member ${m.email_address} ${m.status} ${m.contact_id.slice(0, 6)} ` +
        `${m.last_changed} ${m.source} ${m.unsubscribe_reason ?? ""}`);
    for (const x of this.parked) lines.push(`parked ${JSON.stringify(x)}`);
    const { body: pushes } = await this.crm.get(`${v1}/groups/${this.group.id}/pushes`);
    for (const push of pushes.items.slice(0, 2))
      for (const row of (await this.crm.get(`${v1}/pushes/${push.id}/rows`)).body.items)
        lines.push(`push ${push.id}: ${JSON.stringify(row)}`);
    return [...lines, "calls:", ...this.sides.proxy.calls];
  }
}
