/** Programs of others that users can let in, each with a key of its own by OAuth. */
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { FactTable } from '../../ui/DataTable/FactTable.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { AppDialog } from './AppDialog.tsx';
import { AskRemove } from './AskRemove.tsx';
import { appsQuery, useRemoveApp, type App } from './queries.ts';

export function AppsPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const apps = useQuery(appsQuery);
  const remove = useRemoveApp();
  const [isAdding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<App | null>(null);
  const add = useRef<HTMLButtonElement>(null);
  if (!apps.data) return apps.error ? <ProblemAlert error={apps.error} /> : <Skeleton h={240} />;
  const { items } = apps.data;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw={560}>{t('settings.apps.about')}</Text>
        <Button ref={add} leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>{t('settings.apps.add')}</Button>
      </Group>
      {items.length === 0 ? <Text size="sm">{t('settings.apps.none')}</Text> : (
        <FactTable
          label={t('settings.tabApps')}
          minWidth={640}
          rows={items}
          keyOf={({ id }) => id}
          columns={[
            { name: 'name', label: t('settings.apps.name'), cell: ({ name }) => <Text span size="sm" fw={600} dir="auto">{name}</Text> },
            { name: 'back', label: t('settings.apps.back'), isNamed: true, cell: ({ redirect_uri }) => <bdi>{redirect_uri}</bdi> },
            { name: 'tokens', label: t('settings.apps.tokens'), isNamed: true, isNumber: true, cell: ({ tokens }) => format.number(tokens) },
            { name: 'since', label: t('settings.apps.since'), isNamed: true, cell: ({ created_at }) => format.date(created_at) },
          ]}
          acts={{
            label: t('settings.apps.acts'),
            of: (app) => <Button size="compact-sm" variant="default" aria-label={t('settings.apps.disconnectOf', { name: app.name })} onClick={() => setLeaving(app)}>{t('settings.apps.disconnect')}</Button>,
          }}
        />
      )}
      {isAdding && <AppDialog onClose={() => setAdding(false)} />}
      <AskRemove
        leaving={leaving}
        words={{
          title: t('settings.apps.disconnectTitle', { name: leaving?.name ?? '' }), about: t('settings.apps.disconnectAbout'),
          act: t('settings.apps.disconnect'), done: t('settings.apps.disconnected', { name: leaving?.name ?? '' }),
        }}
        remove={remove}
        add={add}
        onClose={() => setLeaving(null)}
      />
    </Stack>
  );
}
