import { diffLines } from '../data/diff.ts';
import { t } from '../texts/index.ts';
import classes from './diff.module.css';

const SIGNS = { same: ' ', removed: '-', added: '+' } as const;

/** What changed between two texts, line by line. */
export function Diff({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <pre className={classes.diff} tabIndex={0} aria-label={t('diff.label')}>
      {diffLines(before, after).map(({ kind, text }, index) => {
        const Tag = kind === 'removed' ? 'del' : kind === 'added' ? 'ins' : 'span';
        return (
          // Lines have no identity but their place.
          <Tag key={`${index} ${text}`} className={`${classes.line} ${kind === 'same' ? '' : classes[kind]}`}>
            {SIGNS[kind]} {text}
          </Tag>
        );
      })}
    </pre>
  );
}
