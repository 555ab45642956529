/** What groups of people, companies or leads are made by: fields, what they are called, how their values are chosen. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { en } from '../../../messages/en/index.ts';
import type { FieldInfo } from '../../../ui/FilterBar/criteria.ts';
import type { Pickers } from '../../../ui/FilterBar/pickers.ts';
import { useFieldLabel } from '../../people/fields.ts';
import { campaignPicker, importPicker, mailStatusPicker, peoplePickers, tagPicker, valuePicker } from '../../people/pickers.tsx';
import { groupPicker } from './GroupPicker.tsx';
import { fieldsOf, type Entity } from './queries.ts';

type Known = keyof (typeof en)['groupEdit']['field'];

export interface CriteriaWith {
  fields: FieldInfo[];
  labelOf: (field: FieldInfo) => string;
  pickers: Pickers;
}

const NO_FIELDS: never[] = [];

function pickersOf(entity: Entity, except?: number): Pickers {
  const group = groupPicker(entity, except);
  if (entity === 'people') return { ...peoplePickers, group };
  return { text: valuePicker(entity), tag: tagPicker, mail_status: mailStatusPicker, campaign: campaignPicker, group, import_id: importPicker(entity) };
}

/** What CriteriaBuilder and CriteriaWords need. Without fields: they are not loaded yet. */
export function useCriteriaWith(entity: Entity, except?: number): CriteriaWith {
  const { t } = useTranslation();
  const fields = useQuery(fieldsOf(entity)).data ?? NO_FIELDS;
  const labelOfPerson = useFieldLabel();
  const labelOf = useCallback(
    (field: FieldInfo) =>
      !field.custom && field.name in en.groupEdit.field ? t(`groupEdit.field.${field.name as Known}`) : labelOfPerson(field),
    [t, labelOfPerson],
  );
  const pickers = useMemo(() => pickersOf(entity, except), [entity, except]);
  return { fields, labelOf, pickers };
}
