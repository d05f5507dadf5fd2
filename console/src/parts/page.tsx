import { Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { t } from '../texts/index.ts';
import classes from './page.module.css';

export interface PageProps {
  readonly title: string;
  /** Beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Focus goes to the heading after navigation, not when the console is opened. */
let isFirst = true;

export function Page({ title, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title]);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
          {title}
        </Title>
        {actions}
      </div>
      {children}
    </div>
  );
}
