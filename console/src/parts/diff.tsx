import { SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { store, stored } from '../app/stored.ts';
import { diffLines, type DiffLine, diffRows } from '../data/diff.ts';
import { t } from '../texts/index.ts';
import classes from './diff.module.css';

const SIGNS = { same: ' ', removed: '-', added: '+' } as const;

/** From this width on there is room for two texts. */
const WIDE = '(min-width: 900px)';
/** Key of the choice that stays in the browser. */
const STORED = 'diff';

export interface DiffProps {
  readonly before: string;
  readonly after: string;
}

/** What changed between two texts: line by line, or side by side where there is room for it. */
export function Diff({ before, after }: DiffProps) {
  const isWide = useMediaQuery(WIDE) ?? false;
  const [form, setForm] = useState(() => (stored(STORED) === 'split' ? 'split' : 'unified'));
  const lines = diffLines(before, after);
  return (
    <>
      {isWide && (
        <SegmentedControl
          size="xs"
          mt="xs"
          aria-label={t('diff.form')}
          value={form}
          onChange={(value) => {
            setForm(value);
            store(STORED, value);
          }}
          data={[
            { value: 'unified', label: t('diff.unified') },
            { value: 'split', label: t('diff.split') },
          ]}
        />
      )}
      {isWide && form === 'split' ? <Split lines={lines} /> : <Unified lines={lines} />}
    </>
  );
}

function Unified({ lines }: { readonly lines: readonly DiffLine[] }) {
  return (
    <pre className={classes.diff} tabIndex={0} role="region" aria-label={t('diff.label')}>
      {lines.map((line, index) => (
        // Lines have no identity but their place.
        <Line key={`${index} ${line.text}`} line={line} />
      ))}
    </pre>
  );
}

function Split({ lines }: { readonly lines: readonly DiffLine[] }) {
  const rows = diffRows(lines);
  return (
    <div className={classes.split} role="group" aria-label={t('diff.label')}>
      {(['before', 'after'] as const).map((side) => (
        <pre key={side} className={classes.diff} tabIndex={0} role="region" aria-label={t(`diff.${side}`)}>
          {rows.map((row, index) => {
            const line = row[side];
            const key = `${index} ${line?.text ?? ''}`;
            return line === undefined ? (
              <span key={key} className={`${classes.line} ${classes.nothing}`}>
                {' '}
              </span>
            ) : (
              <Line key={key} line={line} />
            );
          })}
        </pre>
      ))}
    </div>
  );
}

function Line({ line: { kind, text } }: { readonly line: DiffLine }) {
  const Tag = kind === 'removed' ? 'del' : kind === 'added' ? 'ins' : 'span';
  return (
    <Tag className={`${classes.line} ${kind === 'same' ? '' : classes[kind]}`}>
      {SIGNS[kind]} {text}
    </Tag>
  );
}
