/** How many are selected, and what can be done with them. What a role may not do is not offered. */
import { Button, Group, Text } from '@mantine/core';
import { IconBan, IconTag, IconTagOff, IconTrash, IconUsersMinus, IconUsersPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe, type Right } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { nothing, sizeOf, type Selection } from '../../../ui/DataTable/selection.ts';
import type { BulkInput } from '../queries.ts';
import type { Listed } from '../search.ts';
import type { BulkAct } from './acts.ts';
import { BulkDialog } from './BulkDialog.tsx';

export interface BulkBarProps {
  listed: Listed;
  selection: Selection;
  total: number;
  onSelect: (selection: Selection) => void;
  onStarted: (jobId: number, body: BulkInput) => void;
  onLookAgain: () => void;
  /** What can be done here; left out: everything. */
  offered?: readonly BulkAct[];
}

const acts: { act: BulkAct; icon: typeof IconTag; right: Right }[] = [
  { act: 'tag', icon: IconTag, right: 'write' },
  { act: 'untag', icon: IconTagOff, right: 'write' },
  { act: 'add_to_group', icon: IconUsersPlus, right: 'market' },
  { act: 'remove_from_group', icon: IconUsersMinus, right: 'market' },
  { act: 'opt_out', icon: IconBan, right: 'write' },
  { act: 'delete', icon: IconTrash, right: 'market' },
];

export function BulkBar(props: BulkBarProps) {
  const { selection, total, onSelect, offered } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const [act, setAct] = useState<BulkAct | null>(null);
  const count = sizeOf(selection, total);
  return (
    <Group gap="xs" mb={6} mih={30} flex="none" role="group" aria-label={t('bulk.title')}>
      <Text size="sm" fw={600} role="status">
        {t('bulk.selected', { count, n: format.number(count) })}
      </Text>
      {count < total && (
        <Button size="compact-sm" variant="subtle" onClick={() => onSelect({ kind: 'all' })}>
          {t('bulk.selectAll', { count: total, n: format.number(total) })}
        </Button>
      )}
      {acts
        .filter(({ act: one, right }) => may(me, right) && (!offered || offered.includes(one)))
        .map(({ act: one, icon: Icon }) => (
          <Button
            key={one}
            size="compact-sm"
            variant="default"
            c={one === 'delete' ? 'var(--mantine-color-error)' : undefined}
            leftSection={<Icon size={14} aria-hidden />}
            onClick={() => setAct(one)}
          >
            {t(`bulk.act.${one}`)}
          </Button>
        ))}
      <Button size="compact-sm" variant="subtle" color="gray" c="dimmed" onClick={() => onSelect(nothing)}>
        {t('bulk.clear')}
      </Button>
      {act && <BulkDialog {...props} act={act} onClose={() => setAct(null)} />}
    </Group>
  );
}
