/** Which column is what. Loud: what is left out, and what may say that somebody wants no mail. */
import { Alert, Badge, Box, Button, Group, Select, Stack, Table, Text } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { askAgain, mapColumn, offerOf, openQuestions, type Choices } from './choices.ts';
import { useFieldName } from './fields.ts';
import type { Look, Question } from './queries.ts';
import { ColumnQuestion } from './ColumnQuestion.tsx';

const LEAVE_OUT = '-';
const NEW_FIELD = '+';
/** Consent is no field like the others: its question says what it is. */
const hidden = new Set(['opted_out', 'id']);

/** A phone has no room for three cells side by side. */
const stacked = {
  table: { base: 'block', sm: 'table' },
  body: { base: 'block', sm: 'table-row-group' },
  row: { base: 'block', sm: 'table-row' },
  cell: { base: 'block', sm: 'table-cell' },
} as const;

type Column = Look['columns'][number];

function State({ column, isAsked }: { column: Column; isAsked: boolean }) {
  const { t } = useTranslation();
  if (isAsked) return <Badge color="yellow" variant="light" tt="none">{t('imports.asksBelow')}</Badge>;
  if (column.consent && column.consent !== 'ignore') return <Badge color="red" variant="light" tt="none">{t('imports.isConsent')}</Badge>;
  if (!column.field && column.by !== null) return <Badge color="gray" variant="light" tt="none">{t('imports.leftOut')}</Badge>;
  if (!column.field) return <Badge color="yellow" variant="light" tt="none">{t('imports.notTaken')}</Badge>;
  if (column.by === 'saved') return <Badge color="gray" variant="light" tt="none">{t('imports.asBefore')}</Badge>;
  return null;
}

/** All it holds is yes and no: what about, nobody knows. One click away is what a question would ask. */
function Offer({ question, choices, onChange }: Pick<Props, 'choices' | 'onChange'> & { question: Question }) {
  const { t } = useTranslation();
  const [isAsked, setAsked] = useState(false);
  if (isAsked || openQuestions(choices, [question]).length === 0)
    return <ColumnQuestion question={question} choices={choices} onChange={onChange} />;
  return (
    <Alert variant="light" color="yellow" icon={<IconHelp size={18} aria-hidden />} py="xs" title={t('imports.yesNoAsk')}>
      <Text size="sm">{t('imports.yesNoAbout')}</Text>
      <Button mt="xs" size="xs" variant="default" onClick={() => setAsked(true)}>{t('imports.yesNoSay')}</Button>
    </Alert>
  );
}

interface Props {
  look: Look;
  questions: Question[];
  choices: Choices;
  onChange: (choices: Choices) => void;
  onNewField: (column: Column) => void;
}

function ColumnRow({ column, look, questions, choices, onChange, onNewField }: Props & { column: Column }) {
  const { t } = useTranslation();
  const fieldName = useFieldName(choices.entity);
  const me = useMe();
  const about = questions.filter((question) => question.column === column.column);
  const fields = look.fields.filter((field) => !hidden.has(field) || field === column.field);
  const taker = choices.taken[column.column];
  const isQuiet = !taker && (column.field !== null || column.by !== null || column.consent !== null);
  const offer = offerOf(choices, column, about);
  const again = askAgain(choices, column, about);
  const choose = (value: string | null) => {
    if (value === NEW_FIELD) onNewField(column);
    else if (value) onChange(mapColumn(choices, look, column.column, value === LEAVE_OUT ? null : value));
  };
  return (
    <Table.Tr bg={isQuiet ? undefined : 'var(--mantine-color-yellow-light)'} display={stacked.row} style={{ verticalAlign: 'top' }}>
      <Table.Td w={{ sm: '22%' }} display={stacked.cell} pt={{ sm: 'md' }}><Text size="sm" fw={600}><bdi>{column.column}</bdi></Text></Table.Td>
      <Table.Td w={{ sm: '30%' }} display={stacked.cell} pt={{ base: 0, sm: 'md' }}>
        <Text size="xs" c={column.samples.length ? undefined : 'dimmed'} lineClamp={2}>
          {column.samples.map((sample, i) => <Fragment key={i}>{i > 0 && ' · '}<bdi>{sample}</bdi></Fragment>)}
          {column.samples.length === 0 && t('imports.allBlank')}
        </Text>
      </Table.Td>
      <Table.Td display={stacked.cell}>
        <Stack gap="xs">
          <Group gap="xs">
            <Select
              aria-label={t('imports.fieldOf', { column: column.column })}
              searchable
              selectFirstOptionOnChange
              allowDeselect={false}
              w={230}
              value={column.field ?? LEAVE_OUT}
              onChange={choose}
              data={[
                { value: LEAVE_OUT, label: t('imports.leaveOut') },
                ...(may(me, 'admin') ? [{ value: NEW_FIELD, label: t('imports.newField') }] : []),
                ...fields.map((field) => ({ value: field, label: fieldName(field) })),
              ]}
            />
            <State column={column} isAsked={openQuestions(choices, about).length > 0} />
            {again && <Button size="compact-xs" variant="subtle" onClick={() => onChange(again)}>{t('imports.askAgain')}</Button>}
          </Group>
          {taker && <Text size="xs" c="red" role="status">{t('imports.taken', { column: taker })}</Text>}
          {offer && <Offer question={offer} choices={choices} onChange={onChange} />}
          {about.map((question) => (
            <ColumnQuestion key={question.kind} question={question} choices={choices} onChange={onChange} />
          ))}
        </Stack>
      </Table.Td>
    </Table.Tr>
  );
}

export function ColumnsTable(props: Props) {
  const { t } = useTranslation();
  const whole = props.questions.filter((question) => question.column === null);
  return (
    <Box>
      <Table verticalSpacing="sm" aria-label={t('imports.columns')} display={stacked.table}>
        <Table.Thead display={{ base: 'none', sm: 'table-header-group' }}>
            <Table.Tr>
              <Table.Th>{t('imports.column')}</Table.Th>
              <Table.Th>{t('imports.samples')}</Table.Th>
              <Table.Th>{t('imports.becomes')}</Table.Th>
            </Table.Tr>
        </Table.Thead>
        <Table.Tbody display={stacked.body}>
            {props.look.columns.map((column) => (
              <ColumnRow key={column.column} {...props} column={column} />
            ))}
        </Table.Tbody>
      </Table>
      {whole.map((question) => (
        <ColumnQuestion key={question.kind} question={question} choices={props.choices} onChange={props.onChange} />
      ))}
    </Box>
  );
}
