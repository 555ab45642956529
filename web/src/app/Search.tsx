/** Search from anywhere: people by name or address, groups and campaigns by name. Loaded when it is first asked for. */
import { Spotlight, spotlight } from '@mantine/spotlight';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, call, type Schemas } from '../api/client.ts';
import { useReadable } from '../features/composer/useReadable.ts';
import { nameOf } from '../features/people/person.ts';
import { endTypeAhead } from './typeAhead.ts';

const PEOPLE_MOST = 8;
const GROUPS_MOST = 4;
const CAMPAIGNS_MOST = 4;

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
  const campaigns = useQuery({
    ...of,
    queryKey: ['search', 'campaigns', q],
    queryFn: ({ signal }) => call(api.GET('/campaigns', { params: { query: { q, limit: CAMPAIGNS_MOST } }, signal })),
  });
  return {
    people: q === '' ? [] : (people.data?.items ?? []),
    groups: q === '' ? [] : (groups.data?.items ?? []),
    campaigns: q === '' ? [] : (campaigns.data?.items ?? []),
    isFetching: people.isFetching || groups.isFetching || campaigns.isFetching,
  };
}

/** An entry was chosen with the arrows: Enter is of that one. */
function isChosen(input: HTMLInputElement): boolean {
  return input.closest('[role="dialog"]')?.querySelector('[data-action][data-selected]') != null;
}

/** asked: how often somebody wanted it; each time it opens. */
export function Search({ asked }: { asked: number }) {
  const { t } = useTranslation();
  const router = useRouter();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const { people, groups, campaigns, isFetching } = useFound(q);
  /** What Enter was pressed on: the first hit of it opens, once it is found. */
  const [entered, setEntered] = useState<string>();
  const open = useMemo(() => ({
    person: (personId: number) => void router.navigate({ to: '/people/$personId', params: { personId } }),
    group: (groupId: number) => void router.navigate({ to: '/groups/$groupId', params: { groupId } }),
    campaign: (campaignId: number) => void router.navigate({ to: '/campaigns/$campaignId', params: { campaignId } }),
  }), [router]);
  useEffect(() => spotlight.open(), [asked]);
  useEffect(() => {
    if (entered === undefined || entered !== q || isFetching) return;
    setEntered(undefined);
    if (people[0]) open.person(people[0].id);
    else if (groups[0]) open.group(groups[0].id);
    else if (campaigns[0]) open.campaign(campaigns[0].id);
    else return;
    spotlight.close();
  }, [entered, q, isFetching, people, groups, campaigns, open]);
  return (
    <Spotlight.Root
      query={typed}
      onQueryChange={(next) => {
        setTyped(next);
        setEntered(undefined);
      }}
      shortcut={null} attributes={{ content: { 'aria-label': t('shell.search') } }}>
      <Spotlight.Search
        onFocus={() => {
          const ahead = endTypeAhead();
          if (ahead) setTyped(ahead);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && typed.trim() !== '' && !isChosen(event.currentTarget)) setEntered(typed.trim());
        }}
        placeholder={t('shell.searchHint')} leftSection={<IconSearch size={18} aria-hidden />} aria-label={t('shell.search')} />
      <Spotlight.ActionsList>
        {people.map((person) => (
          <Spotlight.Action
            key={person.id}
            dir="auto"
            label={nameOf(person)}
            description={person.email ?? undefined}
            onClick={() => open.person(person.id)}
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
                onClick={() => open.group(group.id)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {campaigns.length > 0 && (
          <Spotlight.ActionsGroup label={t('shell.campaigns')}>
            {campaigns.map((campaign) => (
              <CampaignHit key={campaign.id} campaign={campaign} onOpen={() => open.campaign(campaign.id)} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {q !== '' && people.length + groups.length + campaigns.length === 0 && !isFetching && <Spotlight.Empty>{t('shell.searchNone')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** The subject in words, not in the code of its merge tags. */
function CampaignHit({ campaign, onOpen }: { campaign: Schemas['Campaign']; onOpen: () => void }) {
  const read = useReadable();
  const { id, name, subject } = campaign;
  return <Spotlight.Action dir="auto" label={name ?? (subject ? read(subject) : String(id))} description={subject ? read(subject) : undefined} onClick={onOpen} />;
}
