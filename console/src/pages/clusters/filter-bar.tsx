import { ActionIcon, Button, Checkbox, Menu, Popover, ScrollArea, Stack, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconDownload, IconSearch, IconX } from '@tabler/icons-react';
import { type KeyboardEvent, memo, type RefObject, useMemo } from 'react';
import type { FleetRowView } from '../../../../src/contract/views.ts';
import { choicesOf, csvOf, type FilterKey, filterKeys, listOf, type ListSearch } from '../../data/fleet-view.ts';
import { saveFile } from '../../parts/save-file.ts';
import { count } from '../../parts/time.ts';
import { t, textOfName } from '../../texts/index.ts';
import classes from './clusters.module.css';
import { ViewsMenu } from './views-menu.tsx';

export interface FilterBarProps {
  readonly rows: readonly FleetRowView[];
  readonly search: ListSearch;
  readonly onChange: (changes: Partial<ListSearch>) => void;
}

/** The filters, with how many rows each would leave, and the saved ones. */
export const FilterBar = memo(function FilterBar({ rows, search, onChange }: FilterBarProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const isAway = event.key === 'Escape' && (search.q ?? '') === '';
    if (!isAway && event.key !== 'Enter' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    document.querySelector<HTMLElement>('[role=grid] [role=row] a[tabindex="0"]')?.focus();
  };
  return (
    <>
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          type="search"
          data-page-search
          onKeyDown={onKeyDown}
          aria-label={t('filter.search')}
          placeholder={t('filter.placeholder')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search.q ?? ''}
          onChange={(event) => onChange({ q: event.currentTarget.value })}
        />
        {filterKeys.map((key) => (
          <Facet key={key} name={key} rows={rows} value={search[key]} onChange={onChange} />
        ))}
        <ViewsMenu search={search} />
      </div>
      <Chips search={search} onChange={onChange} />
    </>
  );
});

interface FacetProps {
  readonly name: FilterKey;
  readonly rows: readonly FleetRowView[];
  readonly value: string | undefined;
  readonly onChange: FilterBarProps['onChange'];
}

/** The values that there are, each with how many clusters have it. */
function Facet({ name, rows, value, onChange }: FacetProps) {
  const chosen = listOf(value);
  const choices = useMemo(() => choicesOf(rows, name), [rows, name]);
  if (choices.length < 2 && chosen.length === 0) return null;
  const toggle = (choice: string) => {
    const next = chosen.includes(choice) ? chosen.filter((each) => each !== choice) : [...chosen, choice];
    onChange({ [name]: next.length === 0 ? undefined : next.join(',') });
  };
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant={chosen.length > 0 ? 'light' : 'default'}
          size="sm"
          px={12}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t(`filter.${name}`)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t(`filter.${name}`)}>
        <ScrollArea.Autosize mah={300} type="auto">
          <Stack gap={8} miw={170} pr={8}>
            {choices.map(({ value: choice, count: number }) => (
              <Checkbox
                key={choice}
                size="sm"
                checked={chosen.includes(choice)}
                onChange={() => toggle(choice)}
                label={
                  <>
                    {nameOf(name, choice)} <span className="dim">{count(number)}</span>
                  </>
                }
              />
            ))}
          </Stack>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

function nameOf(key: FilterKey, value: string): string {
  return key === 'phase' || key === 'kind' ? textOfName(key, value) : value;
}

/** The filters in force; a click removes one. */
function Chips({ search, onChange }: Pick<FilterBarProps, 'search' | 'onChange'>) {
  const chips = filterKeys.flatMap((key) =>
    listOf(search[key]).map((value) => ({
      id: `${key} ${value}`,
      text: `${t(`filter.${key}`)}: ${nameOf(key, value)}`,
      remove: () =>
        onChange({
          [key]: listOf(search[key])
            .filter((each) => each !== value)
            .join(','),
        }),
    })),
  );
  if (search.ends !== undefined) {
    const text = t('filter.ends', { days: search.ends });
    chips.push({ id: 'ends', text, remove: () => onChange({ ends: undefined }) });
  }
  if (chips.length === 0) return null;
  const clear = Object.fromEntries([...filterKeys, 'ends', 'q'].map((key) => [key, undefined]));
  return (
    <div className={classes.chips}>
      {chips.map(({ id, text, remove }) => (
        <Button
          key={id}
          size="compact-sm"
          radius="xl"
          variant="light"
          aria-label={t('filter.remove', { name: text })}
          rightSection={<IconX size={13} aria-hidden />}
          onClick={remove}
        >
          {text}
        </Button>
      ))}
      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onChange(clear)}>
        {t('filter.clear')}
      </Button>
    </div>
  );
}

/** Saves what the filters leave at that moment. */
export const Export = memo(function Export({ rows }: { readonly rows: RefObject<readonly FleetRowView[]> }) {
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Tooltip label={t('list.export')}>
          <ActionIcon variant="default" size={32} aria-label={t('list.export')}>
            <IconDownload size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => saveFile('clusters.csv', 'text/csv', csvOf(rows.current))}>{t('list.csv')}</Menu.Item>
        <Menu.Item
          onClick={() =>
            saveFile('clusters.json', 'application/json', `${JSON.stringify(rows.current, undefined, 2)}\n`)
          }
        >
          {t('list.json')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
});
