import { Combobox, Kbd, Modal, Text, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useFleet } from '../../data/fleet.ts';
import { useMayChange } from '../../data/session.ts';
import { useThrottled } from '../../data/use-throttled.ts';
import { Phase } from '../../parts/phase.tsx';
import { useFocusReturn } from '../../parts/use-focus-return.ts';
import { t } from '../../texts/index.ts';
import classes from './palette.module.css';
import { type PaletteContext, type PaletteItem, paletteItems } from './palette-items.ts';

export interface PaletteProps {
  readonly onClose: () => void;
  readonly onHelp: () => void;
}

const MAXIMUM_QUERY = 200;
const ROWS_INTERVAL = 1000;

/** Finds clusters, pages, and what can be done with the open cluster. */
export function Palette({ onClose, onHelp }: PaletteProps) {
  useFocusReturn();
  const { rows = [] } = useFleet();
  const settled = useThrottled(rows, ROWS_INTERVAL);
  const mayChange = useMayChange();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const list = useCombobox({ opened: true, onDropdownClose: onClose });
  const groups = useMemo(() => {
    const go: PaletteContext['go'] = (to, params) => void navigate(params === undefined ? { to } : { to, params });
    return paletteItems({ rows: settled, mayChange, onHelp, go }, query);
  }, [settled, mayChange, onHelp, navigate, query]);
  useEffect(() => {
    list.selectFirstOption();
    // once for each query: the list itself is another object at each rendering
  }, [query]);
  const items = [...groups.values()].flat();
  const submit = (id: string): void => {
    onClose();
    items.find((item) => item.id === id)?.run();
  };
  return (
    <Modal.Root opened onClose={onClose} size="lg" yOffset="10vh">
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.title')}>
        <Modal.Body p={0}>
          <Combobox store={list} onOptionSubmit={submit}>
            <Combobox.EventsTarget withExpandedAttribute>
              <TextInput
                data-autofocus
                size="md"
                variant="unstyled"
                className={classes.search}
                aria-label={t('palette.title')}
                placeholder={t('palette.placeholder')}
                leftSection={<IconSearch size={18} aria-hidden />}
                maxLength={MAXIMUM_QUERY}
                value={query}
                onChange={(event) => setQuery(event.currentTarget.value)}
              />
            </Combobox.EventsTarget>
            <Combobox.Options tabIndex={0} className={classes.list} aria-label={t('palette.title')}>
              {[...groups].map(([group, found]) => (
                <Combobox.Group key={group} label={t(`palette.${group}`)}>
                  {found.map((item) => (
                    <Found key={item.id} item={item} />
                  ))}
                </Combobox.Group>
              ))}
            </Combobox.Options>
            {items.length === 0 && (
              <Text size="sm" c="dimmed" p="md" role="status">
                {t('palette.none')}
              </Text>
            )}
            {!mayChange && (
              <Text size="xs" c="dimmed" px="md" pb="sm">
                {t('readerOnly')}
              </Text>
            )}
          </Combobox>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Found({ item: { id, text, phase, keys, isDisabled } }: { readonly item: PaletteItem }) {
  return (
    <Combobox.Option value={id} disabled={isDisabled} className={classes.option}>
      <span className={classes.text}>{text}</span>
      {phase !== undefined && <Phase phase={phase} />}
      {keys !== undefined && <Keys keys={keys} />}
    </Combobox.Option>
  );
}

/** Keys that are pressed one after another, or together where a `+` stands between them. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={classes.keys}>
      {keys.split(' ').map((key, index) => (
        <Kbd key={`${index} ${key}`}>{key}</Kbd>
      ))}
    </span>
  );
}
