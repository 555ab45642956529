/** Whom it goes to: how many get it now, and who does not and why. */
import { Button, Group, Select, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format.ts';
import { Explain } from '../../../ui/Explain.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { groupPicker } from '../../groups/edit/GroupPicker.tsx';
import { useTags } from '../../people/queries.ts';
import { useTargets, type Campaign } from '../queries.ts';
import { targetIn, targetText, type TargetKind } from '../values.ts';
import { EstimateWords } from './EstimateWords.tsx';
import { Line, type LineProps } from './Line.tsx';
import { useTagGroup } from './tagGroup.ts';
import { useOneTargetName } from './targets.ts';

const kinds = ['group', 'tag', 'segment', 'audience'] as const;
const GroupInput = groupPicker('people').Input;

interface Props extends LineProps {
  id: number;
  /** The target that the server has. */
  saved: string;
  shown: Campaign['to'];
}

export function ToLine({ id, saved, shown, values, change, ...line }: Props) {
  const { t } = useTranslation();
  const name = useOneTargetName(values.to);
  const to = targetIn(values.to);
  const isSaved = values.to === saved;
  const words = name ?? (isSaved && shown && targetText(shown) === saved ? shown.name : null);
  return (
    <Line
      {...line}
      title={t('composer.step.to')}
      edit={to ? t('composer.change') : t('composer.to.choose')}
      summary={to ? <><bdi>{words ?? t('composer.to.gone')}</bdi> <EstimateWords id={id} to={saved} isShort /></> : t('composer.to.none')}
    >
      <Stack gap="md">
        <Chooser to={values.to} onChange={(next) => change({ to: next })} />
        {to && (isSaved ? <EstimateWords id={id} to={saved} /> : <Skeleton h={20} w={220} />)}
      </Stack>
    </Line>
  );
}

function Chooser({ to: text, onChange }: { to: string; onChange: (to: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const to = targetIn(text);
  const targets = useTargets();
  const [kind, setKind] = useState<TargetKind>(to?.kind ?? 'group');
  const [seen, setSeen] = useState(text);
  // it was chosen here, or by somebody else
  if (seen !== text) {
    setSeen(text);
    if (to) setKind(to.kind);
  }
  const chosen = to?.kind === kind ? to.id : undefined;
  const among = kind === 'tag' ? targets.data?.tags : targets.data?.segments;
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <SegmentedControl
          aria-label={t('composer.to.kind')}
          style={{ flexWrap: 'wrap' }}
          data={kinds.map((value) => ({ value, label: t(`composer.to.${value}`) }))}
          value={kind}
          onChange={(next) => setKind(next as TargetKind)}
        />
        <Explain words={['tag', 'segment', 'audience']} />
      </Group>
      {kind === 'group' && (
        <GroupInput label={t('composer.to.group')} value={chosen ?? undefined} onChange={(value) => value && onChange(targetText({ kind, id: Number(value) }))} />
      )}
      {kind === 'tag' && <PeopleTag onChange={(id) => onChange(targetText({ kind: 'group', id }))} />}
      {kind === 'segment' && among?.length === 0 && <Text size="sm">{t('composer.to.noSegment')}</Text>}
      {(kind === 'tag' || kind === 'segment') && among !== undefined && among.length > 0 && (
        <Select
          label={t(kind === 'tag' ? 'composer.to.audienceTag' : 'composer.to.segment')}
          placeholder={t('composer.to.pick')}
          description={targets.data?.job_id ? t('composer.to.looking') : undefined}
          dir="auto"
          searchable
          comboboxProps={{ withinPortal: false }}
          nothingFoundMessage={t('composer.to.nothing')}
          data={(among ?? []).map((one) => ({ value: String(one.id), label: `${one.name} (${format.number(one.count)})` }))}
          value={chosen == null ? null : String(chosen)}
          onChange={(value) => value && onChange(targetText({ kind, id: Number(value) }))}
        />
      )}
      {kind === 'audience' && (
        <>
          <Text size="sm">{t('composer.to.audienceAbout')}</Text>
          {to?.kind !== 'audience' && (
            <Button w="fit-content" variant="default" onClick={() => onChange(targetText({ kind }))}>{t('composer.to.toAudience')}</Button>
          )}
        </>
      )}
      <ProblemAlert error={kind === 'group' ? null : targets.error} />
    </>
  );
}

/** Tags that users gave to people. */
function PeopleTag({ onChange }: { onChange: (groupId: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tags = useTags();
  const group = useTagGroup();
  return (
    <>
      <Select
        label={t('composer.to.tag')}
        description={t('composer.to.tagAbout')}
        placeholder={t('composer.to.pick')}
        dir="auto"
        searchable
        disabled={group.isPending}
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t('composer.to.nothing')}
        data={(tags.data ?? []).map(({ name, records }) => ({ value: name, label: `${name} (${format.number(records)})` }))}
        value={null}
        onChange={(tag) => tag && group.mutate({ tag, name: t('composer.to.tagGroup', { tag }) }, { onSuccess: onChange })}
      />
      <ProblemAlert error={tags.error ?? group.error} />
    </>
  );
}
