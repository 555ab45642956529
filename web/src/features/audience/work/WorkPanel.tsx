/** What works on the audience: exports of everything, and what programs have sent as batches. */
import { Stack } from '@mantine/core';
import { may, useMe } from '../../../api/session.ts';
import { Batches } from './Batches.tsx';
import { Exports } from './Exports.tsx';

export function WorkPanel() {
  const me = useMe();
  return (
    <Stack gap="xl" maw={860}>
      {may(me, 'admin') && <Exports />}
      <Batches />
    </Stack>
  );
}
