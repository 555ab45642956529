/** A file as the body of a request, with progress (fetch cannot tell it). */
import { Problem } from './problem.ts';
import { csrfHeaders, isSignedInAgain } from './signedIn.ts';

interface Upload {
  /** Below /api/v1. */
  path: string;
  query: Record<string, string | undefined>;
  file: Blob;
  /** What it is; CSV if left out. */
  type?: string;
  signal?: AbortSignal;
  /** Of the file, 0 to 1. */
  onProgress?: (part: number) => void;
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Answer {
  status: number;
  statusText: string;
  headers: Headers;
  body: unknown;
}

function send({ path, query, file, type = 'text/csv', signal, onProgress }: Upload, token: Record<string, string>): Promise<Answer> {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.open('POST', `/api/v1${path}?${new URLSearchParams(given)}`);
    request.setRequestHeader('Content-Type', type || 'application/octet-stream');
    for (const [name, value] of Object.entries(token)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => {
      const headers = new Headers({ 'X-Request-Id': request.getResponseHeader('X-Request-Id') ?? '' });
      resolve({ status: request.status, statusText: request.statusText, headers, body: bodyOf(request.responseText) });
    };
    request.onerror = () => reject(new Problem(0, 'the connection broke'));
    request.onabort = () => reject(new DOMException('', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** What the server answered; throws a Problem. */
export async function upload<T>(what: Upload): Promise<T> {
  const token = csrfHeaders();
  let answer = await send(what, token);
  if (await isSignedInAgain(answer.status, Object.values(token)[0] ?? null)) answer = await send(what, csrfHeaders());
  if (answer.status >= 300) throw Problem.of(answer, answer.body);
  return answer.body as T;
}
