/** How the organisation, its mail and its users are set up. For administrators. */
import { Skeleton, Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { may, useMe } from '../../api/session.ts';
import { NotAllowed } from '../../ui/NotAllowed.tsx';
import { PageHead } from '../../ui/PageHead.tsx';
import { ProblemAlert } from '../../ui/ProblemAlert.tsx';
import { TabsLine } from '../../ui/TabsLine.tsx';
import { useToast } from '../../ui/useToast.tsx';
import { AppsPanel } from './AppsPanel.tsx';
import { DemoData } from './DemoData.tsx';
import { OpenSteps } from './OpenSteps.tsx';
import { OrganisationForm } from './OrganisationForm.tsx';
import { settingsQuery } from './queries.ts';
import { RelayForm } from './RelayForm.tsx';
import { tabs, type Tab } from './tabs.ts';
import { UsersPanel } from './UsersPanel.tsx';

const labels = {
  organisation: 'settings.tabOrganisation',
  relay: 'settings.tabRelay',
  users: 'settings.tabUsers',
  apps: 'settings.tabApps',
  demo: 'jobs.demo',
} as const;

function Forms({ tab }: { tab: 'organisation' | 'relay' }) {
  const { t } = useTranslation();
  const toast = useToast();
  const settings = useQuery(settingsQuery);
  // a form that is open stays: what was typed is worth more than a refresh
  if (!settings.data) return settings.error ? <ProblemAlert error={settings.error} /> : <Skeleton h={360} />;
  const Form = tab === 'organisation' ? OrganisationForm : RelayForm;
  return <Form settings={settings.data} save={t('ui.save')} onSaved={() => toast.tell(t('settings.saved'))} />;
}

export function SettingsPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { tab = 'organisation' } = useSearch({ from: '/signed-in/settings' });
  const navigate = useNavigate();

  if (!may(me, 'admin'))
    return (
      <>
        <PageHead title={t('shell.settings')} />
        <NotAllowed />
      </>
    );
  return (
    <Stack gap={0}>
      <PageHead title={t('shell.settings')} />
      <OpenSteps />
      <Tabs value={tab} onChange={(to) => to && void navigate({ to: '/settings', search: { tab: to as Tab } })} keepMounted={false} activateTabWithKeyboard={false}>
        <TabsLine value={tab}>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name} px={{ base: 8, sm: 'md' }}>
              {t(labels[name])}
            </Tabs.Tab>
          ))}
        </TabsLine>
        <Tabs.Panel value="organisation" pt="lg">
          <Forms tab="organisation" />
        </Tabs.Panel>
        <Tabs.Panel value="relay" pt="lg">
          <Forms tab="relay" />
        </Tabs.Panel>
        <Tabs.Panel value="users" pt="lg">
          <UsersPanel />
        </Tabs.Panel>
        <Tabs.Panel value="apps" pt="lg">
          <AppsPanel />
        </Tabs.Panel>
        <Tabs.Panel value="demo" pt="lg">
          <DemoData />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
