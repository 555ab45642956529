/** Lists that somebody has set up and named: opened, saved, shared. */
import { Button, Menu } from '@mantine/core';
import { IconCheck, IconChevronDown, IconDeviceFloppy, IconPencil, IconPlus, IconShare, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { useViews } from './queries.ts';
import { differs, type PeopleSearch, type Shown, type View } from './search.ts';
import { ViewDialog, type ViewAct } from './ViewDialog.tsx';

interface Props {
  search: PeopleSearch;
  shown: Shown;
  opened: { data: View; etag: string | null } | null;
}

export function ViewsMenu({ search, shown, opened }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/people' });
  const me = useMe();
  const views = useViews().data ?? [];
  const [act, setAct] = useState<ViewAct | null>(null);
  const view = opened?.data ?? null;
  const isOwn = view !== null && (view.mine || may(me, 'admin'));
  const isChanged = differs(search);
  const open = (id?: number) => void navigate({ search: id === undefined ? {} : { view: id } });
  const groups = [
    { label: t('views.mine'), items: views.filter((one) => one.mine) },
    { label: t('views.shared'), items: views.filter((one) => !one.mine) },
  ];
  const items: { act: ViewAct; label: string; icon: typeof IconPlus; isShown: boolean }[] = [
    { act: 'save', label: t('views.save'), icon: IconDeviceFloppy, isShown: isOwn && isChanged },
    { act: 'saveAs', label: t('views.saveAs'), icon: IconPlus, isShown: true },
    { act: 'rename', label: t('views.rename'), icon: IconPencil, isShown: isOwn },
    { act: 'share', label: view?.shared ? t('views.unshare') : t('views.share'), icon: IconShare, isShown: isOwn },
    { act: 'delete', label: t('views.delete'), icon: IconTrash, isShown: isOwn },
  ];
  return (
    <>
      <Menu position="bottom-start" width={260} withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" size="xs" rightSection={<IconChevronDown size={14} aria-hidden />} maw={260}>
            <bdi>{view ? (isChanged ? t('views.changed', { name: view.name }) : view.name) : t('views.all')}</bdi>
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          <Menu.Item leftSection={<Tick shown={search.view === undefined} />} onClick={() => open()}>
            {t('views.all')}
          </Menu.Item>
          {groups.filter((group) => group.items.length > 0).map((group) => (
            <Fragment key={group.label}>
              <Menu.Label>{group.label}</Menu.Label>
              {group.items.map((one) => (
                <Menu.Item key={one.id} leftSection={<Tick shown={one.id === search.view} />} onClick={() => open(one.id)}>
                  <bdi>{one.name}</bdi>
                </Menu.Item>
              ))}
            </Fragment>
          ))}
          <Menu.Divider />
          {items.filter((item) => item.isShown).map((item) => (
            <Menu.Item
              key={item.act}
              color={item.act === 'delete' ? 'red' : undefined}
              leftSection={<item.icon size={16} aria-hidden />}
              onClick={() => setAct(item.act)}
            >
              {item.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {act && <ViewDialog act={act} shown={shown} opened={opened} onOpenView={open} onClose={() => setAct(null)} />}
    </>
  );
}

function Tick({ shown }: { shown: boolean }) {
  return <IconCheck size={16} aria-hidden opacity={shown ? 1 : 0} />;
}
