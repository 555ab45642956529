/** Every address of the app. Pages are loaded when they are opened. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect,
} from '@tanstack/react-router';
import { problemOf } from '../api/problem.ts';
import { may, meQuery } from '../api/session.ts';
import { readAudienceSearch, readMemberSearch } from '../features/audience/search.ts';
import { readSegmentSearch } from '../features/audience/segments/search.ts';
import { readCampaignSearch, readCampaignsSearch } from '../features/campaigns/search.ts';
import { readContentSearch } from '../features/composer/search.ts';
import { readImportSearch, readImportsSearch } from '../features/imports/search.ts';
import { readOutboxSearch, readPart } from '../features/outbox/search.ts';
import { readGroupSearch, readGroupsSearch } from '../features/groups/search.ts';
import { readPlanSearch, readRowsSearch } from '../features/pushes/search.ts';
import { setupQuery } from '../features/setup/queries.ts';
import { readNewGroupSearch } from '../features/groups/edit/search.ts';
import { readPeopleSearch } from '../features/people/search.ts';
import { readTab } from '../features/settings/tabs.ts';
import { NotFound, PageError } from './errors.tsx';
import { localPath } from './localPath.ts';
import { Shell } from './Shell.tsx';

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  errorComponent: PageError,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { to?: string } => ({ to: localPath(search.to) }),
  // who is in already, and went back
  beforeLoad: ({ context, search }) => {
    if (context.queries.getQueryData(meQuery.queryKey)) throw redirect({ to: search.to ?? '/', replace: true });
  },
  component: lazyRouteComponent(() => import('../features/session/SignInPage.tsx'), 'SignInPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: (search): { token?: string } => ({
    token: typeof search.token === 'string' ? search.token : undefined,
  }),
  component: lazyRouteComponent(() => import('../features/setup/SetupPage.tsx'), 'SetupPage'),
});

/** Everything below needs somebody who is signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queries.ensureQueryData(meQuery) };
    } catch (error) {
      if (problemOf(error).status === 401) throw redirect({ to: '/sign-in', search: { to: location.href } });
      throw error;
    }
  },
  component: Shell,
  errorComponent: PageError,
  notFoundComponent: NotFound,
});

/** That it is not finished was so a while ago: people may have come since. */
async function isSetUp(queries: QueryClient): Promise<boolean> {
  const known = queries.getQueryData(setupQuery.queryKey);
  return known?.finished || (await queries.fetchQuery({ ...setupQuery, staleTime: 0 })).finished;
}

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: async ({ context }) => {
    if (may(context.me, 'admin') && !(await isSetUp(context.queries))) throw redirect({ to: '/setup' });
    throw redirect({ to: '/people' });
  },
});

const people = createRoute({
  getParentRoute: () => signedIn,
  path: '/people',
  validateSearch: readPeopleSearch,
  component: lazyRouteComponent(() => import('../features/people/PeoplePage.tsx'), 'PeoplePage'),
});

const person = createRoute({
  getParentRoute: () => signedIn,
  path: '/people/$personId',
  params: {
    parse: ({ personId }) => ({ personId: Number(personId) }),
    stringify: ({ personId }) => ({ personId: String(personId) }),
  },
  component: lazyRouteComponent(() => import('../features/people/PersonPage.tsx'), 'PersonPage'),
});

const newGroup = createRoute({
  getParentRoute: () => signedIn,
  path: '/groups/new',
  validateSearch: readNewGroupSearch,
  component: lazyRouteComponent(() => import('../features/groups/edit/NewGroupPage.tsx'), 'NewGroupPage'),
});

const editGroup = createRoute({
  getParentRoute: () => signedIn,
  path: '/groups/$groupId/edit',
  params: {
    parse: ({ groupId }) => ({ groupId: Number(groupId) }),
    stringify: ({ groupId }) => ({ groupId: String(groupId) }),
  },
  component: lazyRouteComponent(() => import('../features/groups/edit/EditGroupPage.tsx'), 'EditGroupPage'),
});

const groups = createRoute({
  getParentRoute: () => signedIn,
  path: '/groups',
  validateSearch: readGroupsSearch,
  component: lazyRouteComponent(() => import('../features/groups/GroupsPage.tsx'), 'GroupsPage'),
});

const groupParams = {
  parse: ({ groupId }: { groupId: string }) => ({ groupId: Number(groupId) }),
  stringify: ({ groupId }: { groupId: number }) => ({ groupId: String(groupId) }),
};

const group = createRoute({
  getParentRoute: () => signedIn,
  path: '/groups/$groupId',
  params: groupParams,
  validateSearch: readGroupSearch,
  component: lazyRouteComponent(() => import('../features/groups/GroupPage.tsx'), 'GroupPage'),
});

const plan = createRoute({
  getParentRoute: () => signedIn,
  path: '/groups/$groupId/push',
  params: groupParams,
  validateSearch: readPlanSearch,
  component: lazyRouteComponent(() => import('../features/pushes/PlanPage.tsx'), 'PlanPage'),
});

const push = createRoute({
  getParentRoute: () => signedIn,
  path: '/pushes/$pushId',
  params: {
    parse: ({ pushId }) => ({ pushId: Number(pushId) }),
    stringify: ({ pushId }) => ({ pushId: String(pushId) }),
  },
  validateSearch: readRowsSearch,
  component: lazyRouteComponent(() => import('../features/pushes/PushPage.tsx'), 'PushPage'),
});

const campaignParams = {
  parse: ({ campaignId }: { campaignId: string }) => ({ campaignId: Number(campaignId) }),
  stringify: ({ campaignId }: { campaignId: number }) => ({ campaignId: String(campaignId) }),
};

const campaigns = createRoute({
  getParentRoute: () => signedIn,
  path: '/campaigns',
  validateSearch: readCampaignsSearch,
  component: lazyRouteComponent(() => import('../features/campaigns/CampaignsPage.tsx'), 'CampaignsPage'),
});

const campaign = createRoute({
  getParentRoute: () => signedIn,
  path: '/campaigns/$campaignId',
  params: campaignParams,
  validateSearch: readCampaignSearch,
  component: lazyRouteComponent(() => import('../features/campaigns/CampaignPage.tsx'), 'CampaignPage'),
});

const audience = createRoute({
  getParentRoute: () => signedIn,
  path: '/audience',
  validateSearch: readAudienceSearch,
  component: lazyRouteComponent(() => import('../features/audience/AudiencePage.tsx'), 'AudiencePage'),
});

const member = createRoute({
  getParentRoute: () => signedIn,
  path: '/audience/members/$hash',
  validateSearch: readMemberSearch,
  component: lazyRouteComponent(() => import('../features/audience/members/MemberPage.tsx'), 'MemberPage'),
});

/** 'new': one that is made. */
const segment = createRoute({
  getParentRoute: () => signedIn,
  path: '/audience/segments/$segmentId',
  validateSearch: readSegmentSearch,
  component: lazyRouteComponent(() => import('../features/audience/segments/SegmentPage.tsx'), 'SegmentPage'),
});

const outbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/outbox',
  validateSearch: readOutboxSearch,
  component: lazyRouteComponent(() => import('../features/outbox/OutboxPage.tsx'), 'OutboxPage'),
});

const outboxMail = createRoute({
  getParentRoute: () => signedIn,
  path: '/outbox/$messageId',
  params: {
    parse: ({ messageId }) => ({ messageId: Number(messageId) }),
    stringify: ({ messageId }) => ({ messageId: String(messageId) }),
  },
  validateSearch: readPart,
  component: lazyRouteComponent(() => import('../features/outbox/MessagePage.tsx'), 'MessagePage'),
});

const composer = createRoute({
  getParentRoute: () => signedIn,
  path: '/campaigns/$campaignId/edit',
  params: campaignParams,
  component: lazyRouteComponent(() => import('../features/composer/ComposerPage.tsx'), 'ComposerPage'),
});

const composerContent = createRoute({
  getParentRoute: () => signedIn,
  path: '/campaigns/$campaignId/edit/content',
  params: campaignParams,
  validateSearch: readContentSearch,
  component: lazyRouteComponent(() => import('../features/composer/content/ContentPage.tsx'), 'ContentPage'),
});

const imports = createRoute({
  getParentRoute: () => signedIn,
  path: '/imports',
  validateSearch: readImportsSearch,
  component: lazyRouteComponent(() => import('../features/imports/ImportsPage.tsx'), 'ImportsPage'),
});

const importRun = createRoute({
  getParentRoute: () => signedIn,
  path: '/imports/$importId',
  params: {
    parse: ({ importId }) => ({ importId: Number(importId) }),
    stringify: ({ importId }) => ({ importId: String(importId) }),
  },
  validateSearch: readImportSearch,
  component: lazyRouteComponent(() => import('../features/imports/ImportPage.tsx'), 'ImportPage'),
});

const profile = createRoute({
  getParentRoute: () => signedIn,
  path: '/profile',
  component: lazyRouteComponent(() => import('../features/session/ProfilePage.tsx'), 'ProfilePage'),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings',
  validateSearch: readTab,
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage.tsx'), 'SettingsPage'),
});

const tree = root.addChildren([
  signIn,
  setup,
  signedIn.addChildren([
    home, people, person, groups, newGroup, group, editGroup, plan, push, campaigns, campaign, composer,
    composerContent, audience, member, segment, imports, importRun, outbox, outboxMail, profile, settings,
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({ routeTree: tree, context: { queries }, defaultPreload: 'intent', scrollRestoration: true });
}

type AppRouter = ReturnType<typeof makeRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}

/** Somebody's session has ended: back to where they were once they signed in. */
export function goToSignIn(router: AppRouter): void {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in' || pathname === '/setup') return;
  void router.navigate({ to: '/sign-in', search: { to: href } });
}
