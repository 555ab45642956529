/** The only way to the server: typed by its own OpenAPI documents. */
import createClient from 'openapi-fetch';
import type { components as marketing, paths as marketingPaths } from './marketing.d.ts';
import { once } from './once.ts';
import { Problem } from './problem.ts';
import { csrfHeaders, isSignedInAgain } from './signedIn.ts';
import type { components, paths } from './schema.d.ts';
import { telling } from './told.ts';

export type Schemas = components['schemas'];
/** Of the Marketing API. */
export type Marketing = marketing['schemas'];

const TOKEN = 'X-CSRF-Token';

function withToken(request: Request): Request {
  if (request.method !== 'GET') for (const [name, value] of Object.entries(csrfHeaders())) request.headers.set(name, value);
  return request;
}

async function steadyFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(withToken(request));
  const isSigningIn = request.url.endsWith('/session');
  if (isSigningIn || !(await isSignedInAgain(response.status, request.headers.get(TOKEN)))) return response;
  return fetch(withToken(again));
}

export const api = createClient<paths>({ baseUrl: '/api/v1', fetch: (request) => once(request, steadyFetch) });

/** The Marketing API, which has the audience: a session may use it, too. */
export const mc = createClient<marketingPaths>({ baseUrl: '/3.0', fetch: (request) => once(request, steadyFetch) });

api.use(telling);

interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** For `params.header`: a change is of what was seen, whose ETag that is. */
export function ifMatch(etag: string | null | undefined): { 'If-Match'?: string } {
  return etag ? { 'If-Match': etag } : {};
}

/** What the server answered; throws a Problem. */
export async function call<T>(asked: Promise<Reply<T>>): Promise<T> {
  return (await callWhole(asked)).data;
}

/** The same, with the ETag for a later If-Match. */
export async function callWhole<T>(asked: Promise<Reply<T>>): Promise<{ data: T; etag: string | null }> {
  let reply: Reply<T>;
  try {
    reply = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, error instanceof Error ? error.message : String(error));
  }
  if (!reply.response.ok) throw Problem.of(reply.response, reply.error);
  return { data: reply.data as T, etag: reply.response.headers.get('ETag') };
}
