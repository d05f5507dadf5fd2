import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { IconCircleCheckFilled, IconCircleXFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { FleetRowView } from '../../../../src/contract/views.ts';
import type { BulkResult } from '../../data/bulk.ts';
import { FIRST_PAUSE, pauseBody, PauseFields } from '../../parts/pause-fields.tsx';
import { count } from '../../parts/time.ts';
import { useFocusReturn } from '../../parts/use-focus-return.ts';
import { t } from '../../texts/index.ts';
import { BULK_ACTIONS, type BulkKind } from './bulk-actions.ts';
import classes from './clusters.module.css';
import { useBulk } from './use-bulk.ts';

export interface BulkDialogProps {
  readonly kind: BulkKind;
  /** The chosen clusters. */
  readonly rows: readonly FleetRowView[];
  readonly onClose: () => void;
  /** Chooses these instead. */
  readonly onSelect: (names: readonly string[]) => void;
}

/** Asks, does it cluster by cluster, and says what became of each. */
export function BulkDialog({ kind, rows, onClose, onSelect }: BulkDialogProps) {
  useFocusReturn();
  // As it was when it began: what is done changes the rows.
  const [targets] = useState(() => rows.filter(BULK_ACTIONS[kind].isPossible).map(({ name }) => name));
  const [chosen] = useState(rows.length);
  const [pause, setPause] = useState(FIRST_PAUSE);
  const bulk = useBulk();
  const isAsking = bulk.state === 'asking';
  const failed = bulk.results.filter(({ error }) => error !== undefined).map(({ name }) => name);
  return (
    <Modal
      opened
      centered
      size="lg"
      onClose={onClose}
      closeOnClickOutside={isAsking}
      title={t(`bulk.${kind}`, { count: count(targets.length) })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {isAsking && (
          <>
            <Text size="sm">{t(`bulk.${kind}About`)}</Text>
            {targets.length < chosen && (
              <Text size="sm" c="dimmed">
                {t(`bulk.${kind}LeftOut`, { count: count(chosen - targets.length) })}
              </Text>
            )}
            {kind === 'pause' && <PauseFields pause={pause} onChange={setPause} />}
          </>
        )}
        {!isAsking && <Outcome state={bulk.state} results={bulk.results} total={targets.length} />}
        <Group justify="flex-end">
          {isAsking && (
            <>
              <Button variant="default" onClick={onClose}>
                {t('cancel')}
              </Button>
              <Button
                disabled={targets.length === 0}
                data-autofocus={kind === 'pause' ? undefined : true}
                onClick={() => bulk.start(targets, BULK_ACTIONS[kind].path, kind === 'pause' ? pauseBody(pause) : {})}
              >
                {t(`bulk.do.${kind}`)}
              </Button>
            </>
          )}
          {bulk.state === 'running' && (
            <Button variant="default" onClick={bulk.stop}>
              {t('bulk.stop')}
            </Button>
          )}
          {bulk.state === 'done' && (
            <>
              {failed.length > 0 && (
                <Button variant="default" onClick={() => onSelect(failed)}>
                  {t('bulk.selectFailed')}
                </Button>
              )}
              <Button onClick={onClose}>{t('close')}</Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** Results that are listed at most; those that failed come first. */
const LISTED = 200;

interface OutcomeProps {
  readonly state: 'running' | 'done';
  readonly results: readonly BulkResult[];
  readonly total: number;
}

function Outcome({ state, results, total }: OutcomeProps) {
  const failed = results.filter(({ error }) => error !== undefined);
  const done = results.length - failed.length;
  const left = total - results.length;
  const isDone = state === 'done';
  return (
    <>
      {!isDone && (
        <Progress value={(100 * results.length) / total} aria-label={t('bulk.progress')} transitionDuration={0} />
      )}
      <Text size="sm" fw={600} role="status">
        {isDone
          ? t('bulk.summary', { done: count(done), failed: count(failed.length) })
          : t('bulk.running', { done: count(results.length), total: count(total) })}
        {isDone && left > 0 && ` · ${t('bulk.notTried', { count: count(left) })}`}
      </Text>
      <ul className={classes.results} tabIndex={0} aria-label={t('bulk.results')}>
        {results
          .toSorted((one, other) => Number(one.error === undefined) - Number(other.error === undefined))
          .slice(0, LISTED)
          .map((result) => (
            <Result key={result.name} {...result} />
          ))}
      </ul>
    </>
  );
}

function Result({ name, error }: BulkResult) {
  const isDone = error === undefined;
  const Icon = isDone ? IconCircleCheckFilled : IconCircleXFilled;
  const said = error instanceof Error ? error.message : String(error);
  return (
    <li className={classes.result}>
      <Icon size={16} aria-hidden className={isDone ? 'tone-ok' : 'tone-bad'} />
      <Link to="/clusters/$name" params={{ name }}>
        {name}
      </Link>
      <span className={isDone ? 'dim' : 'wrap'}>{isDone ? t('bulk.done') : said}</span>
    </li>
  );
}
