/** What a list is sorted by, where its head has no room for the columns: on a phone. */
import { Button, Menu, VisuallyHidden } from '@mantine/core';
import { IconSortAscending, IconSortDescending } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { readSort, sortOf, type Column } from './columns.ts';

interface Props {
  columns: Pick<Column<never>, 'name' | 'label'>[];
  sort: string;
  onSort: (sort: string) => void;
}

export function SortMenu({ columns, sort, onSort }: Props) {
  const { t } = useTranslation();
  const { name, isDown } = readSort(sort);
  const Icon = isDown ? IconSortDescending : IconSortAscending;
  const label = columns.find((column) => column.name === name)?.label ?? name;
  return (
    <Menu position="bottom-end" width={220} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="subtle" size="compact-sm" mih={30} maw="100%" leftSection={<Icon size={16} aria-hidden />}>
          {t('table.sortedBy', { column: label })}
          <VisuallyHidden>{t(isDown ? 'table.descending' : 'table.ascending')}</VisuallyHidden>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60dvh" style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('table.sortBy')}</Menu.Label>
        <Menu.RadioGroup value={name} onChange={(next) => onSort(sortOf(next, isDown))}>
          {columns.map((column) => (
            <Menu.RadioItem key={column.name} value={column.name}>{column.label}</Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{t('table.order')}</Menu.Label>
        <Menu.RadioGroup value={isDown ? 'down' : 'up'} onChange={(next) => onSort(sortOf(name, next === 'down'))}>
          <Menu.RadioItem value="up">{t('table.ascending')}</Menu.RadioItem>
          <Menu.RadioItem value="down">{t('table.descending')}</Menu.RadioItem>
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
