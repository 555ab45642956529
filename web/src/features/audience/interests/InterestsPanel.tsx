/** What members may choose: questions, each with its answers. */
import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconFilter, IconHeart, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { useFormat } from '../../../app/format.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { AudienceProblem } from '../AudienceProblem.tsx';
import { PermissionsCard } from '../permissions/PermissionsCard.tsx';
import { CategoryCard } from './CategoryCard.tsx';
import { CategoryDialog } from './CategoryDialog.tsx';
import { categoriesQuery, useMoveCategory } from './queries.ts';
import { useMoveFocus } from './useMoveFocus.ts';

/** What was made of an interest, until another one is. */
export interface MadeSegment {
  name: string;
  count: number;
  /** Begins a campaign to them; left out: it cannot go to one. */
  onWrite?: () => void;
}

export function InterestsPanel({ listId }: { listId: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const categories = useQuery(categoriesQuery(listId));
  const move = useMoveCategory(listId);
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<MadeSegment | null>(null);
  const mayChange = may(me, 'market');
  const onMove = useMoveFocus((id, by) => move.mutateAsync({ all: categories.data ?? [], id, by }));
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>{t('audience.newCategory')}</Button>
  );
  const dialog = isAdding && <CategoryDialog listId={listId} category={null} onClose={() => setAdding(false)} />;
  if (!categories.data) return categories.error ? <AudienceProblem error={categories.error} /> : <Skeleton h={240} />;
  if (categories.data.length === 0)
    return (
      <Stack maw={860}>
        <EmptyState icon={<IconHeart size={24} aria-hidden />} title={t('audience.noInterests')} about={t('audience.interestsAbout')} action={add} />
        <PermissionsCard listId={listId} />
        {dialog}
      </Stack>
    );
  return (
    <Stack maw={860}>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>{t('audience.interestsAbout')}</Text>
        {add}
      </Group>
      {made && <Made segment={made} onClose={() => setMade(null)} />}
      <AudienceProblem error={move.error} title={t('audience.notMoved')} />
      {categories.data.map((category, at) => (
        <CategoryCard
          key={category.id}
          category={category}
          isFirst={at === 0}
          isLast={at === categories.data.length - 1}
          mayChange={mayChange}
          onMove={onMove}
          onSegment={setMade}
        />
      ))}
      <PermissionsCard listId={listId} />
      {dialog}
    </Stack>
  );
}

function Made({ segment: { name, count, onWrite }, onClose }: { segment: MadeSegment; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Alert color="green" variant="light" role="status" icon={<IconFilter size={18} />} withCloseButton closeButtonLabel={t('ui.close')} onClose={onClose}>
      <Text size="sm" dir="auto">
        {t('audience.segmentMade', { name, count, n: format.number(count) })}{' '}
        {onWrite && <Anchor component="button" type="button" size="sm" underline="always" onClick={onWrite}>{t('audience.writeTo')}</Anchor>}
      </Text>
    </Alert>
  );
}
