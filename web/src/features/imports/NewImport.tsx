/** From a file to an import: columns, questions, a trial, the import. */
import { Alert, Button, Group, Paper, Progress, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemOf } from '../../api/problem.ts';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { useUnsaved } from '../../ui/useUnsaved.tsx';
import { mapColumn, mergeQuestions, noChoices, ofColumns, openOffers, openQuestions, rememberQuestions, type Choices } from './choices.ts';
import { ColumnsTable } from './ColumnsTable.tsx';
import { FileCard } from './FileCard.tsx';
import { NewFieldDialog } from './NewFieldDialog.tsx';
import { lookQuery, useStart, type Look, type Question } from './queries.ts';
import { Trial } from './Trial.tsx';

/** Those that only the whole file showed, which an import was refused for. */
function questionsOf(error: unknown): Question[] {
  const body = error ? (problemOf(error).body as { questions?: Question[] } | null) : null;
  return body?.questions ?? [];
}

interface Props {
  file: File;
  /** Why its people may be mailed, as far as that is known. */
  ground?: string;
  onOther: () => void;
}

export function NewImport({ file, ground = '', onOther }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [begun] = useState<Choices>({ ...noChoices, ground });
  const [choices, setChoices] = useState(begun);
  const [later, setLater] = useState<Question[]>([]);
  const [column, setColumn] = useState<Look['columns'][number] | null>(null);
  const [trial, setTrial] = useState<number | null>(null);
  const [part, setPart] = useState(0);
  const first = useRef<Look | undefined>(undefined);
  const seen = useRef<Question[]>([]);
  const looked = useQuery({ ...lookQuery(file, choices, first.current), placeholderData: keepPreviousData });
  const start = useStart();
  const look = looked.data;

  if (look && !first.current) first.current = look;
  const questions = look ? mergeQuestions(look.questions, ofColumns(later, look)) : [];
  seen.current = rememberQuestions(choices, seen.current, questions);
  const asked = look ? ofColumns(seen.current, look) : [];
  const open = openQuestions(choices, asked);
  const yesNo = look ? openOffers(choices, look, asked) : [];
  const leaving = useUnsaved(choices !== begun && !start.isPending);
  const change = (next: Choices) => {
    setTrial(null);
    setChoices(next);
  };
  const run = (isDry: boolean) => {
    setPart(0);
    start.mutate({ file, choices, look: look!, isDry, onProgress: setPart }, {
      onError: (error) => setLater((before) => mergeQuestions(before, questionsOf(error))),
      onSuccess: ({ import_id }) => {
        if (isDry) setTrial(import_id);
        else void navigate({ to: '/imports/$importId', params: { importId: import_id } });
      },
    });
  };
  return (
    <Stack>
      {leaving}
      <FileCard file={file} look={look} choices={choices} onChange={change} onOther={onOther} />
      <ProblemAlert error={looked.error} title={t('imports.unreadable')} />
      {!look && !looked.error && <Skeleton h={240} />}
      {look && (
        <>
          {look.mapping === 'saved' && <Alert variant="light" color="gray">{t('imports.remembered')}</Alert>}
          <Paper>
            <Title order={2} mb={4}>{t('imports.columns')}</Title>
            <Text size="sm" c="dimmed" mb="sm">{t('imports.columnsAbout')}</Text>
            <ColumnsTable look={look} questions={asked} choices={choices} onChange={change} onNewField={setColumn} />
          </Paper>
          <TextInput
            label={t('imports.ground')}
            description={t('imports.groundAbout')}
            value={choices.ground}
            maxLength={500}
            onChange={(event) => change({ ...choices, ground: event.currentTarget.value })}
          />
          {start.isPending && <Progress value={100 * part} animated aria-label={t('imports.uploading')} />}
          {start.error && open.length === 0 && <ProblemAlert error={start.error} />}
          {trial !== null && <Trial id={trial} />}
          <Group>
            <Button variant="default" onClick={() => run(true)} loading={start.isPending} disabled={open.length > 0}>
              {t('imports.try')}
            </Button>
            <Button onClick={() => run(false)} loading={start.isPending} disabled={open.length > 0}>
              {t('imports.import')}
            </Button>
            <Text size="sm" c={open.length ? 'var(--mantine-color-yellow-light-color)' : 'dimmed'} role="status">
              {open.length ? t('imports.open', { count: open.length }) : t('imports.ready')}
            </Text>
          </Group>
          {yesNo.length > 0 && (
            <Text size="sm" c="var(--mantine-color-yellow-light-color)" dir="auto">
              {t('imports.yesNoLeft', { count: yesNo.length, columns: yesNo.join(', ') })}
            </Text>
          )}
        </>
      )}
      {column !== null && look && (
        <NewFieldDialog
          column={column}
          entity={choices.entity}
          onClose={() => setColumn(null)}
          onMade={(field) => {
            change(mapColumn(choices, look, column.column, field));
            setColumn(null);
          }}
        />
      )}
    </Stack>
  );
}
