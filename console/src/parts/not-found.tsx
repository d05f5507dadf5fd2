import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { t } from '../texts/index.ts';
import { Page } from './page.tsx';

export function NotFound() {
  return (
    <main>
      <Page title={t('notFound.title')}>
        <Text>
          <Link to="/">{t('notFound.home')}</Link>
        </Text>
      </Page>
    </main>
  );
}
