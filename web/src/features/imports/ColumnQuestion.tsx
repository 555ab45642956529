/** Something that only a person can tell, above all who wants no mail. It stays open until it is answered. */
import { Alert, Group, Radio, Stack, Text } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format.ts';
import { en } from '../../messages/en/index.ts';
import { answer, answerOne, isOffer, mayEach, openQuestions, valueKey, type Choices } from './choices.ts';
import type { Question } from './queries.ts';

interface Props {
  question: Question;
  choices: Choices;
  onChange: (choices: Choices) => void;
}

type Answers = typeof en.imports.answer;

/** What is asked; each answer, and what becomes of the people with it. */
function useTexts(question: Question) {
  const { t } = useTranslation();
  const format = useFormat();
  const { kind } = question;
  const told = en.imports.answerDoes[kind as keyof typeof en.imports.answerDoes] as Record<string, string> | undefined;
  const counted = (is: string) => {
    const effect = question.effects.find(({ answer: one }) => one === is);
    if (!effect) return '';
    return t(effect.unclear > 0 ? 'imports.effectUnclear' : 'imports.effect', {
      out: format.number(effect.out), unclear: format.number(effect.unclear),
    });
  };
  return {
    asks: t(isOffer(question) ? 'imports.yesNoWhat' : `imports.ask.${kind}`, { column: question.column ?? '' }),
    says: (is: string) => t(`imports.answer.${kind}.${is}` as `imports.answer.column.${keyof Answers['column']}`),
    does: (is: string) => {
      const what = told && is in told ? t(`imports.answerDoes.${kind}.${is}` as 'imports.answerDoes.column.ignore') : '';
      return [what, counted(is)].filter(Boolean).join(' ');
    },
  };
}

/** Of a column as a whole, "those with yes" says no more than the first answer. */
const hidden = { column: 'out' } as Partial<Record<Question['kind'], string>>;

function Values({ question }: { question: Question }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = question.values.map(({ value, count }) => `${value} (${format.number(count)})`);
  return (
    <Text size="xs" dir="auto">
      {shown.join(' · ')}
      {question.more > 0 && ` · ${t('imports.moreValues', { count: question.more })}`}
    </Text>
  );
}

const EACH = 'each';
/** On yellow, the usual grey is too pale. */
const readable = { description: { color: 'var(--mantine-color-text)' } };

/** One answer for the column; or, of texts, one for each. */
function One(props: Props) {
  const { question, choices, onChange } = props;
  const { t } = useTranslation();
  const { asks, says, does } = useTexts(question);
  const [isEach, setEach] = useState(false);
  const given = question.kind === 'date_order' ? choices.dateOrder : choices.consent[question.column ?? ''];
  const choose = (is: string) => {
    setEach(is === EACH);
    if (is !== EACH) onChange(answer(choices, question, is));
  };
  return (
    <>
      <Radio.Group label={asks} value={isEach ? EACH : (given ?? '')} onChange={choose}>
        <Stack gap={8} mt={8}>
          {question.values.length > 0 && <Values question={question} />}
          {question.answers.filter((is) => is !== hidden[question.kind]).map((is) => (
            <Radio key={is} value={is} label={says(is)} description={does(is)} size="sm" styles={readable} />
          ))}
          {mayEach(question) && <Radio value={EACH} label={t('imports.answerEach')} size="sm" />}
        </Stack>
      </Radio.Group>
      {isEach && <Stack gap={6} mt="xs"><ForEach {...props} onAnswer={(is, value) => onChange(answerOne(choices, question, is, value))} /></Stack>}
    </>
  );
}

/** An answer for each value. */
function Each(props: Props) {
  const { question, choices, onChange } = props;
  const { asks } = useTexts(question);
  return (
    <Stack gap={6}>
      <Text size="sm">{asks}</Text>
      <ForEach {...props} onAnswer={(is, value) => onChange(answer(choices, question, is, value))} />
    </Stack>
  );
}

function ForEach({ question, choices, onAnswer }: Props & { onAnswer: (is: string, value: string) => void }) {
  const { says } = useTexts(question);
  return question.values.map(({ value }) => (
    <Radio.Group
      key={value}
      label={<bdi>{value}</bdi>}
      value={choices.values[valueKey(question, value)] ?? ''}
      onChange={(is) => onAnswer(is, value)}
    >
      <Group gap="md">
        {question.answers.map((is) => <Radio key={is} value={is} label={says(is)} size="sm" />)}
      </Group>
    </Radio.Group>
  ));
}

export function ColumnQuestion(props: Props) {
  const isOpen = openQuestions(props.choices, [props.question]).length > 0;
  return (
    <Alert variant="light" color={isOpen ? 'yellow' : 'gray'} icon={<IconHelp size={18} aria-hidden />} py="xs">
      {props.question.kind === 'value' ? <Each {...props} /> : <One {...props} />}
    </Alert>
  );
}
