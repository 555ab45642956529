/** What the server found: what must be mended before it goes, and what had better be. */
import { Badge, Group, List, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconX } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { useProblemWords } from '../content/problems.ts';
import type { Letter } from '../abtest/abTest.ts';
import { VariantControl } from '../abtest/VariantControl.tsx';
import { useChecklist, type ChecklistItem } from '../queries.ts';
import { DeepCheck } from './DeepCheck.tsx';
import type { Draft } from '../../../ui/useDraft.ts';
import type { CampaignValues } from '../values.ts';
import { SayInstead } from './SayInstead.tsx';
import { ShowBlock } from './ShowBlock.tsx';

interface Props {
  id: number;
  draft: Draft<CampaignValues>;
  /** Of A, and of the whole. */
  checklist: UseQueryResult<{ is_ready: boolean; items: ChecklistItem[] }>;
  /** Of its A/B test; none: there is none. */
  letters: readonly Letter[];
}

export function CheckPanel({ letters, ...props }: Props) {
  const { t } = useTranslation();
  const [letter, choose] = useState<Letter>('A');
  const variant = letters.includes(letter) ? letter : 'A';
  const control = letters.length > 0 && <VariantControl label={t('composer.ab.checkOf')} letters={letters} value={variant} onChange={choose} />;
  if (variant === 'A') return <Findings {...props} control={control} />;
  return <OfVariant key={variant} id={props.id} draft={props.draft} variant={variant} control={control} />;
}

function OfVariant({ id, draft, variant, control }: Pick<Props, 'id' | 'draft'> & { variant: Letter; control: ReactNode }) {
  return <Findings id={id} draft={draft} variant={variant} checklist={useChecklist(id, variant)} control={control} />;
}

function Findings({ id, draft, checklist, variant, control }: Omit<Props, 'letters'> & { variant?: Letter; control: ReactNode }) {
  const { t } = useTranslation();
  const titleId = useId();
  const wordsOf = useProblemWords();
  const items = checklist.data?.items.filter(({ type }) => type !== 'success') ?? [];
  const findings = items.toSorted((a, b) => Number(b.type === 'error') - Number(a.type === 'error'));
  const toMend = findings.filter(({ type }) => type === 'error').length;
  return (
    <Paper component="section" aria-labelledby={titleId}>
      <Group gap="sm" mb="xs">
        <Title order={2} id={titleId} fz="md">{t('composer.check.title')}</Title>
        {toMend > 0 && <Badge variant="light" color="red" tt="none">{t('composer.check.errors', { count: toMend })}</Badge>}
        {findings.length > toMend && <Badge variant="light" color="yellow" tt="none">{t('composer.check.warnings', { count: findings.length - toMend })}</Badge>}
      </Group>
      {control && <Group mb="xs">{control}</Group>}
      <ProblemAlert error={checklist.error} />
      {checklist.data && findings.length === 0 && (
        <Group gap="xs">
          <ThemeIcon size={20} radius="xl" variant="light" color="green"><IconCircleCheck size={16} aria-hidden /></ThemeIcon>
          <Text size="sm">{t('composer.check.good')}</Text>
        </Group>
      )}
      <List listStyleType="none" spacing="xs">
        {findings.map((one, i) => (
          <List.Item key={i} icon={<Sign isError={one.type === 'error'} />}>
            <Stack gap={0}>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}><b>{one.heading}</b> <bdi>{wordsOf({ code: one.code, text: one.details, detail: one.about })}</bdi></Text>
              <ShowBlock id={id} variant={variant} blocks={one.block ? [one.block] : []} />
              {one.code === 'empty_field' && one.tag && <SayInstead id={id} tag={one.tag} draft={draft} variant={variant} />}
            </Stack>
          </List.Item>
        ))}
      </List>
      <DeepCheck id={id} variant={variant} />
    </Paper>
  );
}

function Sign({ isError }: { isError: boolean }) {
  const { t } = useTranslation();
  return (
    <ThemeIcon size={20} radius="xl" variant="light" color={isError ? 'red' : 'yellow'} aria-label={t(isError ? 'composer.check.error' : 'composer.check.warning')} role="img">
      {isError ? <IconX size={14} aria-hidden /> : <IconAlertTriangle size={14} aria-hidden />}
    </ThemeIcon>
  );
}
