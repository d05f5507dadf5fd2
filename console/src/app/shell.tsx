import { AppShell, Burger, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconActivity,
  IconCirclePlus,
  IconHeartRateMonitor,
  IconLayoutDashboard,
  IconPackages,
  IconReceipt,
  IconServer2,
  type IconProps,
} from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { type ComponentType, useEffect } from 'react';
import mark from '../assets/mark.svg';
import { startFleet, stopFleet } from '../data/fleet.ts';
import { t, type PlainTextId } from '../texts/index.ts';
import { AccountMenu } from './account-menu.tsx';
import classes from './shell.module.css';

interface NavigationLink {
  readonly to: string;
  readonly text: PlainTextId;
  readonly icon: ComponentType<IconProps>;
}

/** The pages that there are. */
const links: readonly NavigationLink[] = [
  { to: '/', text: 'nav.overview', icon: IconLayoutDashboard },
  { to: '/clusters', text: 'nav.clusters', icon: IconServer2 },
  { to: '/register', text: 'nav.register', icon: IconCirclePlus },
  { to: '/components', text: 'nav.components', icon: IconPackages },
  { to: '/events', text: 'nav.events', icon: IconActivity },
  { to: '/receipts', text: 'nav.receipts', icon: IconReceipt },
  { to: '/server', text: 'nav.server', icon: IconHeartRateMonitor },
];

/** The frame around the pages: navigation at the side, on narrow screens behind a button. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  useEffect(() => {
    startFleet();
    return stopFleet;
  }, []);
  useEffect(() => close(), [pathname, close]);
  return (
    <>
      <a className="skip" href="#content">
        {t('skipToContent')}
      </a>
      <AppShell
        layout="alt"
        header={{ height: { base: 52, md: 0 } }}
        navbar={{ width: 220, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
        padding={0}
      >
        <AppShell.Header className={classes.header} hiddenFrom="md">
          <Burger opened={isOpen} onClick={toggle} size="sm" aria-label={t('menu')} aria-expanded={isOpen} />
          <Brand />
        </AppShell.Header>
        <AppShell.Navbar className={classes.navbar} component="nav" aria-label={t('navigation')}>
          <Navigation isOpen={isOpen} toggle={toggle} />
        </AppShell.Navbar>
        <AppShell.Main className={classes.main} id="content">
          <Outlet />
        </AppShell.Main>
      </AppShell>
    </>
  );
}

function Navigation({ isOpen, toggle }: { readonly isOpen: boolean; readonly toggle: () => void }) {
  return (
    <>
      <UnstyledButton onClick={() => toggle()} hiddenFrom="md" aria-label={t('close')} className={classes.link}>
        <Burger component="span" opened={isOpen} size="sm" aria-hidden />
      </UnstyledButton>
      <Brand />
      {links.map(({ to, text, icon: Icon }) => (
        <Link key={to} to={to} className={classes.link} activeOptions={{ exact: to === '/' }}>
          <Icon size={18} stroke={1.6} aria-hidden />
          {t(text)}
        </Link>
      ))}
      <div className={classes.grow} />
      <AccountMenu />
    </>
  );
}

function Brand() {
  return (
    <Link to="/" className={classes.brand} activeProps={{}}>
      <img src={mark} width={26} height={26} alt="" />
      {t('product')}
    </Link>
  );
}
