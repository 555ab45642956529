/** Settings, relay, users, demo data: everything that these pages ask for. */
import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { api, call, callWhole, ifMatch, type Schemas } from '../../api/client.ts';
import { setupQuery } from '../setup/queries.ts';

export type Settings = Schemas['Settings'];
export type RelayInput = Schemas['RelayInput'];
export type RelayReport = Schemas['RelayTest'];
export type User = Schemas['User'];
export type UserInput = Schemas['UserInput'];
export type Demo = Schemas['Demo'];
export type App = Schemas['OauthApp'];

export interface Versioned<T> {
  data: T;
  etag: string | null;
}

const DEMO_LOOK_MS = 1000;

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => callWhole(api.GET('/settings', { signal })),
});

type SettingsInput = Partial<Pick<Settings, 'organisation' | 'postal_address' | 'sender_name' | 'sender_email' | 'mail_language' | 'timezone'>> & { relay?: RelayInput };

/** Saves, and lets every page know; throws a Problem. */
export async function saveSettings(queries: QueryClient, body: SettingsInput, etag: string | null): Promise<Versioned<Settings>> {
  const saved = await callWhole(api.PATCH('/settings', { params: { header: ifMatch(etag) }, body }));
  queries.setQueryData(settingsQuery.queryKey, saved);
  await queries.invalidateQueries({ queryKey: setupQuery.queryKey });
  return saved;
}

/** As they are now, whatever is in the cache. */
export function reloadSettings(queries: QueryClient): Promise<Versioned<Settings>> {
  return queries.fetchQuery({ ...settingsQuery, staleTime: 0 });
}

/** What is added to mails, by language. */
const footersQuery = queryOptions({
  queryKey: ['settings', 'footers'],
  queryFn: ({ signal }) => call(api.GET('/settings/footers', { signal })),
  staleTime: Infinity,
});

/** Of a mail in this language ('de-AT' is German); English where there is none. */
export function useFooter(language: string) {
  const footers = useQuery(footersQuery).data?.items;
  const primary = language.split('-')[0];
  return footers?.find((one) => one.language === primary) ?? footers?.find((one) => one.language === 'en');
}

export function useRelayTest() {
  return useMutation({
    mutationFn: (body: { to: string; relay?: RelayInput }) => call(api.POST('/settings/relay/test', { body })),
  });
}

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => call(api.GET('/users', { signal })),
});

/** One user as it is now, with what a change must name. */
export function loadUser(id: number): Promise<Versioned<User>> {
  return callWhole(api.GET('/users/{user_id}', { params: { path: { user_id: String(id) } } }));
}

export interface UserChange {
  id: number | null;
  etag: string | null;
  body: UserInput;
}

/** id null: a new one. */
export function useSaveUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, etag, body }: UserChange) =>
      id === null
        ? call(api.POST('/users', { body }))
        : call(api.PATCH('/users/{user_id}', { params: { path: { user_id: String(id) }, header: ifMatch(etag) }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
}

export function useRemoveUser() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call(api.DELETE('/users/{user_id}', { params: { path: { user_id: String(id) } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
}

export const appsQuery = queryOptions({
  queryKey: ['apps'],
  queryFn: ({ signal }) => call(api.GET('/oauth-apps', { signal })),
});

/** Answers its secret, this once. */
export function useAddApp() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; redirect_uri: string }) => call(api.POST('/oauth-apps', { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: appsQuery.queryKey }),
  });
}

export function useRemoveApp() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => call(api.DELETE('/oauth-apps/{app_id}', { params: { path: { app_id: String(id) } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: appsQuery.queryKey }),
  });
}

export const demoQuery = queryOptions({
  queryKey: ['demo'],
  queryFn: ({ signal }) => call(api.GET('/demo', { signal })),
  refetchInterval: ({ state }) => (state.data?.job_id ? DEMO_LOOK_MS : false),
});

export function useMakeDemo() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.POST('/demo')),
    onSettled: () => queries.invalidateQueries({ queryKey: demoQuery.queryKey }),
  });
}

export function useRemoveDemo() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE('/demo')),
    onSettled: () => queries.invalidateQueries({ queryKey: demoQuery.queryKey }),
  });
}
