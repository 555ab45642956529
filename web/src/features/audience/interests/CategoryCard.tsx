/** One question with its answers, in their order, each with how many have chosen it. */
import { ActionIcon, Badge, Group, Menu, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { FactTable } from '../../../ui/DataTable/FactTable.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { AddInterest } from './AddInterest.tsx';
import { CategoryDialog } from './CategoryDialog.tsx';
import { DeleteCategory } from './DeleteInterest.tsx';
import { InterestActs } from './InterestActs.tsx';
import type { MadeSegment } from './InterestsPanel.tsx';
import { MoveButtons } from './MoveButtons.tsx';
import { interestsQuery, useMoveInterest, type Category } from './queries.ts';
import { useMoveFocus } from './useMoveFocus.ts';

interface Props {
  category: Category;
  isFirst: boolean;
  isLast: boolean;
  mayChange: boolean;
  onMove: (id: string, by: -1 | 1) => void;
  onSegment: (made: MadeSegment) => void;
}

export function CategoryCard({ category, isFirst, isLast, mayChange, onMove, onSegment }: Props) {
  const { t } = useTranslation();
  const heading = useId();
  return (
    <Paper component="section" aria-labelledby={heading}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <Group gap="xs">
          <Title order={2} id={heading} dir="auto" style={{ overflowWrap: 'anywhere' }}>{category.title}</Title>
          <Badge variant="light" color="gray" tt="none">{t(`audience.form.${category.type}`)}</Badge>
        </Group>
        {mayChange && (
          <Group gap={0} wrap="nowrap">
            <MoveButtons id={category.id} name={category.title} isFirst={isFirst} isLast={isLast} onMove={onMove} />
            <CategoryMenu category={category} />
          </Group>
        )}
      </Group>
      <Answers category={category} heading={heading} mayChange={mayChange} onSegment={onSegment} />
    </Paper>
  );
}

type AnswersProps = Pick<Props, 'category' | 'mayChange' | 'onSegment'> & { heading: string };

function Answers({ category, heading, mayChange, onSegment }: AnswersProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery(interestsQuery(category));
  const move = useMoveInterest(category);
  const interests = found.data ?? [];
  const onMove = useMoveFocus((id, by) => move.mutateAsync({ all: interests, id, by }));
  if (!found.data) return found.error ? <AudienceProblem error={found.error} /> : <Skeleton h={80} />;
  return (
    <Stack gap="sm">
      {interests.length === 0 && <Text size="sm" c="dimmed">{t('audience.noAnswers')}</Text>}
      {interests.length > 0 && (
        <FactTable
          labelledBy={heading}
          minWidth={440}
          rows={interests}
          keyOf={(interest) => interest.id}
          columns={[
            { name: 'name', label: t('audience.interest'), cell: ({ name }) => <Text span size="sm" dir="auto">{name}</Text> },
            { name: 'count', label: t('audience.subscribers'), width: 120, isNumber: true, isNamed: true, cell: (one) => format.number(Number(one.subscriber_count)) },
          ]}
          acts={mayChange ? {
            label: t('audience.acts'),
            of: (interest) => (
              <Group gap={0} wrap="nowrap" justify="flex-end">
                <MoveButtons id={interest.id} name={interest.name} isFirst={interest.id === interests[0]?.id} isLast={interest.id === interests.at(-1)?.id} onMove={onMove} />
                <InterestActs category={category} interest={interest} onSegment={onSegment} />
              </Group>
            ),
          } : undefined}
        />
      )}
      <AudienceProblem error={move.error} title={t('audience.notMoved')} />
      {mayChange && <AddInterest category={category} />}
    </Stack>
  );
}

function CategoryMenu({ category }: { category: Category }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('audience.actsOf', { name: category.title })}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setOpen('edit')}>{t('audience.editCategory')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setOpen('delete')}>{t('audience.delete')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'edit' && <CategoryDialog listId={category.list_id} category={category} onClose={close} />}
      {open === 'delete' && <DeleteCategory category={category} onClose={close} />}
    </>
  );
}
