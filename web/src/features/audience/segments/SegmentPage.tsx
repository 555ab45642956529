/** A segment: its name and conditions, and who fits them now. Who does no marketing reads it. */
import { Box, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../api/session.ts';
import { NotFound, NotLoaded } from '../../../app/errors.tsx';
import { CriteriaWords } from '../../../ui/CriteriaBuilder/CriteriaWords.tsx';
import { newRow } from '../../../ui/CriteriaBuilder/tree.ts';
import { criteriaText } from '../../../ui/FilterBar/criteria.ts';
import { LinkAnchor } from '../../../ui/LinkAnchor.tsx';
import { NotAllowed } from '../../../ui/NotAllowed.tsx';
import { PageHead } from '../../../ui/PageHead.tsx';
import { listsQuery } from '../queries.ts';
import { criteriaOfApi, type ApiTree } from './conditions.ts';
import { loadedOf, segmentQuery, type Segment } from './queries.ts';
import { SegmentForm } from './SegmentForm.tsx';
import { SegmentPreview } from './SegmentPreview.tsx';
import { useConditions, type Conditions } from './useConditions.ts';

export function SegmentPage() {
  const { t } = useTranslation();
  const { segmentId } = useParams({ from: '/signed-in/audience/segments/$segmentId' });
  const { list: wanted, from } = useSearch({ from: '/signed-in/audience/segments/$segmentId' });
  const lists = useQuery(listsQuery);
  const listId = lists.data?.find(({ id }) => id === wanted)?.id ?? lists.data?.[0]?.id;
  if (!listId) return lists.error ? <NotLoaded error={lists.error} onAgain={() => void lists.refetch()} /> : <Skeleton h={320} />;
  const id = segmentId === 'new' ? undefined : Number(segmentId);
  if (id !== undefined && !(Number.isSafeInteger(id) && id > 0)) return <NotFound />;
  return (
    <>
      <LinkAnchor to="/audience" search={{ tab: 'segments', list: wanted }} size="sm" c="dimmed" display="inline-block" mb={4}>← {t('audience.tab.segments')}</LinkAnchor>
      <Loaded key={`${listId} ${segmentId} ${from}`} listId={listId} id={id} from={from} />
    </>
  );
}

/** A new one begins with a row, or as the one that it is a copy of. */
function Loaded({ listId, id, from }: { listId: string; id?: number; from?: number }) {
  const { t } = useTranslation();
  const me = useMe();
  const { conditions, error } = useConditions(listId);
  const source = id ?? from;
  const found = useQuery({ ...segmentQuery(listId, source ?? 0), enabled: source !== undefined });
  const failed = error ?? found.error;
  if (failed && !(conditions && found.data)) return <NotLoaded error={failed} onAgain={() => void found.refetch()} />;
  if (!conditions || (source !== undefined && !found.data)) return <Skeleton h={320} role="status" aria-label={t('segments.loading')} />;
  const title = id === undefined ? t('segments.new') : found.data!.data.name;
  const mayChange = may(me, 'market');
  if (!mayChange && id === undefined) return <><PageHead title={title} /><NotAllowed about={t('segments.notAllowed')} /></>;
  if (found.data?.data.type === 'static') return <NotFound />;
  const loaded = found.data ? loadedOf(found.data, conditions.kinds) : BEGINNING;
  const copy = from && id === undefined ? { ...loaded, values: { ...loaded.values, name: t('groups.copyOf', { name: loaded.values.name }) } } : loaded;
  return (
    <>
      <PageHead title={title} />
      {mayChange ? <SegmentForm listId={listId} id={id} loaded={copy} conditions={conditions} /> : <Read listId={listId} segment={found.data!.data} conditions={conditions} />}
    </>
  );
}

const BEGINNING = { values: { name: '', criteria: criteriaText({ match: 'all', conditions: [newRow().condition] }) }, etag: null };

function Read({ listId, segment, conditions }: { listId: string; segment: Segment; conditions: Conditions }) {
  const criteria = criteriaOfApi(segment.options as unknown as ApiTree, conditions.kinds);
  return (
    <>
      <Text dir="auto" mb="md"><CriteriaWords {...conditions} criteria={criteria} /></Text>
      <Box maw={420}><SegmentPreview listId={listId} criteria={criteria} kinds={conditions.kinds} unfinished={0} /></Box>
    </>
  );
}
