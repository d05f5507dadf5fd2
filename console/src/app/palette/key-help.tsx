import { Modal, Switch, Title } from '@mantine/core';
import { useFocusReturn } from '../../parts/use-focus-return.ts';
import { t, type PlainTextId } from '../../texts/index.ts';
import { destinations } from '../destinations.ts';
import { useStored } from '../use-stored.ts';
import { areKeysOn, setKeysOn } from '../loose-keys.ts';
import { Keys } from './palette.tsx';
import classes from './palette.module.css';

interface KeyLine {
  readonly keys: readonly string[];
  readonly text: string;
}

function lines(...given: readonly (readonly [PlainTextId, ...(readonly string[])])[]): readonly KeyLine[] {
  return given.map(([text, ...keys]) => ({ keys, text: t(text) }));
}

const isApple = navigator.userAgent.includes('Mac OS');

/** Every key, and the switch that leaves all but Ctrl K without an effect. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  useFocusReturn();
  useStored('keys');
  const groups = [
    {
      title: t('keys.everywhere'),
      keys: lines(
        ['keys.palette', isApple ? '⌘ K' : 'Ctrl K'],
        ['keys.search', '/'],
        ['keys.help', '?'],
        ['keys.close', 'Esc'],
      ),
    },
    {
      title: t('keys.pages'),
      keys: destinations.map(({ key, text }) => ({ keys: [`g ${key}`], text: t(text) })),
    },
    {
      title: t('keys.list'),
      keys: lines(
        ['keys.move', 'j', 'k'],
        ['keys.open', 'Enter'],
        ['keys.select', 'x'],
        ['keys.range', 'Shift ↓'],
        ['keys.all', isApple ? '⌘ A' : 'Ctrl A'],
        ['keys.clear', 'Esc'],
      ),
    },
    { title: t('keys.cluster'), keys: lines(['keys.previous', '←'], ['keys.next', '→']) },
  ];
  return (
    <Modal
      opened
      centered
      size="xl"
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className={classes.help}>
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <Title order={3} size="h2">
              {title}
            </Title>
            <dl>
              {keys.map((line) => (
                <Line key={line.text} {...line} />
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        mt="lg"
        label={t('keys.on')}
        description={t('keys.onAbout')}
        checked={areKeysOn()}
        onChange={(event) => setKeysOn(event.currentTarget.checked)}
      />
    </Modal>
  );
}

function Line({ keys, text }: KeyLine) {
  return (
    <>
      <dt>{text}</dt>
      <dd>
        <Keys keys={keys.join(' ')} />
      </dd>
    </>
  );
}
