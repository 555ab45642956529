/**
 * Debian's Chromium before a real server: its shell without windows, as each
 * window of the whole program loads tabs and side panels, and takes twice the
 * time of the processor.
 *
 *     describe("people", () => {
 *       const server = useServer();
 *       const browser = useBrowser(server);
 *       it("are found by name", async () => {
 *         const page = await browser.signIn("manager");
 *         await page.goto("/people");
 *         await page.getByRole("searchbox").fill("Ada");
 *         await checkAccessible(page);
 *       });
 *     });
 *
 * What a page writes to the console as an error, an exception that nobody
 * caught, and a breach of the content security policy fail the test. Nothing
 * sleeps: Playwright waits until what it looks for is there.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, before } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Download, type Page, type PageScreenshotOptions, type Route } from "playwright-core";
import type { Role, Server } from "../harness/index.js";

/** Where pictures go: a look at each screen is part of a review. */
export const pictures = resolve(dirname(fileURLToPath(import.meta.url)), "../../checks/pictures");

export const PASSWORD = "correct horse battery staple";
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const dark: BrowserContextOptions = { colorScheme: "dark" };
export const german: BrowserContextOptions = { locale: "de-DE" };

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** For machines that are busy with other tests. */
const PATIENCE_MS = 30_000;

export class Surfer {
  private browser: Browser | undefined;
  private contexts: BrowserContext[] = [];
  private users = 0;
  readonly troubles: string[] = [];
  private allowed: RegExp[] = [];

  constructor(private readonly server: Server) {}

  async start(): Promise<void> {
    this.browser = await chromium.launch({
      executablePath: process.env.MUSTER_TEST_CHROMIUM ?? "/usr/bin/chromium-headless-shell", args: ARGUMENTS,
    });
  }

  /** An error of the console that the test is about, such as a 409. */
  allow(pattern: RegExp): void {
    this.allowed.push(pattern);
  }

  /** A window of somebody who is not signed in: own cookies, own storage. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser!.newContext({
      baseURL: this.server.url, locale: "en-GB", timezoneId: "UTC", viewport: { width: 1280, height: 800 }, ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    this.contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.troubles.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      const text = `${message.type()}: ${message.text()}`;
      if (message.type() === "error" && !this.allowed.some((known) => known.test(text))) this.troubles.push(text);
    });
    return page;
  }

  /**
   * A window of a new user, who has signed in, and shows nothing yet: the test says where they go first. How it is
   * done with the form is session.test.ts'.
   */
  async signIn(role: Role, options: BrowserContextOptions = {}, maySend = role === "administrator"): Promise<Page> {
    const email = `${role}${++this.users}@example.org`;
    await this.server.admin.post("/api/v1/users",
      { email, name: `${role} ${this.users}`, role, may_send: maySend, password: PASSWORD }, { status: 201 });
    const session = await this.server.anonymous.post("/api/v1/session", { email, password: PASSWORD });
    const page = await this.open(options);
    this.allow(/401 \(Unauthorized\)/); // "who am I?", once the session has ended
    await page.context().addCookies(session.headers.getSetCookie().map((line) => {
      const [name, value] = line.split(";")[0]!.split("=");
      return { name: name!, value: value!, url: this.server.url };
    }));
    return page;
  }

  async settle(): Promise<void> {
    for (const context of this.contexts.splice(0)) {
      // who is answering a request that a page repeats must not meet one that is gone
      for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" });
      await context.close();
    }
    const troubles = this.troubles.splice(0);
    this.allowed = [];
    assert.deepEqual(troubles, [], "the console says");
  }

  async stop(): Promise<void> {
    await this.browser?.close();
  }
}

/** The first room; not "/", which sends administrators of a new server to the set-up. */
export async function enter(page: Page): Promise<void> {
  await page.goto("/people");
  await page.locator("nav").waitFor({ state: "attached" });
}

/** One browser a suite; windows are closed after each test. */
export function useBrowser(server: Server): Surfer {
  const surfer = new Surfer(server);
  before(() => surfer.start());
  afterEach(() => surfer.settle());
  server.ends.push(() => surfer.stop());
  return surfer;
}

type RunOnly = Parameters<AxeBuilder["options"]>[0]["runOnly"];
const RULES: RunOnly = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** In the dark only the colours are others. */
const RULES_IN_THE_DARK: RunOnly = { type: "rule", values: ["color-contrast"] };

/** A theme that has just been changed fades; the sign of a running job never ends. */
const HOLDS_STILL = `(async () => {
  for (let still = 0; still < 3; still++) {
    await new Promise(requestAnimationFrame); // a fade begins a frame or two after its cause
    const moving = document.getAnimations().filter((a) => a.playState === "running" && Number.isFinite(a.effect.getComputedTiming().endTime));
    if (moving.length > 0) still = -1;
    await Promise.all(moving.map((a) => a.finished.catch(() => null)));
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
})()`;

/**
 * axe finds nothing, as WCAG 2.2 AA asks. Fails with what it found and where.
 * The legacy mode does without a second window, which takes longer than axe
 * itself, and without an answer of a sandboxed mail, which takes no script.
 */
export async function checkAccessible(page: Page): Promise<void> {
  const isDark = await page.evaluate(HOLDS_STILL);
  const found = await new AxeBuilder({ page }).setLegacyMode(true)
    .options({ resultTypes: ["violations"], runOnly: isDark ? RULES_IN_THE_DARK : RULES }).analyze();
  const told = found.violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.map((n) => `${n.html}\n    ${n.failureSummary}`).join("\n  ")}`);
  assert.equal(told.join("\n"), "");
}

/**
 * Answers what the page asks for, as page.route() does, from now on: that
 * returns before Chromium heeds it, and a busy one let one request in three
 * hundred pass.
 */
export async function intercept(page: Page, url: string | RegExp, handler: (route: Route) => unknown): Promise<void> {
  await page.route(url, handler);
  if (page.url() === "about:blank") return; // heeded before a page is there
  await page.route(/[?]is-heeded$/, (route) => route.fulfill({ status: 204 }));
  await page.evaluate(`(async () => {
    while ((await fetch("/?is-heeded")).status !== 204);
  })()`);
}

export async function textOf(download: Download): Promise<string> {
  let text = "";
  for await (const part of await download.createReadStream()) text += String(part);
  return text;
}

/** A picture for the review, build/checks/pictures/NAME.png, where somebody asked for them: it takes a tenth of the time. */
export async function picture(page: Page, name: string, options: PageScreenshotOptions = {}): Promise<void> {
  if (!process.env.MUSTER_TEST_PICTURES) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ ...options, path: join(pictures, `${name}.png`) });
}

/**
 * What a narrow screen cuts: a page or a box that is wider than it shows,
 * unless it scrolls and is seen to, and a control whose text does not fit. An
 * ellipsis says that there is more, but not in a control: nobody can act on
 * half a word.
 */
const CUT = `(() => {
  const told = [];
  const controls = 'button, a[role="button"], [role="combobox"], [role="tab"], [role="radiogroup"] label, [role="menuitem"], input, select, .mantine-Chip-label';
  const page = document.scrollingElement;
  const name = (el) => '<' + el.tagName.toLowerCase() + ' class="' + String(el.className).slice(0, 60) + '"> ' + (el.value || el.placeholder || el.textContent || '').trim().slice(0, 60);
  if (page.scrollWidth > page.clientWidth + 1) told.push('the page is ' + page.scrollWidth + ' px wide');
  const textWidth = (input) => {
    const style = getComputedStyle(input);
    const pen = document.body.appendChild(document.createElement('span')); // tabular figures have no short form that a canvas takes
    pen.style.cssText = 'position: absolute; visibility: hidden; white-space: pre';
    for (const one of ['fontFamily', 'fontSize', 'fontWeight', 'letterSpacing']) pen.style[one] = style[one];
    pen.textContent = input.value || input.placeholder;
    const text = pen.getBoundingClientRect().width;
    pen.remove();
    return { text,
      room: input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) };
  };
  const isHinted = (el) => el.offsetHeight - el.clientHeight > 8 ||
    [...(el.parentElement?.querySelectorAll('[data-orientation="horizontal"]') ?? [])].some((bar) => bar.checkVisibility());
  for (const el of document.body.querySelectorAll('*')) {
    if (el.closest('svg, [aria-hidden="true"]') || !el.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const { width, height } = el.getBoundingClientRect();
    if (width <= 2 || height <= 2) continue; // for who hears it
    const isControl = el.closest(controls) !== null;
    if (el.matches('input:not([type=checkbox], [type=radio], [type=file]), select') && (el.readOnly || !el.value || el.getAttribute('role') === 'combobox' || el.matches('select'))) {
      const { text, room } = textWidth(el);
      if (text > room + 1) told.push('text is cut: ' + name(el) + ' ' + Math.round(text) + ' in ' + Math.round(room) + ' px');
      continue;
    }
    if (el.scrollWidth <= el.clientWidth + 1 || el.matches('input, textarea')) continue;
    if (el.matches('th, th button')) told.push('head is cut: ' + name(el) + ' ' + el.scrollWidth + ' in ' + el.clientWidth + ' px');
    const style = getComputedStyle(el);
    if (style.overflowX === 'visible' || style.display === 'inline') continue;
    if (style.overflowX === 'auto' || style.overflowX === 'scroll') {
      if (!isHinted(el)) told.push('scrolls unseen: ' + name(el) + ' ' + el.scrollWidth + ' in ' + el.clientWidth + ' px');
    } else if (isControl) told.push('text is cut: ' + name(el) + ' ' + el.scrollWidth + ' in ' + el.clientWidth + ' px');
    else if (style.textOverflow !== 'ellipsis') told.push('is cut: ' + name(el) + ' ' + el.scrollWidth + ' in ' + el.clientWidth + ' px');
  }
  return told;
})()`;

/** Nothing of what is shown is cut. */
export async function checkNothingCut(page: Page, what: string): Promise<void> {
  await page.evaluate(HOLDS_STILL);
  assert.deepEqual(await cutOn(page), [], what);
}

async function cutOn(page: Page): Promise<string[]> {
  return (await page.evaluate(CUT)) as string[];
}
