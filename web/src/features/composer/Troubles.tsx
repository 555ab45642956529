/** Why a draft is not saved, and what others did to it meanwhile. */
import { useTranslation } from 'react-i18next';
import { MeetingAlert } from '../../ui/MeetingAlert.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import type { Draft } from '../../ui/useDraft.ts';

interface Props<T extends Record<string, unknown>> {
  draft: Draft<T>;
  labelOf: (field: keyof T & string) => string;
  /** A value in words. */
  wordsOf: (field: keyof T & string, values: T) => string;
}

export function Troubles<T extends Record<string, unknown>>({ draft, labelOf, wordsOf }: Props<T>) {
  const { t } = useTranslation();
  const { meeting, problem, state, values } = draft;
  if (meeting)
    return (
      <MeetingAlert
        rows={meeting.fields.map((field) => ({
          label: labelOf(field),
          theirs: wordsOf(field, meeting.theirs) || t('ui.nothing'),
          mine: wordsOf(field, values) || t('ui.nothing'),
        }))}
        onTakeTheirs={draft.takeTheirs}
        onKeepMine={draft.keepMine}
      />
    );
  if (state === 'stopped' && problem) return <ProblemAlert error={problem} title={t('composer.notSaved')} />;
  return null;
}
