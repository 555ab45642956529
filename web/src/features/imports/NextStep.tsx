/** What is done with people who came by an import: a group of them is put into the audience, and written to. */
import { Group, Paper, Text, Title } from '@mantine/core';
import { IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useFormat } from '../../app/format.ts';
import { Explain } from '../../ui/Explain.tsx';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { hasPeople, type Import } from './queries.ts';
import { isOfSignups } from './signupGrounds.ts';

/** "people.csv" is "people". */
const nameOfFile = (file: string) => file.replace(/\.(csv|tsv|txt)$/i, '');

export function NextStep({ run }: { run: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  if (!hasPeople(run) || run.state !== 'done' || run.entity !== 'people' || run.created === 0) return null;
  const filter = { match: 'all' as const, conditions: [{ field: 'import_id', op: 'is', value: run.id }] };
  const words = { count: run.created, n: format.number(run.created) };
  const isMarketing = may(me, 'market');
  const isThere = isOfSignups(run);
  return (
    <Paper component="section" aria-labelledby="next-step">
      <Group justify="space-between" gap="sm">
        <div style={{ flex: '1 1 320px' }}>
          <Group gap={4}>
            <Title order={2} id="next-step">{t('imports.next.title')}</Title>
            <Explain words={isThere ? ['audience'] : ['push', 'audience']} />
          </Group>
          <Text size="sm" c="dimmed">{t(isThere ? 'imports.next.signups' : isMarketing ? 'imports.next.about' : 'imports.next.look')}</Text>
        </div>
        <Group gap="sm">
          {isThere ? (
            <LinkButton to="/people" search={{ filter }} leftSection={<IconUsers size={16} aria-hidden />}>{t('imports.next.people', words)}</LinkButton>
          ) : (
            <LinkAnchor size="sm" to="/people" search={{ filter }}>{t('imports.next.people', words)}</LinkAnchor>
          )}
          {isMarketing && (
            <LinkButton variant={isThere ? 'default' : 'filled'} to="/groups/new" search={{ filter, name: nameOfFile(run.file_name ?? '') || undefined }} leftSection={<IconUsersGroup size={16} aria-hidden />}>
              {t('imports.next.group', words)}
            </LinkButton>
          )}
        </Group>
      </Group>
    </Paper>
  );
}
