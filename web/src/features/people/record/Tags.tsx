/** A person's tags. */
import { useTranslation } from 'react-i18next';
import { Explain } from '../../../ui/Explain.tsx';
import { ProblemAlert } from '../../../ui/ProblemAlert.tsx';
import { TagsEditor } from '../../../ui/TagsEditor.tsx';
import { useTags, type Person } from '../queries.ts';
import { Panel } from './Panel.tsx';
import { useStep } from './queries.ts';

export function Tags({ person }: { person: Person }) {
  const { t } = useTranslation();
  const step = useStep(person.id);
  const known = useTags().data ?? [];
  return (
    <Panel title={t('person.tags')} beside={<Explain words={['tag']} />}>
      <TagsEditor
        tags={person.tags}
        known={known.map(({ name }) => name)}
        isBusy={step.isPending}
        onAdd={(tag, onSuccess) => step.mutate((now) => ({ tags: [...now.tags, tag] }), { onSuccess })}
        onRemove={(tag) => step.mutate((now) => ({ tags: now.tags.filter((one) => one !== tag) }))}
      />
      <ProblemAlert error={step.error} title={t('person.notSaved')} />
    </Panel>
  );
}
