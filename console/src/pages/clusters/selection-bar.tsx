import { Button } from '@mantine/core';
import { IconEye, IconKey, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import type { FleetRowView } from '../../../../src/contract/views.ts';
import { NOTHING_SELECTED, type Selection, selectionOf } from '../../data/selection.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { count } from '../../parts/time.ts';
import { t } from '../../texts/index.ts';
import type { BulkKind } from './bulk-actions.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import classes from './clusters.module.css';

export interface SelectionBarProps {
  /** The chosen clusters that there are. */
  readonly rows: readonly FleetRowView[];
  readonly onSelection: (change: (before: Selection) => Selection) => void;
}

const ICONS = { sync: IconEye, pause: IconPlayerPause, resume: IconPlayerPlay, rotate: IconKey } as const;
const KINDS = ['sync', 'pause', 'resume', 'rotate'] as const;

/** What can be done with the chosen clusters, at the lower edge of the window. */
export function SelectionBar({ rows, onSelection }: SelectionBarProps) {
  const [kind, setKind] = useState<BulkKind>();
  if (rows.length === 0 && kind === undefined) return null;
  return (
    <section className={classes.selection} aria-label={t('select.label')}>
      <span role="status" className={classes.selected}>
        {t('select.count', { count: count(rows.length) })}
      </span>
      {KINDS.map((each) => {
        const Icon = ICONS[each];
        return (
          <ActionButton
            key={each}
            size="compact-md"
            variant="subtle"
            leftSection={<Icon size={16} aria-hidden />}
            onClick={() => setKind(each)}
          >
            {t(`bulk.do.${each}`)}
          </ActionButton>
        );
      })}
      <Button size="compact-md" variant="subtle" color="gray" onClick={() => onSelection(() => NOTHING_SELECTED)}>
        {t('select.none')}
      </Button>
      {kind !== undefined && (
        <BulkDialog
          kind={kind}
          rows={rows}
          onClose={() => setKind(undefined)}
          onSelect={(names) => {
            onSelection(() => selectionOf(names));
            setKind(undefined);
          }}
        />
      )}
    </section>
  );
}
