import { SegmentedControl, SimpleGrid, Text, TextInput } from '@mantine/core';
import type { Catalog } from '../../data/cluster.ts';
import { t } from '../../texts/index.ts';
import { type Choice, type ClusterDraft, offeredComponents } from './cluster-draft.ts';
import classes from './register.module.css';

export interface ComponentChoicesProps {
  readonly catalog: Catalog;
  readonly draft: ClusterDraft;
  readonly onChange: (changes: Partial<ClusterDraft>) => void;
}

/** The components of such a cluster: each is installed, left out, or takes over what others have installed. */
export function ComponentChoices({ catalog, draft, onChange }: ComponentChoicesProps) {
  return offeredComponents(catalog, draft).map(({ name, category, version, description, additions }) => (
    <div key={name} className={classes.component}>
      <div>
        <Text size="sm" fw={600} component="span">
          {name}{' '}
        </Text>
        <Text size="sm" c="dimmed" component="span">
          {version} · {description}
        </Text>
      </div>
      <SegmentedControl
        size="xs"
        aria-label={t('form.choice', { name })}
        value={draft.choices[category] ?? 'install'}
        onChange={(value) => onChange({ choices: { ...draft.choices, [category]: value } })}
        data={(['install', 'leaveOut', 'adopt'] as const).map((value) => ({ value, label: t(`form.${value}`) }))}
      />
      <ChoiceNote choice={draft.choices[category] ?? 'install'} />
      {draft.choices[category] !== 'leaveOut' && additions.length > 0 && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          {additions.map(({ name: setting, description: about, default: standard, pattern }) => {
            const key = `${category}.${setting}`;
            const value = draft.settings[key] ?? '';
            const fits = value === '' || pattern === '' || matches(pattern, value);
            return (
              <TextInput
                key={setting}
                size="xs"
                label={setting}
                description={about}
                placeholder={standard}
                value={value}
                error={fits ? undefined : pattern}
                onChange={(event) => onChange({ settings: { ...draft.settings, [key]: event.currentTarget.value } })}
              />
            );
          })}
        </SimpleGrid>
      )}
    </div>
  ));
}

function ChoiceNote({ choice }: { readonly choice: Choice }) {
  if (choice === 'install') return null;
  return (
    <Text size="xs" c="dimmed">
      {t(`choice.${choice}`)}
    </Text>
  );
}

/** Patterns of the catalogue are expressions of the server; one that is none here is left to it. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}
