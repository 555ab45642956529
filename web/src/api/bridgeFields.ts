/** Which fields the audience has, as the bridge read them last, and which field of people goes into each. */
import { useQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from './client.ts';
import { may, useMe } from './session.ts';

type BridgeFields = Schemas['BridgeFields'];

export const BRIDGE_FIELDS = ['bridge', 'fields'] as const;

const NOT_READ_MS = 2_000;

/** Until something was pushed, nobody has asked the audience: who may has it asked, and sees what it says. */
export function useBridgeFields<T>(select: (fields: BridgeFields) => T, isWanted = true) {
  const mayRead = may(useMe(), 'market');
  return useQuery({
    queryKey: BRIDGE_FIELDS,
    enabled: isWanted,
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const known = await call(api.GET('/bridge/fields', { signal }));
      if (known.read_at === null && mayRead) await call(api.POST('/bridge/fields/read', { body: {} }));
      return known;
    },
    refetchInterval: ({ state }) => (state.data?.read_at === null && mayRead ? NOT_READ_MS : false),
    select,
  });
}
