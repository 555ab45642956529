/** Why a draft is not saved, and what others did to it meanwhile. */
import { useTranslation } from 'react-i18next';
import { MeetingAlert, type MeetingRow } from '../../ui/MeetingAlert.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import type { Draft, DraftMeeting } from '../../ui/useDraft.ts';

interface Props<T extends Record<string, unknown>> {
  draft: Draft<T>;
  labelOf: (field: keyof T & string) => string;
  /** A value in words; other: what it is compared with. */
  wordsOf: (field: keyof T & string, values: T, other: T) => string;
  /** Of a field that is more than a value; null: it is none. */
  rowsOf?: (field: keyof T & string, meeting: DraftMeeting<T>, mine: T) => MeetingRow[] | null;
}

export function Troubles<T extends Record<string, unknown>>({ draft, labelOf, wordsOf, rowsOf }: Props<T>) {
  const { t } = useTranslation();
  const { meeting, problem, state, values } = draft;
  if (meeting)
    return (
      <MeetingAlert
        rows={meeting.fields.flatMap((field) => rowsOf?.(field, meeting, values) ?? [{
          label: labelOf(field),
          theirs: wordsOf(field, meeting.theirs, values) || t('ui.nothing'),
          mine: wordsOf(field, values, meeting.theirs) || t('ui.nothing'),
        }])}
        onTakeTheirs={draft.takeTheirs}
        onKeepMine={draft.keepMine}
      />
    );
  if (state === 'stopped' && problem) return <ProblemAlert error={problem} title={t('composer.notSaved')} />;
  return null;
}
