import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMayChange } from '../data/session.ts';
import { t } from '../texts/index.ts';

export interface ActionButtonProps extends Omit<ButtonProps, 'children'> {
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A button that changes something: for readers it is there, disabled, and says why. */
export function ActionButton({ onClick, children, disabled = false, ...props }: ActionButtonProps) {
  const mayChange = useMayChange();
  if (mayChange) {
    return (
      <Button {...props} disabled={disabled} onClick={onClick}>
        {children}
      </Button>
    );
  }
  return (
    <Tooltip label={t('readerOnly')} multiline maw={280}>
      <Button {...props} data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  );
}
