/** Who is signed in. */
import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from './client.ts';
import { setSession } from './signedIn.ts';

export type Me = Schemas['Me'];

export const meQuery = queryOptions({
  queryKey: ['me'],
  staleTime: Infinity,
  retry: false,
  queryFn: async ({ signal }) => {
    const me = await call(api.GET('/me', { signal }));
    setSession(me);
    return me;
  },
});

/** Only below the shell, where somebody is signed in. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export type Right = 'write' | 'market' | 'send' | 'admin';

/** As src/http/router.h has it: what is not allowed is not offered. */
export function may(me: Me, right: Right): boolean {
  if (me.role === 'administrator' || right === 'write') return true;
  if (right === 'market') return me.role === 'manager';
  return right === 'send' && me.may_send;
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => call(api.POST('/session', { body })),
    onSuccess: (session) => {
      setSession(session);
      queries.clear();
    },
  });
}

/** After the session ended: the same user goes on, and all stays as it is. */
export function useSignInAgain() {
  const { email } = useMe();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (password: string) => call(api.POST('/session', { body: { email: email ?? '', password } })),
    onSuccess: (session) => {
      setSession(session);
      return queries.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE('/session')),
    onSettled: () => {
      setSession(null);
      // not who is signed in, which the page asks for until it has gone
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
      location.assign('/sign-in');
    },
  });
}
