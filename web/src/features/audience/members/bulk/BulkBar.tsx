/** How many members are selected, and what can be done with them. */
import { Button, Group, Text } from '@mantine/core';
import { IconArchive, IconBan, IconTag, IconTagOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../../app/format.ts';
import { nothing, sizeOf, type Selection } from '../../../../ui/DataTable/selection.ts';
import type { Listed } from '../search.ts';
import { memberActs, type MemberAct } from './acts.ts';
import { BulkDialog } from './BulkDialog.tsx';

export interface MemberBulk {
  listId: string;
  /** Of the audience that the CRM is linked to. */
  isMaster: boolean;
  listed: Listed;
  selection: Selection;
  total: number;
  onStarted: (jobId: number, act: MemberAct) => void;
  onLookAgain: () => void;
}

const icons: Record<MemberAct, typeof IconTag> = { tag: IconTag, untag: IconTagOff, unsubscribe: IconBan, archive: IconArchive };

export function BulkBar({ onSelect, ...bulk }: MemberBulk & { onSelect: (selection: Selection) => void }) {
  const { selection, total } = bulk;
  const { t } = useTranslation();
  const format = useFormat();
  const [act, setAct] = useState<MemberAct | null>(null);
  const count = sizeOf(selection, total);
  return (
    <Group gap="xs" mb={6} mih={30} flex="none" role="group" aria-label={t('bulk.title')}>
      <Text size="sm" fw={600} role="status">{t('bulk.selected', { count, n: format.number(count) })}</Text>
      {count < total && (
        <Button size="compact-sm" variant="subtle" onClick={() => onSelect({ kind: 'all' })}>
          {t('bulk.selectAll', { count: total, n: format.number(total) })}
        </Button>
      )}
      {memberActs.map((one) => {
        const Icon = icons[one];
        return (
          <Button key={one} size="compact-sm" variant="default" leftSection={<Icon size={14} aria-hidden />} onClick={() => setAct(one)}>
            {t(`members.bulk.act.${one}`)}
          </Button>
        );
      })}
      <Button size="compact-sm" variant="subtle" color="gray" c="dimmed" onClick={() => onSelect(nothing)}>{t('bulk.clear')}</Button>
      {act && <BulkDialog {...bulk} act={act} onClose={() => setAct(null)} />}
    </Group>
  );
}
