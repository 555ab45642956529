/** One group: what it is, who is in it, what was done by hand, and when it was pushed. */
import { Group as Row, Skeleton, Tabs, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { NotLoaded } from '../../app/errors.tsx';
import { useFormat } from '../../app/format.ts';
import { CriteriaWords } from '../../ui/CriteriaBuilder/CriteriaWords.tsx';
import { ListPage } from '../../ui/DataTable/DataTable.tsx';
import { Explain } from '../../ui/Explain.tsx';
import type { Criteria } from '../../ui/FilterBar/criteria.ts';
import { LinkAnchor } from '../../ui/LinkAnchor.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { ByHand } from './ByHand.tsx';
import { useCriteriaWith } from './edit/fields.ts';
import { GroupActs } from './GroupActs.tsx';
import styles from './GroupPage.module.css';
import { KindWord } from './KindWord.tsx';
import { Members } from './Members.tsx';
import { Pushes } from './Pushes.tsx';
import { groupQuery, reachable, useReachable, type Group } from './queries.ts';
import { groupTabs, type GroupTab } from './search.ts';

export function GroupPage() {
  const { t } = useTranslation();
  const { groupId } = useParams({ from: '/signed-in/groups/$groupId' });
  const { tab: wanted } = useSearch({ from: '/signed-in/groups/$groupId' });
  const navigate = useNavigate({ from: '/groups/$groupId' });
  const found = useQuery(groupQuery(groupId));
  const group = found.data?.data;
  if (!group && found.error) return <NotLoaded error={found.error} onAgain={() => void found.refetch()} />;
  if (!group) return <Skeleton h={240} />;
  const tabs = groupTabs.filter((one) => isOf(one, group));
  const tab = tabs.find((one) => one === wanted) ?? 'members';
  const open = (to: GroupTab) => void navigate({ search: { tab: to === 'members' ? undefined : to } });
  return (
    <ListPage key={groupId}>
      <Head group={group} />
      {found.error && <ProblemAlert error={found.error} title={t('groups.countOld')} />}
      <Tabs
        className={styles.tabs}
        value={tab}
        onChange={(to) => to && open(to as GroupTab)}
        keepMounted={false}
        activateTabWithKeyboard={false}
      >
        <Tabs.List>
          {tabs.map((one) => <Tabs.Tab key={one} value={one}>{t(`groups.tab.${one}`)}</Tabs.Tab>)}
        </Tabs.List>
        <Tabs.Panel value="members" className={styles.panel}><Members group={group} /></Tabs.Panel>
        <Tabs.Panel value="hand" className={styles.panel}><ByHand group={group} /></Tabs.Panel>
        <Tabs.Panel value="pushes" className={styles.panel}><Pushes group={group} /></Tabs.Panel>
      </Tabs>
    </ListPage>
  );
}

function isOf(tab: GroupTab, group: Group): boolean {
  if (tab === 'hand') return group.kind === 'static';
  return tab !== 'pushes' || group.entity === 'people';
}

function Head({ group }: { group: Group }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const mayPush = may(me, 'market') && group.entity === 'people';
  return (
    <div>
      <LinkAnchor to="/groups" size="sm" c="dimmed" display="inline-block" mb={4}>← {t('groups.title')}</LinkAnchor>
      <PageHead
        title={group.name}
        beside={<KindWord kind={group.kind} />}
        action={
          <Row gap="xs">
            <GroupActs group={group} onDeleted={() => void navigate({ to: '/groups' })} />
            {mayPush && <Explain words={['push', 'audience']} />}
            {mayPush && (
              <LinkButton to="/groups/$groupId/push" params={{ groupId: group.id }} leftSection={<IconSend size={16} aria-hidden />}>
                {t('groups.push')}
              </LinkButton>
            )}
          </Row>
        }
      />
      <About group={group} />
    </div>
  );
}

/** How many, by which criteria, and since when. */
function About({ group }: { group: Group }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = group.count ?? 0;
  const when = format.time(group.created_at);
  const made = group.created_by ? t('groups.made', { when, who: group.created_by }) : t('groups.madeByProgram', { when });
  return (
    <div className={styles.about}>
      <Text size="sm" lineClamp={3} dir="auto">{group.criteria ? <Words group={group} /> : <Origin group={group} />}</Text>
      <Text size="sm" c="dimmed" dir="auto">
        <b role="status">{t('groups.count', { count, n: format.number(count) })}</b>
        {group.entity === 'people' && count > 0 && <Reachable group={group} />}
        {` · ${made}`}
        {group.kind === 'static' && group.criteria && group.evaluated_at && ` ${t('groups.applied', { when: format.time(group.evaluated_at) })}`}
      </Text>
    </div>
  );
}

/** How many of them may get mail, counted apart; they open. */
function Reachable({ group }: { group: Group }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: n, error } = useReachable(group);
  if (n === undefined) return error ? null : <>, {t('ui.counting')}</>;
  const words = t('groups.reachable', { count: n, n: format.number(n) });
  return <>, {n === 0 ? words : <LinkAnchor size="sm" underline="always" to="/groups/$groupId" params={{ groupId: group.id }} search={{ filter: reachable }}>{words}</LinkAnchor>}</>;
}

/** Where the people of a fixed list came from. */
function Origin({ group }: { group: Group }) {
  const { t } = useTranslation();
  if (group.campaign_id === null) return t('groups.byHandOnly');
  if (group.campaign_name === null) return t('groups.fromCampaignGone');
  return (
    <>
      {t('groups.fromCampaign', { name: group.campaign_name })}{' '}
      <LinkAnchor size="sm" to="/campaigns/$campaignId" params={{ campaignId: group.campaign_id }}>{t('groups.showCampaign')}</LinkAnchor>
    </>
  );
}

/** The criteria as a sentence. */
function Words({ group }: { group: Group }) {
  const { fields, labelOf, pickers } = useCriteriaWith(group.entity);
  if (fields.length === 0) return null;
  return <CriteriaWords fields={fields} labelOf={labelOf} pickers={pickers} criteria={group.criteria as unknown as Criteria} />;
}
