/** Somebody else saved meanwhile: theirs is shown, ours is kept. */
import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export interface MeetingRow {
  label: string;
  theirs: ReactNode;
  mine: ReactNode;
}

interface Props {
  rows: MeetingRow[];
  onTakeTheirs: () => void;
  /** Where nothing else saves. */
  onKeepMine?: () => void;
}

export function MeetingAlert({ rows, onTakeTheirs, onKeepMine }: Props) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" variant="light" role="alert" icon={<IconUsers size={18} />} title={t('ui.meeting')}>
      <Stack gap="xs">
        <Text size="sm">{onKeepMine ? t('ui.meetingChoose') : t('ui.meetingAbout')}</Text>
        {rows.length > 0 && (
          <Table withRowBorders={false} style={{ overflowWrap: 'anywhere' }}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('ui.meetingField')}</Table.Th>
                <Table.Th>{t('ui.theirs')}</Table.Th>
                <Table.Th>{t('ui.mine')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row, i) => (
                <Table.Tr key={i}>
                  <Table.Td>{row.label}</Table.Td>
                  <Table.Td dir="auto">{row.theirs}</Table.Td>
                  <Table.Td dir="auto">{row.mine}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
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
