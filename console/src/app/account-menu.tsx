import {
  Avatar,
  Menu,
  SegmentedControl,
  Text,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { IconKeyboard, IconLogout, IconSelector } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { queryClient } from '../data/query-client.ts';
import { sessionQuery, signOut, useCaller, useSessionEnd } from '../data/session.ts';
import { exactTime } from '../parts/time.ts';
import { t, textOfName } from '../texts/index.ts';
import { LanguageSwitch } from './language-switch.tsx';
import classes from './shell.module.css';

/** Who one is, and what one chooses for this browser. */
export function AccountMenu({ onKeys }: { readonly onKeys: () => void }) {
  const caller = useCaller();
  const navigate = useNavigate();
  const leave = async () => {
    await signOut();
    queryClient.clear();
    queryClient.setQueryData(sessionQuery.queryKey, { caller: null });
    await navigate({ to: '/login' });
  };
  const name = caller?.name ?? '';
  return (
    <Menu width={260} position="top-start" shadow="md" closeOnItemClick={false}>
      <Menu.Target>
        <UnstyledButton className={classes.account}>
          <VisuallyHidden>{t('account')}</VisuallyHidden>
          <Avatar size={28} radius="xl" color="ocean" variant="filled" aria-hidden>
            {name.slice(0, 1).toUpperCase()}
          </Avatar>
          <span className={classes.name}>
            {name}
            <Text component="span" display="block" size="xs" c="dimmed">
              {textOfName('role', caller?.role ?? '')}
            </Text>
          </span>
          <IconSelector size={16} stroke={1.6} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('language')}</Menu.Label>
        <LanguageSwitch />
        <Menu.Label>{t('appearance')}</Menu.Label>
        <AppearanceSwitch />
        <Menu.Divider />
        <SessionEnd />
        <Menu.Item closeMenuOnClick leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onKeys}>
          {t('keys.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Worded only in an open menu: the first format of times takes tens of milliseconds. */
function SessionEnd() {
  const end = useSessionEnd();
  return end === '' ? null : <Menu.Label>{t('sessionEnds', { time: exactTime(end) })}</Menu.Label>;
}

function AppearanceSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label={t('appearance')}
      value={colorScheme}
      onChange={(value) => setColorScheme(value)}
      data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: t(`appearance.${value}`) }))}
    />
  );
}
