/** Addresses that get no mail: those that users entered, those that left, and those that bounced. */
import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { ByHand } from './ByHand.tsx';
import { Gone } from './Gone.tsx';
import { LookUp } from './LookUp.tsx';
import { goneStatuses } from './queries.ts';

const shown = ['hand', ...goneStatuses] as const;
type Shown = (typeof shown)[number];

export function BlockedPanel({ listId }: { listId: string }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const [what, setWhat] = useState<Shown>('hand');
  return (
    <Stack gap="md" maw={900}>
      <Text size="sm" c="dimmed" maw={640}>{t('blocked.about')}</Text>
      <LookUp mayChange={mayChange} />
      <SegmentedControl
        size="xs" w="fit-content" aria-label={t('blocked.which')} data={shown.map((one) => ({ value: one, label: t(`blocked.shown.${one}`) }))}
        value={what} onChange={(to) => setWhat(to as Shown)}
      />
      {what === 'hand' ? <ByHand mayChange={mayChange} /> : <Gone key={what} listId={listId} status={what} />}
    </Stack>
  );
}
