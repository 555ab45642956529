/** The first steps, and how far they are. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client.ts';
import { setSession } from '../../api/signedIn.ts';
import { meQuery } from '../../api/session.ts';

export type SetupSteps = Schemas['SetupSteps'];

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => call(api.GET('/setup/steps', { signal })),
});

/** Does the one-time link still work? A Problem of status 403: no. */
export const setupLinkQuery = (token: string) =>
  queryOptions({
    queryKey: ['setup-link', token],
    queryFn: async ({ signal }) => {
      await call(api.POST('/setup/check', { body: { token }, signal }));
      return true;
    },
  });

/** Makes the first administrator, who is signed in by that. */
export function useTakeServer() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { token: string; name: string; email: string; password: string }) => call(api.POST('/setup', { body })),
    onSuccess: (session) => {
      setSession(session);
      return queries.fetchQuery({ ...meQuery, staleTime: 0 });
    },
  });
}

export function useSetupSteps() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<SetupSteps>) => call(api.PATCH('/setup/steps', { body })),
    onSuccess: (steps) => queries.setQueryData(setupQuery.queryKey, steps),
  });
}
