/** Search from anywhere: people by name or address, groups by name. Loaded when it is first asked for. */
import { Spotlight, spotlight } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, call } from '../api/client.ts';
import { nameOf } from '../features/people/person.ts';

const PEOPLE_MOST = 8;
const GROUPS_MOST = 4;

function useFound(q: string) {
  const of = { enabled: q !== '', placeholderData: keepPreviousData };
  const people = useQuery({
    ...of,
    queryKey: ['search', 'people', q],
    queryFn: ({ signal }) => call(api.GET('/people', { params: { query: { q, limit: PEOPLE_MOST } }, signal })),
  });
  const groups = useQuery({
    ...of,
    queryKey: ['search', 'groups', q],
    queryFn: ({ signal }) => call(api.GET('/groups', { params: { query: { q, limit: GROUPS_MOST } }, signal })),
  });
  return {
    people: q === '' ? [] : (people.data?.items ?? []),
    groups: q === '' ? [] : (groups.data?.items ?? []),
    isFetching: people.isFetching || groups.isFetching,
  };
}

/** asked: how often somebody wanted it; each time it opens. */
export function Search({ asked }: { asked: number }) {
  const { t } = useTranslation();
  const router = useRouter();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const { people, groups, isFetching } = useFound(q);
  useEffect(() => spotlight.open(), [asked]);
  return (
    <Spotlight.Root query={typed} onQueryChange={setTyped} shortcut={null} attributes={{ content: { 'aria-label': t('shell.search') } }}>
      <Spotlight.Search placeholder={t('shell.searchHint')} leftSection={<IconSearch size={18} aria-hidden />} aria-label={t('shell.search')} />
      <Spotlight.ActionsList>
        {people.map((person) => (
          <Spotlight.Action
            key={person.id}
            dir="auto"
            label={nameOf(person)}
            description={person.email ?? undefined}
            onClick={() => void router.navigate({ to: '/people/$personId', params: { personId: person.id } })}
          />
        ))}
        {groups.length > 0 && (
          <Spotlight.ActionsGroup label={t('shell.groups')}>
            {groups.map((group) => (
              <Spotlight.Action
                key={group.id}
                dir="auto"
                label={group.name}
                description={t(`groups.kind.${group.kind}`)}
                onClick={() => void router.navigate({ to: '/groups/$groupId', params: { groupId: group.id } })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {q !== '' && people.length + groups.length === 0 && !isFetching && <Spotlight.Empty>{t('shell.searchNone')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
