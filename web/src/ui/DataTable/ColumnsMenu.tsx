/** Which columns a list shows. Those that are chosen stand first, in their order. */
import { Button, Checkbox, Popover, ScrollArea, Stack, TextInput } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  columns: { name: string; label: string }[];
  shown: readonly string[];
  onChange: (shown: string[]) => void;
}

const MANY = 12;

export function ColumnsMenu({ columns, shown, onChange }: Props) {
  const { t } = useTranslation();
  const [find, setFind] = useState('');
  const fitting = columns.filter((column) => column.label.toLocaleLowerCase().includes(find.trim().toLocaleLowerCase()));
  return (
    <Popover position="bottom-end" width={260} trapFocus returnFocus onClose={() => setFind('')}>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<IconColumns3 size={14} aria-hidden />}>
          {t('table.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        {columns.length > MANY && (
          <TextInput
            size="xs"
            mb="xs"
            data-autofocus
            aria-label={t('table.findColumn')}
            placeholder={t('table.findColumn')}
            value={find}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
        )}
        <ScrollArea.Autosize mah={320}>
          <Checkbox.Group
            value={[...shown]}
            onChange={(names) => onChange(names)}
            aria-label={t('table.columns')}
          >
            <Stack gap={8} p={4}>
              {fitting.map((column) => (
                <Checkbox
                  key={column.name}
                  size="xs"
                  value={column.name}
                  label={column.label}
                  disabled={shown.length === 1 && shown[0] === column.name}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
