import { Alert, Skeleton } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { isWaitingForServer, onWaitingForServer } from '../data/server-answers.ts';
import { t } from '../texts/index.ts';
import classes from './page.module.css';

/** What stands in the place of a page while it is loaded. */
export function PagePending() {
  const isAway = useSyncExternalStore(onWaitingForServer, isWaitingForServer);
  return (
    <div className={classes.page} role="status" aria-busy aria-label={t('loading')}>
      {isAway && (
        <Alert color="yellow" mb="md">
          {t('failure.network')}
        </Alert>
      )}
      <Skeleton height={32} mb={20} maw={280} />
      <Skeleton height={240} radius={12} />
    </div>
  );
}
