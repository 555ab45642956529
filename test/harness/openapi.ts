/**
 * Each reply is checked against the description that the server itself gives
 * (GET /api/v1/openapi.json and /3.0/openapi.json), and each endpoint that was
 * called is written down; check_endpoints.ts fails for those nobody called.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>;
}
export interface Document {
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components?: unknown;
}

interface Endpoint {
  name: string; // "GET /api/v1/people/{person_id}"
  method: string;
  pattern: RegExp;
  parameters: number;
  pointer: string; // of the operation in the document
  operation: Operation;
}

const called = new Set<string>();
const known = new Set<string>();

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** What replies are held against: of a document of megabytes, a part that is read in a moment. */
function replies({ paths, components }: Document): object {
  const responses = (item: Record<string, Operation>) =>
    Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, { responses: operation.responses }]));
  return { components, paths: Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, responses(item)])) };
}

const LIST_ENDS = 50;

/** Of a list of thousands, whose items are alike, both ends are enough. */
function withShortLists(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const short = (value: unknown) =>
    Array.isArray(value) && value.length > 2 * LIST_ENDS ? [...value.slice(0, LIST_ENDS), ...value.slice(-LIST_ENDS)] : value;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, short(value)]));
}

function pointerPart(text: string): string {
  return encodeURIComponent(text.replaceAll("~", "~0").replaceAll("/", "~1"));
}

/** What is wrong with a reply, or undefined. */
export type Fault = string | undefined;

export class Description {
  readonly prefix: string;
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  private readonly endpoints: Endpoint[] = [];
  private readonly validators = new Map<string, ValidateFunction>();

  /** isOurs: it tells of all that there is. */
  constructor(document: Document, private readonly isOurs = true) {
    addFormats.default(this.ajv);
    this.prefix = document.servers[0]!.url;
    this.ajv.addSchema(replies(document), "openapi");
    for (const [path, item] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(item))
        this.addEndpoint(path, method, operation);
    // /people/export comes before /people/{person_id}
    this.endpoints.sort((a, b) => a.parameters - b.parameters);
  }

  private addEndpoint(path: string, method: string, operation: Operation): void {
    const whole = path === "/" ? this.prefix : this.prefix + path;
    const parts = whole.split(/\{\w+\}/);
    const endpoint = {
      name: `${method.toUpperCase()} ${whole}`,
      method: method.toUpperCase(),
      pattern: new RegExp(`^${parts.map(escape).join("[^/]+")}/?$`),
      parameters: parts.length - 1,
      pointer: `#/paths/${pointerPart(path)}/${method}`,
      operation,
    };
    if (this.isOurs) known.add(endpoint.name);
    this.endpoints.push(endpoint);
  }

  private validator(endpoint: Endpoint, status: string, type: string): ValidateFunction {
    const pointer =
      `openapi${endpoint.pointer}/responses/${status}` + `/content/${pointerPart(type)}/schema`;
    let validate = this.validators.get(pointer);
    if (!validate) {
      validate = this.ajv.compile({ $ref: pointer });
      this.validators.set(pointer, validate);
    }
    return validate;
  }

  /**
   * Checks a reply and remembers that its endpoint was called. A partial reply
   * was asked for with `fields` or `exclude_fields`: it may lack anything.
   */
  check(
    method: string,
    path: string,
    status: number,
    type: string,
    body: unknown,
    isPartial = false,
  ): Fault {
    const endpoint = this.endpoints.find((e) => e.method === method && e.pattern.test(path));
    if (!endpoint)
      return status < 400 && this.isOurs ? `${method} ${path} is not described` : undefined;
    if (status !== 404 || endpoint.parameters > 0) called.add(endpoint.name);
    if (status >= 400) return this.checkProblem(endpoint, status, type, body);
    const reply = endpoint.operation.responses[String(status)];
    if (!reply) return `${endpoint.name} answers ${status}, which is not described`;
    const types = Object.keys(reply.content ?? {});
    if (types.length === 0) return body === undefined ? undefined : `${endpoint.name}: a body`;
    if (!types.includes(type)) return `${endpoint.name} answers ${type}, not ${types.join()}`;
    if (type !== "application/json") return undefined;
    const validate = this.validator(endpoint, String(status), type);
    if (validate(withShortLists(body))) return undefined;
    const errors = validate.errors!.filter((error) => !isPartial || error.keyword !== "required");
    if (errors.length === 0) return undefined;
    return (
      `${endpoint.name} answers ${status} not as described: ` +
      `${this.ajv.errorsText(errors)}\n${JSON.stringify(body, null, 1).slice(0, 3000)}`
    );
  }

  private checkProblem(endpoint: Endpoint, status: number, type: string, body: unknown): Fault {
    const described = endpoint.operation.responses[String(status)];
    if (described?.content?.[type]) return undefined; // an answer of its own
    if (type !== "application/problem+json")
      return `${endpoint.name} answers ${status} with ${type || "no type"}`;
    const problem = body as { status?: unknown; title?: unknown; detail?: unknown };
    if (problem.status === status && typeof problem.title === "string" &&
        typeof problem.detail === "string")
      return undefined;
    return `${endpoint.name}: an odd problem: ${JSON.stringify(body)}`;
  }
}

process.on("exit", () => {
  const folder = process.env.MUSTER_TEST_CALLS;
  if (!folder || known.size === 0) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${process.pid}.json`),
    JSON.stringify({ known: [...known], called: [...called] }),
  );
});
