/** When a group went to the audience, by whom, and with which numbers. */
import { Badge } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import type { Column } from '../../ui/DataTable/columns.ts';
import { CellLink, NameLink } from '../../ui/DataTable/CellLink.tsx';
import { DataTable } from '../../ui/DataTable/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { usePushes, type Push } from '../pushes/queries.ts';
import { inTag, leftOut, stateColors, stateOf } from '../pushes/states.ts';
import type { Group } from './queries.ts';

export function Pushes({ group }: { group: Group }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const navigate = useNavigate();
  const pushes = usePushes(group.id);
  const columns = useColumns();
  return (
    <DataTable
      name={`pushes-${group.id}`}
      label={t('pushes.history')}
      rows={pushes}
      columns={columns}
      nameOf={(push) => format.time(push.at)}
      onOpen={(push) => void navigate({ to: '/pushes/$pushId', params: { pushId: push.id } })}
      empty={
        <EmptyState
          icon={<IconSend size={24} aria-hidden />}
          title={t('pushes.none')}
          about={t('pushes.noneAbout')}
          action={may(me, 'market') && (
            <LinkButton to="/groups/$groupId/push" params={{ groupId: group.id }}>{t('pushes.push')}</LinkButton>
          )}
        />
      }
    />
  );
}

/** The heads of these are long. */
const WIDTHS: Record<string, number> = { add: 145, untag: 175 };

function useColumns(): Column<Push>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    const number = (name: string, label: string, action: 'add' | 'update' | 'untag' | 'left_out' | undefined, of: (result: NonNullable<Push['result']>) => number) => ({
      name, label, width: WIDTHS[name] ?? 120, isSortable: false, isNamed: true,
      cell: (push: Push) => push.result && (
        <CellLink to="/pushes/$pushId" params={{ pushId: push.id }} search={{ action }}>
          {format.number(of(push.result))}
        </CellLink>
      ),
    });
    return [
      { name: 'at', label: t('pushes.when'), width: 160, isSortable: false, cell: (push) => <When push={push} /> },
      { name: 'state', label: t('pushes.stateHead'), width: 150, isSortable: false, isBeside: true, cell: (push) => <State push={push} /> },
      { name: 'user', label: t('pushes.who'), width: 150, isSortable: false, isNamed: true, cell: (push) => <bdi>{push.user_name ?? t('pushes.program')}</bdi> },
      number('tagged', t('pushes.inTag'), undefined, inTag),
      number('add', t('pushes.action.add.done'), 'add', (result) => result.add),
      number('untag', t('pushes.lost'), 'untag', (result) => result.untag),
      number('left_out', t('pushes.action.left_out.done'), 'left_out', leftOut),
    ];
    // the format follows the language
  }, [t]);
}

function When({ push }: { push: Push }) {
  const format = useFormat();
  return (
    <NameLink to="/pushes/$pushId" params={{ pushId: push.id }} title={format.relative(push.at)}>
      {format.time(push.at)}
    </NameLink>
  );
}

function State({ push }: { push: Push }) {
  const { t } = useTranslation();
  const state = stateOf(push);
  return <Badge variant="dot" color={stateColors[state]} tt="none" title={push.error ?? undefined}>{t(`pushes.state.${state}`)}</Badge>;
}
