import { type ComponentType, useCallback, useEffect, useState } from 'react';
import { notifyFailed } from '../parts/notify.ts';
import { t } from '../texts/index.ts';
import { destinations } from './destinations.ts';
import type { PaletteProps } from './palette/palette.tsx';
import classes from './shell.module.css';
import { useShellKeys } from './use-shell-keys.ts';

interface Parts {
  readonly Palette: ComponentType<PaletteProps>;
  readonly KeyHelp: ComponentType<{ readonly onClose: () => void }>;
}

export type Opened = 'palette' | 'help' | undefined;

export interface QuickAccessProps {
  readonly opened: Opened;
  readonly onOpen: (opened: Opened) => void;
}

/** The palette and the keys, loaded when they are first asked for. */
export function QuickAccess({ opened, onOpen }: QuickAccessProps) {
  const [parts, setParts] = useState<Parts>();
  const close = useCallback(() => onOpen(undefined), [onOpen]);
  const help = useCallback(() => onOpen('help'), [onOpen]);
  const isGoing = useShellKeys({ onPalette: () => onOpen('palette'), onHelp: help });
  useEffect(() => {
    if (opened === undefined || parts !== undefined) return;
    Promise.all([import('./palette/palette.tsx'), import('./palette/key-help.tsx')]).then(
      ([{ Palette }, { KeyHelp }]) => setParts({ Palette, KeyHelp }),
      (error: unknown) => {
        notifyFailed(error);
        close();
      },
    );
  }, [opened, parts, close]);
  return (
    <>
      {isGoing && <Destinations />}
      {parts !== undefined && opened === 'palette' && <parts.Palette onClose={close} onHelp={help} />}
      {parts !== undefined && opened === 'help' && <parts.KeyHelp onClose={close} />}
    </>
  );
}

/** Which letter leads where, once `g` is pressed. */
function Destinations() {
  return (
    <div className={classes.going} role="status">
      {t('keys.goTo')}
      {destinations.map(({ key, text }) => (
        <span key={key}>
          <kbd>{key}</kbd> {t(text)}
        </span>
      ))}
    </div>
  );
}
