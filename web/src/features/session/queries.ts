/** One's own name, address and password. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call } from '../../api/client.ts';
import { setSession } from '../../api/signedIn.ts';
import { meQuery } from '../../api/session.ts';

export interface ProfileChange {
  name?: string;
  email?: string;
  password?: string;
  current_password?: string;
}

export function useSaveProfile() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ProfileChange) => call(api.PATCH('/me', { body })),
    onSuccess: (me) => {
      setSession(me);
      queries.setQueryData(meQuery.queryKey, me);
    },
  });
}
