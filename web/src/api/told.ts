/**
 * Where the server's own words stand in what it answers: those are put in the
 * reader's language as they come in. Problems do the same (problem.ts); what
 * people wrote is left alone.
 */
import type { Middleware } from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';
import { serverText } from './serverText.ts';

type Schemas = components['schemas'];
interface List<T> {
  items: T[];
}

function say<T extends object>(said: T | null | undefined, ...members: (keyof T)[]): void {
  if (!said) return;
  for (const member of members) {
    const text: unknown = said[member];
    if (typeof text === 'string') Object.assign(said, { [member]: serverText(text) });
  }
}

function check({ items, links, domain }: Schemas['CampaignCheck']): void {
  items.forEach((item) => say(item, 'heading', 'details'));
  links.forEach((link) => say(link, 'problem'));
  if (domain) Object.values(domain).forEach((fact) => say(fact, 'about'));
}

function job(one: Schemas['Job']): void {
  const result = one.result as { question?: string; refused?: { why: string }[] } | null;
  say(one, 'error');
  say(result, 'question');
  if (one.kind === 'campaign-check' && result) check(result as unknown as Schemas['CampaignCheck']);
  if (Array.isArray(result?.refused)) result.refused.forEach((refused) => say(refused, 'why'));
}

function campaign(one: Schemas['Campaign']): void {
  say(one.hold, 'detail');
}

function timeline({ items }: List<Schemas['TimelineEntry']>): void {
  for (const entry of items) if (entry.type === 'consent') say(entry, 'title', 'body');
}

function restore(one: Schemas['Restore']): void {
  say(one, 'because', 'journal_trouble');
}

/** Labels of people's own companies' fields begin with a word of the server; what somebody called a field does not. */
function fields({ items }: List<Schemas['FieldInfo']>): void {
  for (const field of items) if (field.name.startsWith('company.')) say(field, 'label');
}

/** Of a list each; what is made at the list's address is answered alone. */
function each<T extends object>(tell: (one: T) => void) {
  return (body: List<T> | T) => ('items' in body ? (body as List<T>).items.forEach(tell) : tell(body));
}

function list<T extends object>(...members: (keyof T)[]) {
  return each<T>((item) => say(item, ...members));
}

type Tell = (body: never) => void;

/** By path, whatever the method. */
const told: Partial<Record<keyof paths, Tell>> = {
  '/jobs': each(job),
  '/jobs/{job_id}': job,
  '/imports': list<Schemas['Import']>('error'),
  '/imports/{import_id}': (one: Schemas['Import']) => say(one, 'error'),
  '/imports/{import_id}/refusals': list<Schemas['ImportRefusal']>('detail'),
  '/settings/relay/test': (report: Schemas['RelayTest']) => {
    say(report, 'text');
    report.steps = report.steps.map(serverText);
  },
  '/restore': restore,
  '/restore/confirm': restore,
  '/people/fields': fields,
  '/people/{record_id}/consent': list<Schemas['Consent']>('reason'),
  '/leads/{record_id}/consent': list<Schemas['Consent']>('reason'),
  '/companies/{record_id}/consent': list<Schemas['Consent']>('reason'),
  '/people/{record_id}/timeline': timeline,
  '/leads/{record_id}/timeline': timeline,
  '/companies/{record_id}/timeline': timeline,
  '/suppressions': list<{ effect: string }>('effect'),
  '/campaigns': each(campaign),
  '/campaigns/{campaign_id}': campaign,
  '/campaigns/{campaign_id}/checklist': list<{ heading: string; details: string }>('heading', 'details'),
  '/campaigns/{campaign_id}/recipients': list<Schemas['Recipient']>('detail'),
  '/pushes/{push_id}/rows': list<Schemas['PushRow']>('detail'),
  '/sync/parked': list<Schemas['Parked']>('error'),
};

/** In place, and returned for convenience. */
export function inReadersLanguage(path: string, body: unknown): unknown {
  const tell = told[path as keyof paths] as ((body: unknown) => void) | undefined;
  if (typeof body === 'object' && body !== null) tell?.(body);
  return body;
}

export const telling: Middleware = {
  async onResponse({ schemaPath, response }) {
    const isTold = schemaPath in told && response.ok && response.headers.get('Content-Type')?.includes('json');
    if (!isTold) return undefined;
    const body = inReadersLanguage(schemaPath, await response.json());
    const { status, statusText, headers } = response;
    return new Response(JSON.stringify(body), { status, statusText, headers });
  },
};
