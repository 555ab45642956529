/** The tags of a member: one is added by its name, also a new one, and removed by its cross. */
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../../../api/session.ts';
import { Explain } from '../../../../ui/Explain.tsx';
import { TagsEditor } from '../../../../ui/TagsEditor.tsx';
import { Panel } from '../../../people/record/Panel.tsx';
import { AudienceProblem } from '../../AudienceProblem.tsx';
import { segmentsQuery, useTag, useTagsOf, type Member } from '../queries.ts';

export function MemberTags({ member }: { member: Member }) {
  const { t } = useTranslation();
  const mayChange = may(useMe(), 'market');
  const tags = useTagsOf(member);
  const change = useTag(member);
  const known = useQuery(segmentsQuery(member.list_id)).data?.filter(({ type }) => type === 'static') ?? [];
  return (
    <Panel title={t('person.tags')} beside={<Explain words={['tag']} />}>
      {tags.isPending && <Skeleton h={24} />}
      {tags.data && (
        <TagsEditor
          tags={tags.data}
          known={known.map(({ name }) => name)}
          isBusy={change.isPending}
          onAdd={mayChange ? (name, onSuccess) => change.mutate({ name, has: true }, { onSuccess }) : undefined}
          onRemove={mayChange ? (name) => change.mutate({ name, has: false }) : undefined}
        />
      )}
      <AudienceProblem error={change.error ?? tags.error} title={change.error ? t('audience.notSaved') : undefined} />
    </Panel>
  );
}
