/** Criteria as a sentence: (City is Madrid or City is Lisbon) and Tag is not vip. */
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { ConditionWords } from '../FilterBar/ConditionWords.tsx';
import { isBranch, isNone, type Condition, type Criteria, type FieldInfo } from '../FilterBar/criteria.ts';
import type { Pickers } from '../FilterBar/pickers.ts';
import type { Building } from './context.ts';

interface Props {
  fields: FieldInfo[];
  labelOf: (field: FieldInfo) => string;
  pickers: Pickers;
  criteria: Criteria | undefined;
  wordsOfUnknown?: Building['wordsOfUnknown'];
}

export function CriteriaWords(props: Props) {
  const { t } = useTranslation();
  if (isNone(props.criteria)) return t('builder.all');
  return <Sentence {...props} criteria={props.criteria!} />;
}

/** Its parts with "and" or "or" between them; those that have several parts themselves in brackets. */
function Sentence({ criteria, ...props }: Props & { criteria: Criteria }) {
  const { t } = useTranslation();
  const between = criteria.match === 'any' ? t('builder.or') : t('builder.and');
  return criteria.conditions.map((part, index) => (
    <Fragment key={index}>
      {index > 0 && ` ${between} `}
      {isBranch(part) ? <Brackets {...props} criteria={part} isAlone={criteria.conditions.length === 1} /> : <Words {...props} condition={part} />}
    </Fragment>
  ));
}

function Brackets({ isAlone, ...props }: Props & { criteria: Criteria; isAlone: boolean }) {
  if (isNone(props.criteria)) return <CriteriaWords {...props} />;
  const isPlain = isAlone || props.criteria.conditions.length === 1;
  return (
    <>
      {!isPlain && '('}
      <Sentence {...props} />
      {!isPlain && ')'}
    </>
  );
}

/** Of a field that is not known, what is stored. */
function Words({ condition, fields, labelOf, pickers, wordsOfUnknown }: Omit<Props, 'criteria'> & { condition: Condition }) {
  const field = fields.find((one) => one.name === condition.field);
  if (field) return <ConditionWords condition={condition} field={field} label={labelOf(field)} pickers={pickers} />;
  if (wordsOfUnknown) return <bdi>{wordsOfUnknown(condition).says}</bdi>;
  return (
    <bdi>
      {condition.field} {condition.op} <b>{condition.value === undefined ? '' : String(condition.value)}</b>
    </bdi>
  );
}
