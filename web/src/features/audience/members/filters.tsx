/** What narrows the list: a status with how many have it, a tag or segment, an answer. */
import { Button, Chip, Group, Select, type ComboboxItem } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../../api/client.ts';
import { useFormat } from '../../../app/format.ts';
import { DotWord } from '../../../ui/DotWord.tsx';
import { memberColors } from './MemberWord.tsx';
import { segmentsQuery, useQuestions } from './queries.ts';
import { statuses, type MemberStatus } from './search.ts';

interface StatusProps {
  /** Left out: not known yet. */
  counts: Schemas['AudienceMembers']['counts'] | undefined;
  value: MemberStatus | undefined;
  onChange: (status: MemberStatus | undefined) => void;
}

/** Those that somebody has; and the one that is shown. */
export function StatusFilter({ counts, value, onChange }: StatusProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = statuses.filter((status) => status === value || status === 'subscribed' || (counts?.[status] ?? 0) > 0);
  return (
    <Group gap={6} role="group" aria-label={t('members.column.status')}>
      {shown.map((status) => (
        <Chip key={status} size="xs" checked={status === value} onChange={(isOn) => onChange(isOn ? status : undefined)}>
          <DotWord isWhole color={memberColors[status]} word={`${t(`members.status.${status}`)} ${counts ? format.number(counts[status]) : ''}`} />
        </Chip>
      ))}
    </Group>
  );
}

/** On a phone the filters stand behind it: the members come first. */
export function FilterButton({ isOpen, count, onToggle }: { isOpen: boolean; count: number; onToggle: () => void }) {
  const { t } = useTranslation();
  return (
    <Button size="xs" variant={count > 0 ? 'light' : 'default'} aria-expanded={isOpen} leftSection={<IconFilter size={14} aria-hidden />} onClick={onToggle}>
      {count > 0 ? t('members.filtersSet', { count }) : t('members.filters')}
    </Button>
  );
}

interface GroupOf {
  group: string;
  items: ComboboxItem[];
}

interface ChoiceProps {
  label: string;
  groups: GroupOf[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Choice({ label, groups, value, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  const known = groups.some(({ items }) => items.some((item) => item.value === value));
  // what somebody removed meanwhile is not shown as if nothing was chosen
  const data = value !== undefined && !known ? [...groups, { group: label, items: [{ value, label: t('members.gone') }] }] : groups;
  return (
    <Select
      size="xs"
      w={{ base: '100%', sm: 220 }}
      dir="auto"
      searchable
      clearable
      limit={100}
      aria-label={label}
      placeholder={label}
      nothingFoundMessage={t('members.nothingFound')}
      clearButtonProps={{ 'aria-label': t('filter.remove') }}
      data={data}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

interface FilterProps<T> {
  listId: string;
  value: T | undefined;
  onChange: (value: T | undefined) => void;
}

export function TagFilter({ listId, value, onChange }: FilterProps<number>) {
  const { t } = useTranslation();
  const segments = useQuery(segmentsQuery(listId)).data ?? [];
  const of = (isTag: boolean) => segments.filter(({ type }) => (type === 'static') === isTag).map(({ id, name }) => ({ value: String(id), label: name }));
  const groups = [{ group: t('members.tags'), items: of(true) }, { group: t('members.segments'), items: of(false) }].filter(({ items }) => items.length > 0);
  if (groups.length === 0 && value === undefined) return null;
  return <Choice label={t('members.tagOrSegment')} groups={groups} value={value === undefined ? undefined : String(value)} onChange={(next) => onChange(next === undefined ? undefined : Number(next))} />;
}

export function InterestFilter({ listId, value, onChange }: FilterProps<string>) {
  const { t } = useTranslation();
  const questions = useQuestions(listId) ?? [];
  const groups = questions
    .filter(({ interests }) => interests.length > 0)
    .map(({ category, interests }) => ({ group: category.title, items: interests.map(({ id, name }) => ({ value: id, label: name })) }));
  if (groups.length === 0 && value === undefined) return null;
  return <Choice label={t('members.interest')} groups={groups} value={value} onChange={onChange} />;
}
