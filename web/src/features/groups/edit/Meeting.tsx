/** Somebody else saved this group meanwhile. */
import { useTranslation } from 'react-i18next';
import { CriteriaWords } from '../../../ui/CriteriaBuilder/CriteriaWords.tsx';
import { MeetingAlert } from '../../../ui/MeetingAlert.tsx';
import type { Meeting as MeetingOf } from '../../../ui/useRecordForm.ts';
import type { CriteriaWith } from './fields.ts';
import { BY_HAND, criteriaIn, type GroupValues } from './values.ts';

interface Props {
  meeting: MeetingOf<GroupValues>;
  mine: GroupValues;
  criteriaWith: CriteriaWith;
  onTakeTheirs: () => void;
}

export function Meeting({ meeting, mine, criteriaWith, onTakeTheirs }: Props) {
  const { t } = useTranslation();
  const criteriaOf = (values: GroupValues) =>
    values.criteria === BY_HAND ? t('groupEdit.byHandOnly') : <CriteriaWords {...criteriaWith} criteria={criteriaIn(values)} />;
  const rows = meeting.fields.map((field) =>
    field === 'criteria'
      ? { label: t('builder.title'), theirs: criteriaOf(meeting.theirs), mine: criteriaOf(mine) }
      : { label: t('groupEdit.name'), theirs: meeting.theirs[field], mine: mine[field] },
  );
  return <MeetingAlert rows={rows} onTakeTheirs={onTakeTheirs} />;
}
