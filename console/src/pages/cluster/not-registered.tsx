import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { t } from '../../texts/index.ts';

/** A name that no cluster has or had. */
export function NotRegistered({ name }: { readonly name: string }) {
  return (
    <Page title={t('notRegistered.title', { name })}>
      <Text mb="md">{t('notRegistered.about')}</Text>
      <Link to="/clusters">{t('notRegistered.list')}</Link>
    </Page>
  );
}
