/** What stands around every page of who is signed in. */
import { AppShell, Box, Burger, Button, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconAddressBook, IconFileImport, IconInbox, IconMail, IconSearch, IconSettings, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may, useMe, type Right } from '../api/session.ts';
import { useHasEnded } from '../api/signedIn.ts';
import { useIsOutboxInUse } from '../features/outbox/queries.ts';
import { JobsMenu } from './JobsMenu.tsx';
import { beginTypeAhead, endTypeAhead } from './typeAhead.ts';
import { UserMenu } from './UserMenu.tsx';

const Search = lazy(async () => {
  try {
    return { default: (await import('./Search.tsx')).Search };
  } catch (error) {
    endTypeAhead();
    throw error;
  }
});
const SignInAgain = lazy(async () => ({ default: (await import('../features/session/SignInAgain.tsx')).SignInAgain }));

interface Room {
  to: '/people' | '/groups' | '/campaigns' | '/audience' | '/imports' | '/outbox' | '/settings';
  label: 'shell.people' | 'shell.groups' | 'shell.campaigns' | 'shell.audience' | 'shell.imports' | 'shell.outbox' | 'shell.settings';
  icon: typeof IconUsers;
  right?: Right;
  /** Pages with another address that stand in this room. */
  also?: string;
  /** Only while mails stay here. */
  isOfCatcher?: boolean;
}

/** A room appears here when it is furnished. */
const rooms: Room[] = [
  { to: '/people', label: 'shell.people', icon: IconUsers },
  { to: '/groups', label: 'shell.groups', icon: IconUsersGroup, also: '/pushes' },
  { to: '/campaigns', label: 'shell.campaigns', icon: IconMail },
  { to: '/audience', label: 'shell.audience', icon: IconAddressBook },
  { to: '/imports', label: 'shell.imports', icon: IconFileImport, right: 'write' },
  { to: '/outbox', label: 'shell.outbox', icon: IconInbox, right: 'market', isOfCatcher: true },
  { to: '/settings', label: 'shell.settings', icon: IconSettings, right: 'admin' },
];

function Rooms() {
  const { t } = useTranslation();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const hasOutbox = useIsOutboxInUse();
  return rooms
    .filter((room) => (!room.right || may(me, room.right)) && (!room.isOfCatcher || hasOutbox))
    .map((room) => {
      const isHere = [room.to, room.also].some((address) => address && (path === address || path.startsWith(`${address}/`)));
      return (
        <NavLink
          key={room.to}
          component={Link}
          to={room.to}
          label={t(room.label)}
          leftSection={<room.icon size={18} aria-hidden />}
          active={isHere}
          aria-current={isHere ? 'page' : undefined}
          variant="light"
        />
      );
    });
}

export function Shell() {
  const { t } = useTranslation();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const [searched, setSearched] = useState(0);
  const hasEnded = useHasEnded();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const search = () => {
    beginTypeAhead();
    setSearched((times) => times + 1);
  };

  useHotkeys([['mod+K', search]]);
  useEffect(close, [path, close]);
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <a className="skip-link" href="#content">
        {t('shell.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('shell.menu')} aria-expanded={isOpen} />
            <Text component={Link} to="/" fw={700} c="inherit" td="none">
              Muster
            </Text>
          </Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconSearch size={14} aria-hidden />}
            onClick={search}
            w={{ base: 'auto', sm: 320 }}
            justify="flex-start"
          >
            {t('shell.search')}
          </Button>
          <Group gap="xs" wrap="nowrap">
            <JobsMenu />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('shell.rooms')}>
        <Rooms />
      </AppShell.Navbar>
      <AppShell.Main>
        <Box id="content" tabIndex={-1} style={{ outline: 'none' }}>
          <Outlet />
        </Box>
      </AppShell.Main>
      <Suspense fallback={null}>
        {searched > 0 && <Search asked={searched} />}
        {hasEnded && <SignInAgain />}
      </Suspense>
    </AppShell>
  );
}
