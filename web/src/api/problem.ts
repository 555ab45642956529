/** What went wrong, as the server says it (RFC 9457), or because it was not reached. */
import { capital, serverText } from './serverText.ts';

export interface FieldProblem {
  field: string;
  message: string;
}

/** Not reached, or it is said by what stands before the server; no database; no room. */
const PASSING = [0, 502, 503, 504, 507];
const CHANGED_MEANWHILE = 412;

export class Problem extends Error {
  /** HTTP status; 0: the server was not reached. */
  readonly status: number;
  readonly fields: FieldProblem[];
  /** Of the request, for whoever reads the server's log. */
  readonly requestId: string | null;
  /** All that the server said: some problems have more to tell. */
  readonly body: unknown;

  constructor(status: number, text: string, fields: FieldProblem[] = [], requestId: string | null = null, body: unknown = null) {
    super(text);
    this.name = 'Problem';
    this.status = status;
    this.fields = fields;
    this.requestId = requestId;
    this.body = body;
  }

  get isOffline(): boolean {
    return this.status === 0;
  }

  /** Somebody else changed it since it was read. */
  get isMeanwhile(): boolean {
    return this.status === CHANGED_MEANWHILE;
  }

  /** Worth trying again: nothing was wrong with what was asked. */
  get isPassing(): boolean {
    return PASSING.includes(this.status);
  }

  /** The server's own, which its log explains. */
  get isFault(): boolean {
    return this.status >= 500 && !this.isPassing;
  }

  /** What is said of one field of a form. */
  of(field: string): string | undefined {
    return this.fields.find((problem) => problem.field === field)?.message;
  }

  static of(response: Pick<Response, 'status' | 'statusText' | 'headers'>, body: unknown): Problem {
    const said = (typeof body === 'object' && body !== null ? body : {}) as {
      detail?: string;
      title?: string;
      errors?: FieldProblem[];
    };
    return new Problem(
      response.status,
      serverText(said.detail ?? said.title ?? response.statusText),
      (said.errors ?? []).map(({ field, message }) => ({ field, message: capital(serverText(message)) })),
      response.headers.get('X-Request-Id'),
      body,
    );
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(500, error instanceof Error ? error.message : String(error));
}
