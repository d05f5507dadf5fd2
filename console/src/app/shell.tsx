import { ActionIcon, AppShell, Burger, Kbd, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import mark from '../assets/mark.svg';
import { startFleet, stopFleet, useStreamState } from '../data/fleet.ts';
import { readFailedAgain } from '../data/query-client.ts';
import { t } from '../texts/index.ts';
import { AccountMenu } from './account-menu.tsx';
import { destinations } from './destinations.ts';
import { type Opened, QuickAccess } from './quick-access.tsx';
import classes from './shell.module.css';

/** The frame around the pages: navigation at the side, on narrow screens behind a button. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const [opened, setOpened] = useState<Opened>();
  const search = useCallback(() => setOpened('palette'), []);
  useEffect(() => {
    startFleet();
    return stopFleet;
  }, []);
  const stream = useStreamState();
  useEffect(() => {
    if (stream === 'live') readFailedAgain();
  }, [stream]);
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
          <div className={classes.grow} />
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('palette.title')} onClick={search}>
            <IconSearch size={18} aria-hidden />
          </ActionIcon>
        </AppShell.Header>
        <AppShell.Navbar className={classes.navbar} component="nav" aria-label={t('navigation')}>
          <Navigation isOpen={isOpen} toggle={toggle} onSearch={search} onKeys={() => setOpened('help')} />
        </AppShell.Navbar>
        <AppShell.Main className={classes.main} id="content">
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <QuickAccess opened={opened} onOpen={setOpened} />
    </>
  );
}

interface NavigationProps {
  readonly isOpen: boolean;
  readonly toggle: () => void;
  readonly onSearch: () => void;
  readonly onKeys: () => void;
}

function Navigation({ isOpen, toggle, onSearch, onKeys }: NavigationProps) {
  return (
    <>
      <UnstyledButton onClick={() => toggle()} hiddenFrom="md" aria-label={t('close')} className={classes.link}>
        <Burger component="span" opened={isOpen} size="sm" aria-hidden />
      </UnstyledButton>
      <Brand />
      <UnstyledButton className={classes.quick} onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={16} stroke={1.6} aria-hidden />
        <span className={classes.grow}>{t('palette.button')}</span>
        <Kbd aria-hidden>{SHORTCUT}</Kbd>
      </UnstyledButton>
      {destinations.map(({ to, text, icon: Icon }) => (
        <Link key={to} to={to} className={classes.link} activeOptions={{ exact: to === '/' }}>
          <Icon size={18} stroke={1.6} aria-hidden />
          {t(text)}
        </Link>
      ))}
      <div className={classes.grow} />
      <AccountMenu onKeys={onKeys} />
    </>
  );
}

const SHORTCUT = navigator.userAgent.includes('Mac OS') ? '⌘ K' : 'Ctrl K';

function Brand() {
  return (
    <Link to="/" className={classes.brand} activeProps={{}}>
      <img src={mark} width={26} height={26} alt="" />
      {t('product')}
    </Link>
  );
}
