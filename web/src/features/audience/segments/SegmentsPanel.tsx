/** Parts of the audience: tags, which somebody gives, and segments, whom conditions choose. */
import { Button, Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { IconFilter, IconPlus, IconTag } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { Ago } from '../../../ui/Ago.tsx';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { ListSearch } from '../../../ui/DataTable/ListSearch.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { LinkButton } from '../../../ui/LinkButton.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { findSegments, kinds, type Kind } from './find.ts';
import { MembersLink } from './MembersLink.tsx';
import { segmentsQuery, useMembersCount, type Row } from './queries.ts';
import { SegmentActs } from './SegmentActs.tsx';
import { TagDialog } from './TagDialog.tsx';

const SHOWN = 50;

interface Props {
  listId: string;
  /** Campaigns go to the master audience alone. */
  isMaster: boolean;
  q: string;
  onSearch: (q: string) => void;
}

export function SegmentsPanel({ listId, isMaster, q, onSearch }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayChange = may(useMe(), 'market');
  const found = useQuery(segmentsQuery(listId));
  const [kind, setKind] = useState<Kind>('all');
  const [most, setMost] = useState(SHOWN);
  const [isAdding, setAdding] = useState(false);
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={240} />;
  const fitting = findSegments(found.data, q, kind);
  const count = fitting.length;
  const add = mayChange && (
    <Group gap="xs">
      <Button variant="default" leftSection={<IconTag size={16} aria-hidden />} onClick={() => setAdding(true)}>{t('segments.newTag')}</Button>
      <LinkButton to="/audience/segments/$segmentId" params={{ segmentId: 'new' }} search={{ list: listId }} leftSection={<IconPlus size={16} aria-hidden />}>
        {t('segments.new')}
      </LinkButton>
    </Group>
  );
  const about = isMaster ? `${t('segments.about')} ${t('segments.tagsOfCrm')}` : t('segments.about');
  const dialog = isAdding && <TagDialog listId={listId} onClose={() => setAdding(false)} />;
  if (found.data.length === 0)
    return (
      <>
        <EmptyState icon={<IconFilter size={24} aria-hidden />} title={t('segments.none')} about={about} action={add} />
        {dialog}
      </>
    );
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>{about}</Text>
        {add}
      </Group>
      <Group gap="xs">
        <ListSearch label={t('segments.search')} value={q} onChange={onSearch} />
        <SegmentedControl
          size="xs" aria-label={t('segments.kind')} data={kinds.map((one) => ({ value: one, label: t(`segments.kinds.${one}`) }))}
          value={kind} onChange={(to) => setKind(to as Kind)}
        />
      </Group>
      <Text size="sm" c="dimmed" role="status">{t('segments.total', { count, n: format.number(count) })}</Text>
      {count > 0 && (
        <FactTable
          label={t('audience.tab.segments')}
          minWidth={560}
          rows={fitting.slice(0, most)}
          keyOf={({ id }) => id}
          columns={[
            { name: 'name', label: t('segments.name'), cell: (one) => <Name listId={listId} row={one} /> },
            { name: 'kind', label: t('segments.kind'), width: 140, cell: ({ type }) => t(`segments.type.${type}`) },
            { name: 'members', label: t('segments.members'), width: 130, isNumber: true, isNamed: true, cell: ({ id, name }) => <Count listId={listId} id={id} name={name} /> },
            { name: 'changed', label: t('audience.changed'), width: 150, isNamed: true, cell: ({ updated_at }) => <Ago at={updated_at} /> },
          ]}
          acts={mayChange ? { label: t('audience.acts'), of: (one) => <SegmentActs listId={listId} segment={one} mayUse={isMaster} /> } : undefined}
        />
      )}
      {count > most && <Button variant="default" w="fit-content" onClick={() => setMost(most + SHOWN)}>{t('ui.more')}</Button>}
      {dialog}
    </Stack>
  );
}

/** A segment opens its conditions, a tag who has it. */
function Name({ listId, row: { id, name, type } }: { listId: string; row: Row }) {
  if (type === 'static') return <MembersLink listId={listId} segmentId={id}><bdi>{name}</bdi></MembersLink>;
  return (
    <LinkAnchor fz="inherit" to="/audience/segments/$segmentId" params={{ segmentId: String(id) }} search={{ list: listId }}><bdi>{name}</bdi></LinkAnchor>
  );
}

function Count({ listId, id, name }: { listId: string; id: number; name: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data, error } = useMembersCount(listId, id);
  if (data === undefined) return error ? <Text span size="xs" c="dimmed">{t('groups.uncounted')}</Text> : <Skeleton h={10} w={48} ms="auto" />;
  const n = format.number(data);
  return <MembersLink listId={listId} segmentId={id} label={t('segments.membersOf', { count: data, n, name })}>{n}</MembersLink>;
}
