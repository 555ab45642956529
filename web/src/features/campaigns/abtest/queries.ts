/** What is asked of a test that was sent. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../../api/client.ts';
import { byId, jobEnds, keyOf } from '../queries.ts';

export type AbReport = NonNullable<Schemas['AbReport']>;

/** Ends when the audience knows it. */
export function useChooseWinner(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (variant: 'A' | 'B' | 'C') => {
      const { job_id } = await call(api.POST('/campaigns/{campaign_id}/choose-winner', { params: byId(id), body: { variant } }));
      await jobEnds(job_id);
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: keyOf(id) }),
  });
}
