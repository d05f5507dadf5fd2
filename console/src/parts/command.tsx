import { ActionIcon, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { t } from '../texts/index.ts';
import classes from './command.module.css';

const SHOWN_MILLISECONDS = 1500;

/** A command or a text to copy. Where a page may not write to the clipboard, the text is selected. */
export function Command({ text, label }: { readonly text: string; readonly label?: string }) {
  const code = useRef<HTMLElement>(null);
  return (
    <div className={classes.command}>
      <pre tabIndex={0} aria-label={label} className={classes.text}>
        <code ref={code}>{text}</code>
      </pre>
      <CopyButton text={text} select={() => selectIn(code.current)} />
    </div>
  );
}

/** A command that is shown when its label is opened. */
export function FoldedCommand({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <details>
      <summary>
        <Text component="span" size="sm">
          {label}
        </Text>
      </summary>
      <Command text={text} label={label} />
    </details>
  );
}

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied; left out: `Copy`. */
  readonly label?: string;
  readonly select?: () => void;
}

export function CopyButton({ text, label: what = t('copy'), select }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), SHOWN_MILLISECONDS);
    } catch {
      select?.();
    }
  };
  const label = isCopied ? t('copied') : what;
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={30} aria-label={label} onClick={() => void copy()}>
        {isCopied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}

function selectIn(element: HTMLElement | null): void {
  if (element !== null) window.getSelection()?.selectAllChildren(element);
}
