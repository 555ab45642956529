/** Mails that the built-in catcher holds. They went to nobody. */
import { Button, Group, Text } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { Ago } from '../../ui/Ago.tsx';
import { NameLink } from '../../ui/DataTable/CellLink.tsx';
import type { Column } from '../../ui/DataTable/columns.ts';
import { DataTable, ListPage } from '../../ui/DataTable/DataTable.tsx';
import { rememberOpened } from '../../ui/DataTable/lastOpened.ts';
import { ListSearch } from '../../ui/DataTable/ListSearch.tsx';
import { ListTotal } from '../../ui/DataTable/ListTotal.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { NotAllowed } from '../../ui/NotAllowed.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { may, useMe } from '../../api/session.ts';
import { Kind } from './Kind.tsx';
import { useOutbox, type OutboxMail } from './queries.ts';

const OUTBOX = 'outbox';

export function OutboxPage() {
  const { t } = useTranslation();
  const me = useMe();
  return may(me, 'market') ? <Mails /> : <NotAllowed about={t('outbox.mayNot')} />;
}

function Mails() {
  const { t } = useTranslation();
  const format = useFormat();
  const { q } = useSearch({ from: '/signed-in/outbox' });
  const navigate = useNavigate({ from: '/outbox' });
  const mails = useOutbox(q);
  const columns = useColumns();
  const setQ = useCallback((next: string) => void navigate({ search: { q: next || undefined }, replace: true }), [navigate]);
  const icon = <IconInbox size={24} aria-hidden />;
  return (
    <ListPage>
      <PageHead title={t('outbox.title')} />
      <Text size="sm" c="dimmed" mt={-8} mb="sm">{t('outbox.about')}</Text>
      <Group gap="xs" mb="xs">
        <ListSearch label={t('outbox.search')} value={q ?? ''} onChange={setQ} />
        <Button variant="default" size="xs" ms="auto" onClick={mails.again}>{t('outbox.again')}</Button>
      </Group>
      <ListTotal rows={mails}>{t(q ? 'outbox.totalFits' : 'outbox.total', { count: mails.total ?? 0, n: format.number(mails.total ?? 0) })}</ListTotal>
      <DataTable
        name={OUTBOX}
        label={t('outbox.title')}
        rows={mails}
        columns={columns}
        nameOf={(mail) => mail.subject || t('outbox.noSubject')}
        onOpen={(mail) => void navigate({ to: '/outbox/$messageId', params: { messageId: mail.id } })}
        empty={q ? (
          <EmptyState
            icon={icon}
            title={t('outbox.noneFits')}
            about={t('outbox.noneFitsAbout')}
            action={<Button variant="default" onClick={() => setQ('')}>{t('outbox.showAll')}</Button>}
          />
        ) : <EmptyState icon={icon} title={t('outbox.none')} about={t('outbox.noneAbout')} />}
      />
    </ListPage>
  );
}

function useColumns(): Column<OutboxMail>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { name: 'subject', label: t('outbox.subject'), width: 360, isSortable: false, cell: (mail) => <Subject mail={mail} /> },
      { name: 'rcpt', label: t('outbox.to'), width: 260, isSortable: false, cell: (mail) => <bdi title={mail.rcpt}>{mail.rcpt}</bdi> },
      { name: 'at', label: t('outbox.at'), width: 150, isSortable: false, isBeside: true, cell: (mail) => <Ago at={mail.at} /> },
      { name: 'kind', label: t('outbox.campaign'), width: 200, isSortable: false, cell: (mail) => <Kind mail={mail} /> },
    ],
    // the format follows the language
    [t],
  );
}

function Subject({ mail }: { mail: OutboxMail }) {
  const { t } = useTranslation();
  return (
    <NameLink to="/outbox/$messageId" params={{ messageId: mail.id }} onClick={() => rememberOpened(OUTBOX, mail.id)}>
      {mail.subject || t('outbox.noSubject')}
    </NameLink>
  );
}
