import { Button, Stack } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiFailure } from '../data/api.ts';
import { isTransient, untilServerAnswers } from '../data/server-answers.ts';
import { t } from '../texts/index.ts';
import { FailureAlert } from './failure.tsx';
import { Page } from './page.tsx';

/** What stands in the place of a page that could not be loaded; tried again by itself once the server is back. */
export function PageFailed({ error }: ErrorComponentProps) {
  const router = useRouter();
  const isAway = isTransient(error);
  useEffect(() => {
    if (!isAway) return undefined;
    const end = new AbortController();
    void untilServerAnswers(end.signal).then(() => {
      if (!end.signal.aborted) void router.invalidate();
    });
    return () => end.abort();
  }, [isAway, router]);
  return (
    <Page title={t('failure.title')}>
      <Stack align="flex-start">
        <FailureAlert error={shownError(error)} />
        {!isAway && (
          <Button variant="default" onClick={() => window.location.reload()}>
            {t('failure.reload')}
          </Button>
        )}
      </Stack>
    </Page>
  );
}

function shownError(error: unknown): Error {
  if (!(error instanceof ApiFailure)) return new Error(t('failure.page'));
  return error.status === 0 ? new Error(t('failure.network')) : error;
}
