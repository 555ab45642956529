/** Somebody else saved meanwhile: theirs is shown, ours is kept. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FactTable } from './DataTable/FactTable.tsx';

export interface MeetingRow {
  label: string;
  theirs: ReactNode;
  mine: ReactNode;
}

interface Props {
  rows: MeetingRow[];
  onTakeTheirs: () => void;
  /** Theirs and ours are about different things, and both stand in the form. */
  isJoined?: boolean;
  /** Where nothing else saves. */
  onKeepMine?: () => void;
}

export function MeetingAlert({ rows, isJoined = false, onTakeTheirs, onKeepMine }: Props) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" variant="light" role="alert" icon={<IconUsers size={18} />} title={t('ui.meeting')}>
      <Stack gap="xs">
        <Text size="sm">{t(onKeepMine ? 'ui.meetingChoose' : isJoined ? 'ui.meetingJoined' : 'ui.meetingAbout')}</Text>
        {rows.length > 0 && (
          <FactTable
            minWidth={320}
            rows={rows}
            keyOf={(row) => row.label}
            columns={[
              { name: 'field', label: t('ui.meetingField'), cell: (row) => row.label },
              { name: 'theirs', label: t('ui.theirs'), isNamed: true, cell: (row) => <bdi>{row.theirs}</bdi> },
              { name: 'mine', label: t('ui.mine'), isNamed: true, cell: (row) => <bdi>{row.mine}</bdi> },
            ]}
          />
        )}
        <Group gap="xs">
          <Button variant="default" size="xs" onClick={onTakeTheirs}>
            {t('ui.takeTheirs')}
          </Button>
          {onKeepMine && (
            <Button variant="default" size="xs" onClick={onKeepMine}>
              {t('ui.keepMine')}
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
