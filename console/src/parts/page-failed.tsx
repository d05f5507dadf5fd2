import { Button, Stack } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { ApiFailure } from '../data/api.ts';
import { t } from '../texts/index.ts';
import { FailureAlert } from './failure.tsx';
import { Page } from './page.tsx';

/** What stands in the place of a page that could not be loaded, e.g. because the server is away. */
export function PageFailed({ error }: ErrorComponentProps) {
  return (
    <Page title={t('failure.title')}>
      <Stack align="flex-start">
        <FailureAlert error={error instanceof ApiFailure ? error : new Error(t('failure.page'))} />
        <Button variant="default" onClick={() => window.location.reload()}>
          {t('failure.reload')}
        </Button>
      </Stack>
    </Page>
  );
}
