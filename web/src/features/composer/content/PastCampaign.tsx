/** Another campaign, whose content this one begins with. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { usePastCampaigns } from '../queries.ts';

interface Props {
  except: number;
  onChoose: (id: number) => Promise<void>;
  onClose: () => void;
}

export function PastCampaign({ except, onChoose, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [q, setQ] = useState('');
  const [asked] = useDebouncedValue(q.trim(), 200);
  const found = usePastCampaigns(asked);
  const choose = useMutation({ mutationFn: onChoose });
  const offered = found.data?.filter(({ id }) => id !== except) ?? [];
  return (
    <Dialog title={t('composer.start.past')} onClose={onClose}>
      <Stack gap="sm">
        <TextInput data-autofocus label={t('composer.start.search')} value={q} onChange={(event) => setQ(event.currentTarget.value)} />
        <ProblemAlert error={found.error ?? choose.error} />
        {found.data && offered.length === 0 && <Text size="sm" c="dimmed">{t('composer.start.noPast')}</Text>}
        {offered.map(({ id, name, created_at }) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" truncate dir="auto">{name}</Text>
              {created_at && <Text size="xs" c="dimmed">{format.date(created_at)}</Text>}
            </div>
            <Button size="xs" variant="default" aria-label={t('composer.start.useOf', { name })} loading={choose.isPending} onClick={() => choose.mutate(id)}>
              {t('composer.start.use')}
            </Button>
          </Group>
        ))}
      </Stack>
    </Dialog>
  );
}
