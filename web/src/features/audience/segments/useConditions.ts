/** What the builder needs for segments of a list: fields, what they are called, how their values are chosen. */
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { SEGMENT_CONDITIONS_MAX, SEGMENT_DEPTH_MAX } from '../../../api/limits.ts';
import type { Building } from '../../../ui/CriteriaBuilder/context.ts';
import type { Limits } from '../../../ui/CriteriaBuilder/tree.ts';
import type { FieldInfo, Input } from '../../../ui/FilterBar/criteria.ts';
import type { Pickers } from '../../../ui/FilterBar/pickers.ts';
import { fieldName } from '../fields/fieldName.ts';
import { categoriesQuery, type Category } from '../interests/queries.ts';
import { permissionsQuery, type Permissions } from '../permissions/queries.ts';
import { ANY_CAMPAIGN, ASIDE, type ApiCondition, type Kind, type Kinds, type SegmentCondition } from './conditions.ts';
import { anySentPicker, birthdayPicker, clientPicker, interestPicker, languagePicker, permissionPicker, sentPicker, tagPicker } from './pickers.tsx';
import { mergeFieldsQuery, type MergeField } from './queries.ts';

export const limits: Limits = { depth: SEGMENT_DEPTH_MAX, conditions: SEGMENT_CONDITIONS_MAX };

type Words = Pick<FieldInfo, 'name' | 'label'> & Partial<FieldInfo>;

const info = (kind: Kind, words: Words): FieldInfo => ({ ...usual, ...looks[kind], ...words });

const usual = { type: 'text', ops: [], choices: [], sortable: false, editable: false, custom: false } satisfies Partial<FieldInfo>;

const BLANKS = ['blank', 'blank_not'];
const TEXTS = ['is', 'not', 'contains', 'notcontain', 'starts', 'ends'];
const COMPARED = ['is', 'not', 'greater', 'less'];
const all = (ops: readonly string[], input: Input) => Object.fromEntries(ops.map((op) => [op, input]));
const AIMS = ['opened', 'not_opened', 'clicked', 'not_clicked', 'sent', 'not_sent'];
const OF_TAG = ['is', 'not'];

/** Ops are those that are offered: another one that a condition has stays. */
const looks: Record<Kind, Partial<FieldInfo>> = {
  text: { ops: [...TEXTS, ...BLANKS] },
  number: { type: 'number', ops: [...COMPARED, ...BLANKS] },
  day: { type: 'date', ops: [...COMPARED, ...BLANKS], inputs: all(COMPARED, 'day') },
  birthday: { type: 'reference', ops: [...OF_TAG, ...BLANKS] },
  select: { type: 'choice', ops: ['is', 'not', 'contains', 'notcontain', ...BLANKS] },
  address: { ops: ['contains', 'notcontain', ...BLANKS] },
  email: { ops: TEXTS },
  time: {
    type: 'time',
    ops: ['in_last', 'not_in_last', 'greater', 'less', 'is', 'not', 'after_campaign', 'before_campaign'],
    inputs: { ...all(COMPARED, 'day'), ...all(['in_last', 'not_in_last'], 'days'), ...all(['after_campaign', 'before_campaign'], 'reference') },
  },
  language: { type: 'reference', ops: OF_TAG },
  source: { ops: OF_TAG },
  rating: { type: 'number', ops: COMPARED },
  vip: { type: 'boolean', ops: ['is'] },
  client: { type: 'reference', ops: OF_TAG },
  interests: { type: 'reference', ops: ['any_of', 'all_of', 'none_of'], section: 'sets' },
  tag: { type: 'reference', ops: OF_TAG, section: 'sets' },
  aim: { type: 'response', ops: AIMS, inputs: all(AIMS, 'reference'), first: ANY_CAMPAIGN },
  place: { ops: ['blank'] },
};

const mergeKinds: Partial<Record<MergeField['type'], Kind>> = {
  number: 'number', address: 'address', date: 'day', birthday: 'birthday', radio: 'select', dropdown: 'select',
};

/** By the API's names. */
const own = {
  EMAIL: 'email', static_segment: 'tag', aim: 'aim', timestamp_opt: 'time', info_changed: 'time', language: 'language', source: 'source',
  rating: 'rating', gmonkey: 'vip', email_client: 'client', ipgeo: 'place',
} as const satisfies Record<string, Kind>;
const ownNames = Object.keys(own) as (keyof typeof own)[];

export interface Conditions {
  fields: FieldInfo[];
  kinds: Kinds;
  labelOf: (field: FieldInfo) => string;
  pickers: Pickers;
  wordsOfUnknown: NonNullable<Building['wordsOfUnknown']>;
}

/** The permissions, if there were ever any, and interests by their categories. */
interface Sets {
  categories: Category[];
  permissions: Permissions;
}

function make(t: TFunction, listId: string, merges: MergeField[], { categories, permissions }: Sets): Conditions {
  const kinds = new Map<string, Kind>();
  const fields: FieldInfo[] = [];
  const add = (kind: Kind, words: Words) => {
    kinds.set(words.name, kind);
    fields.push(info(kind, words));
  };
  for (const name of ownNames) add(own[name], { name, label: t(`segments.field.${name}`) });
  for (const field of merges)
    add(mergeKinds[field.type] ?? 'text', { name: field.tag, label: fieldName(t, field), custom: true, choices: field.options?.choices ?? [] });
  for (const { id, title } of categories) add('interests', { name: `interests-${id}`, label: title });
  const permissionsField = `interests-${permissions.category_id ?? ''}`;
  if (permissions.items.length > 0) add('interests', { name: permissionsField, label: t('audience.permissions') });
  const sent = sentPicker(listId);
  const pickers: Pickers = {
    static_segment: tagPicker(listId), aim: anySentPicker(listId), timestamp_opt: sent, info_changed: sent, language: languagePicker, email_client: clientPicker,
    ...Object.fromEntries(categories.map((category) => [`interests-${category.id}`, interestPicker(category)])),
    [permissionsField]: permissionPicker(listId),
    ...Object.fromEntries(merges.filter(({ type }) => type === 'birthday').map(({ tag }) => [tag, birthdayPicker])),
  };
  return { fields, kinds, labelOf: ({ label }) => label, pickers, wordsOfUnknown: (condition) => unknownWords(t, condition) };
}

/** null: not loaded yet. */
export function useConditions(listId: string): { conditions: Conditions | null; error: Error | null } {
  const { t } = useTranslation();
  const merges = useQuery(mergeFieldsQuery(listId));
  const categories = useQuery(categoriesQuery(listId));
  const permissions = useQuery(permissionsQuery(listId));
  const conditions = useMemo(
    () => (merges.data && categories.data && permissions.data
      ? make(t, listId, merges.data, { categories: categories.data, permissions: permissions.data })
      : null),
    [t, listId, merges.data, categories.data, permissions.data],
  );
  return { conditions, error: merges.error ?? categories.error ?? permissions.error };
}

/** Of what a program made, or whose field is gone. */
function unknownWords(t: TFunction, condition: SegmentCondition): { says: string; about: string } {
  const kept = condition.field === ASIDE ? condition.kept : undefined;
  return { says: kept ? says(t, kept) : condition.field, about: t('segments.aside.about') };
}

function says(t: TFunction, api: ApiCondition): string {
  const { condition_type, field, op, value, extra, addr } = api as Record<string, string | undefined>;
  switch (op) {
    case 'ipgeoin': return t('segments.aside.inCircle', { miles: value, place: addr });
    case 'ipgeonotin': return t('segments.aside.notInCircle', { miles: value, place: addr });
    case 'ipgeoinzip':
    case 'geoin': return t('segments.aside.aroundZip', { miles: value, zip: extra });
    case 'ipgeocountry': return t('segments.aside.inCountry', { place: value });
    case 'ipgeonotcountry': return t('segments.aside.notInCountry', { place: value });
    default: return [field ?? condition_type, op, value, extra].filter((one) => one !== undefined).map(String).join(' ');
  }
}
