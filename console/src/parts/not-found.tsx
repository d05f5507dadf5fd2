import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { t } from '../texts/index.ts';
import { Page } from './page.tsx';

/** What stands at an address that no page has, in the frame of the pages. */
export function NotFound() {
  return (
    <Page title={t('notFound.title')}>
      <Text>
        <Link to="/">{t('notFound.home')}</Link>
      </Text>
    </Page>
  );
}
