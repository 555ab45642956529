/** All people: search, filter, views, and what can be done with many of them. */
import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileImport, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeptColumns } from '../../ui/DataTable/columns.ts';
import { ListPage } from '../../ui/DataTable/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { PEOPLE } from './cells.tsx';
import { MakeGroup } from './MakeGroup.tsx';
import { NewPerson } from './NewPerson.tsx';
import { PeopleTable } from './PeopleTable.tsx';
import { useView } from './queries.ts';
import { shownBy, withChange, type Shown } from './search.ts';
import { ViewsMenu } from './ViewsMenu.tsx';

/** What the address says, and how it is changed. */
function useShown() {
  const search = useSearch({ from: '/signed-in/people' });
  const navigate = useNavigate({ from: '/people' });
  const [kept, keep] = useKeptColumns(PEOPLE);
  const opened = useView(search.view);
  const view = opened.data?.data ?? null;
  const isReady = search.view === undefined || view !== null || opened.isError;
  const shown = shownBy(search, view, kept);
  const change = useCallback(
    (next: Partial<Shown>) => {
      if (next.columns && !view) keep(next.columns);
      // each letter is no page of its own to go back to
      const replace = next.q !== undefined || next.columns !== undefined;
      void navigate({ search: (before) => withChange(before, view, next), replace });
    },
    [navigate, view, keep],
  );
  return { search, shown, isReady, change, view: opened.data ?? null, viewError: opened.error, navigate };
}

export function PeoplePage() {
  const { t } = useTranslation();
  const { search, shown, isReady, change, view, viewError, navigate } = useShown();
  const [isNew, newPerson] = useDisclosure(false);
  const setJob = (job?: number) => void navigate({ search: (before) => ({ ...before, job }), replace: true });
  const add = (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={newPerson.open}>
      {t('people.new')}
    </Button>
  );
  return (
    <ListPage>
      <PageHead
        title={t('people.title')}
        action={<Group gap="xs"><MakeGroup shown={shown} isReady={isReady} onStarted={setJob} />{add}</Group>}
      />
      {viewError && <ProblemAlert error={viewError} title={t('views.gone')} />}
      <PeopleTable
        label={t('people.title')}
        shown={shown}
        isReady={isReady}
        job={search.job}
        onChange={change}
        onJob={setJob}
        before={<ViewsMenu search={search} shown={shown} opened={view} />}
        nobody={<EmptyState icon={<IconUsers size={24} aria-hidden />} title={t('people.none')} about={t('people.noneAbout')} action={(
          <Group gap="xs" justify="center">
            <LinkButton to="/imports" variant="default" leftSection={<IconFileImport size={16} aria-hidden />}>{t('people.toImports')}</LinkButton>
            {add}
          </Group>
        )} />}
      />
      <NewPerson isOpen={isNew} onClose={newPerson.close} />
    </ListPage>
  );
}
