import { ActionIcon, Checkbox, Popover, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { memo, useMemo } from 'react';
import { useStored } from '../../app/use-stored.ts';
import { sortKeys } from '../../data/fleet-view.ts';
import { type Column, columnsOf, type Density, densityOf } from '../../data/list-columns.ts';
import { t } from '../../texts/index.ts';

export interface Display {
  readonly columns: readonly Column[];
  readonly density: Density;
}

const COLUMNS = 'columns';
const DENSITY = 'density';

/** Which columns the list has, and how dense it is: remembered in this browser. */
export const DisplayMenu = memo(function DisplayMenu({ columns, density }: Display) {
  const [, keepColumns] = useStored(COLUMNS);
  const [, keepDensity] = useStored(DENSITY);
  const toggle = (column: Column): void => {
    const isShown = columns.includes(column);
    keepColumns(sortKeys.filter((each) => (each === column ? !isShown : columns.includes(each))).join(','));
  };
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={t('display.label')}>
          <ActionIcon variant="default" size={32} aria-label={t('display.label')}>
            <IconAdjustmentsHorizontal size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t('display.label')} w={250}>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('display.density')}
          value={density}
          onChange={keepDensity}
          data={(['comfortable', 'compact'] as const).map((value) => ({ value, label: t(`display.${value}`) }))}
        />
        <Stack gap={8} mt="sm">
          {sortKeys.map((column) => (
            <Checkbox
              key={column}
              size="sm"
              label={t(`column.${column}`)}
              checked={columns.includes(column)}
              disabled={column === 'name'}
              onChange={() => toggle(column)}
            />
          ))}
        </Stack>
        <Text size="xs" c="dimmed" mt="sm">
          {t('display.about')}
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
});

/** What was chosen there. */
export function useDisplay(): Display {
  const [columns] = useStored(COLUMNS);
  const [density] = useStored(DENSITY);
  return useMemo(() => ({ columns: columnsOf(columns), density: densityOf(density) }), [columns, density]);
}
