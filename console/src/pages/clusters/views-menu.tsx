import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBookmark, IconChevronDown, IconTrash } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useStored } from '../../app/use-stored.ts';
import type { ListSearch } from '../../data/fleet-view.ts';
import { MAXIMUM_NAME, sameSearch, type SavedView, viewsOf, withoutView, withView } from '../../data/saved-views.ts';
import { CopyButton } from '../../parts/command.tsx';
import { t } from '../../texts/index.ts';
import classes from './clusters.module.css';

/** Views that everybody has. */
const GIVEN = [
  { text: 'view.needs', search: { phase: 'Failed,Degraded', sort: 'phase' } },
  { text: 'view.paused', search: { phase: 'Paused' } },
  { text: 'view.ending', search: { ends: '30', sort: 'credential' } },
] as const;

/** Filters under a name, kept in this browser; each is a link that others can open. */
export function ViewsMenu({ search }: { readonly search: ListSearch }) {
  const [isOpen, { close, toggle }] = useDisclosure(false);
  const [text, keep] = useStored('views');
  const saved = viewsOf(text);
  const given = GIVEN.map((view) => ({ name: t(view.text), search: view.search }));
  const current = [...saved, ...given].find((view) => sameSearch(view.search, search));
  const change = (views: readonly SavedView[]): void => keep(JSON.stringify(views));
  return (
    <Popover
      opened={isOpen}
      onChange={(next) => !next && close()}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant={current === undefined ? 'default' : 'light'}
          size="sm"
          px={12}
          leftSection={<IconBookmark size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          onClick={toggle}
          className={classes.views}
        >
          {current?.name ?? t('view.label')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t('view.label')} w={300}>
        <ul className={classes.viewList}>
          {saved.map((view) => (
            <ViewLine
              key={view.name}
              view={view}
              onOpen={close}
              onForget={() => change(withoutView(saved, view.name))}
            />
          ))}
          {given.map((view) => (
            <ViewLine key={view.name} view={view} onOpen={close} />
          ))}
        </ul>
        <SaveView isEmpty={sameSearch(search, {})} onSave={(name) => change(withView(saved, { name, search }))} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface ViewLineProps {
  readonly view: SavedView;
  readonly onOpen: () => void;
  readonly onForget?: () => void;
}

function ViewLine({ view: { name, search }, onOpen, onForget }: ViewLineProps) {
  return (
    <li className={classes.viewLine}>
      <Link to="/clusters" search={search} onClick={onOpen} className={classes.viewLink}>
        {name}
      </Link>
      {onForget && (
        <ActionIcon variant="subtle" color="gray" aria-label={t('view.forget', { name })} onClick={onForget}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}

/** Takes the present filter and order under a name. */
function SaveView({ isEmpty, onSave }: { readonly isEmpty: boolean; readonly onSave: (name: string) => void }) {
  const [name, setName] = useState('');
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return;
    onSave(name);
    setName('');
  };
  if (isEmpty) {
    return (
      <Text size="sm" c="dimmed" mt="xs">
        {t('view.how')}
      </Text>
    );
  }
  return (
    <form onSubmit={save}>
      <Stack gap={6} mt="xs">
        <Group gap={6} align="flex-end" wrap="nowrap">
          <TextInput
            label={t('view.name')}
            value={name}
            maxLength={MAXIMUM_NAME}
            onChange={(event) => setName(event.currentTarget.value)}
            style={{ flex: 1 }}
          />
          <Button type="submit" disabled={name.trim() === ''}>
            {t('view.save')}
          </Button>
        </Group>
        <Group gap={4}>
          <Text size="sm" c="dimmed">
            {t('view.link')}
          </Text>
          <CopyButton text={window.location.href} label={t('view.copy')} />
        </Group>
      </Stack>
    </form>
  );
}
