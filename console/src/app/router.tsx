import {
  createRootRoute,
  createRoute,
  createRouter,
  parseSearchWith,
  stringifySearchWith,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { whenSessionEnds } from '../data/api.ts';
import { patiently } from '../data/patient-import.ts';
import { queryClient } from '../data/query-client.ts';
import { sessionQuery } from '../data/session.ts';
import { LoginPage } from '../pages/login/login.tsx';
import { NotFound } from '../parts/not-found.tsx';
import { PageFailed } from '../parts/page-failed.tsx';
import { PagePending } from '../parts/page-pending.tsx';
import { listSearch } from '../data/saved-views.ts';
import { Shell } from './shell.tsx';

/** A page in a file of its own: the component of this name, loaded when it is first shown. */
const page = <Module extends Record<string, unknown>, Name extends keyof Module & string>(
  load: () => Promise<Module>,
  name: Name,
) => lazyRouteComponent(patiently(load), name);

const root = createRootRoute({ component: Outlet, errorComponent: PageFailed });

interface LoginSearch {
  /** A path of the console, where to go then. */
  readonly next?: string;
  readonly ended?: boolean;
  /** Why a login by GitLab or Gitea failed: a reason of the API. */
  readonly failed?: string;
}

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: LoginPage,
  validateSearch: ({ next, ended, failed }): LoginSearch => ({
    ...(typeof next === 'string' && /^\/[^/\\]/.test(next) && { next }),
    ...(ended !== undefined && { ended: true }),
    ...(typeof failed === 'string' && /^[A-Z_]{1,60}$/.test(failed) && { failed }),
  }),
});

/** Pages for those who have signed in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  errorComponent: PageFailed,
  beforeLoad: async ({ location }) => {
    const { caller } = await queryClient.ensureQueryData(sessionQuery);
    if (caller === null) {
      const { login_error: failed } = location.search as { readonly login_error?: unknown };
      const next = location.href === '/' ? {} : { next: location.href };
      throw redirect({ to: '/login', search: typeof failed === 'string' ? { failed } : next });
    }
  },
});

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: page(() => import('../pages/overview/overview.tsx'), 'OverviewPage'),
});

const clusters = createRoute({
  getParentRoute: () => shell,
  path: '/clusters',
  component: page(() => import('../pages/clusters/clusters.tsx'), 'ClustersPage'),
  validateSearch: listSearch,
});

const cluster = createRoute({
  getParentRoute: () => shell,
  path: '/clusters/$name',
  component: page(() => import('../pages/cluster/cluster.tsx'), 'ClusterLayout'),
});

const clusterPages = [
  createRoute({
    getParentRoute: () => cluster,
    path: '/',
    component: page(() => import('../pages/cluster/cluster-overview.tsx'), 'ClusterOverview'),
  }),
  createRoute({
    getParentRoute: () => cluster,
    path: '/components',
    component: page(() => import('../pages/cluster/cluster-components.tsx'), 'ClusterComponents'),
  }),
  createRoute({
    getParentRoute: () => cluster,
    path: '/events',
    component: page(() => import('../pages/cluster/cluster-events.tsx'), 'ClusterEvents'),
  }),
  createRoute({
    getParentRoute: () => cluster,
    path: '/objects',
    component: page(() => import('../pages/cluster/cluster-objects.tsx'), 'ClusterObjects'),
    validateSearch: ({ component: of }): { readonly component?: string } =>
      typeof of === 'string' && of !== '' ? { component: of } : {},
  }),
  createRoute({
    getParentRoute: () => cluster,
    path: '/repairs',
    component: page(() => import('../pages/cluster/cluster-repairs.tsx'), 'ClusterRepairs'),
  }),
  createRoute({
    getParentRoute: () => cluster,
    path: '/history',
    component: page(() => import('../pages/cluster/cluster-history.tsx'), 'ClusterHistory'),
  }),
  createRoute({
    getParentRoute: () => cluster,
    path: '/history/$commit',
    component: page(() => import('../pages/cluster/cluster-history.tsx'), 'ClusterCommit'),
  }),
  createRoute({
    getParentRoute: () => cluster,
    path: '/file',
    component: page(() => import('../pages/cluster/cluster-file.tsx'), 'ClusterFile'),
  }),
] as const;

const register = createRoute({
  getParentRoute: () => shell,
  path: '/register',
  component: page(() => import('../pages/register/register.tsx'), 'RegisterPage'),
});

const registerVirtual = createRoute({
  getParentRoute: () => shell,
  path: '/register/virtual',
  component: page(() => import('../pages/register/register.tsx'), 'RegisterPage'),
});

const receipt = createRoute({
  getParentRoute: () => shell,
  path: '/clusters/$name/receipt',
  component: page(() => import('../pages/cluster/removed.tsx'), 'ReceiptPage'),
});

/** Id of a commit, SHA-1 or SHA-256. */
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

const edit = createRoute({
  getParentRoute: () => shell,
  path: '/clusters/$name/edit',
  component: page(() => import('../pages/register/edit.tsx'), 'EditPage'),
  validateSearch: ({ state }): { readonly state?: string } =>
    typeof state === 'string' && COMMIT.test(state) ? { state } : {},
});

const remove = createRoute({
  getParentRoute: () => shell,
  path: '/clusters/$name/delete',
  component: page(() => import('../pages/register/delete.tsx'), 'DeletePage'),
});

const components = createRoute({
  getParentRoute: () => shell,
  path: '/components',
  component: page(() => import('../pages/components/components.tsx'), 'ComponentsPage'),
});

const component = createRoute({
  getParentRoute: () => shell,
  path: '/components/$component',
  component: page(() => import('../pages/components/component.tsx'), 'ComponentPage'),
});

const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  component: page(() => import('../pages/events/events.tsx'), 'EventsPage'),
});

const receipts = createRoute({
  getParentRoute: () => shell,
  path: '/receipts',
  component: page(() => import('../pages/receipts/receipts.tsx'), 'ReceiptsPage'),
});

const server = createRoute({
  getParentRoute: () => shell,
  path: '/server',
  component: page(() => import('../pages/server/server.tsx'), 'ServerPage'),
});

const tokens = createRoute({
  getParentRoute: () => shell,
  path: '/server/tokens',
  component: page(() => import('../pages/tokens/tokens.tsx'), 'TokensPage'),
});

/** Addresses that no other page has. */
const unknown = createRoute({ getParentRoute: () => shell, path: '$', component: NotFound });

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    shell.addChildren([
      overview,
      clusters,
      cluster.addChildren(clusterPages),
      edit,
      remove,
      receipt,
      register,
      registerVirtual,
      components,
      component,
      events,
      receipts,
      server,
      tokens,
      unknown,
    ]),
  ]),
  basepath: '/console',
  // Addresses are read by people: values stay as they are, without quotes.
  parseSearch: parseSearchWith(String),
  stringifySearch: stringifySearchWith(String),
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: PageFailed,
  defaultPendingComponent: PagePending,
});

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: typeof router;
  }
}

whenSessionEnds(() => {
  if (router.state.location.pathname.endsWith('/login')) return;
  queryClient.setQueryData(sessionQuery.queryKey, { caller: null });
  void router.navigate({ to: '/login', search: { next: router.state.location.href, ended: true } });
});
