import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import { inCategoryOrder } from '../../resources/cluster/category-list-field.ts';
import { type ComponentCategory, NO_COMPONENT } from '../../resources/cluster/components.ts';
import { snakeCase } from '../../resources/document-field.ts';
import type { Completion } from './completion.ts';

/** The component of each category, by its name alone. */
type NamedComponents = Readonly<Partial<Record<ComponentCategory, { readonly name: string }>>>;

/**
 * The categories that get no component: as the save says, or as registered where it says nothing. Who names a component
 * of a category wants it again.
 */
export function leftOutCategories(
  completion: Completion,
  categories: readonly ComponentCategory[],
): readonly ComponentCategory[] {
  const { draft, before } = completion.context;
  const given = Object.entries(draft.components) as [ComponentCategory, { readonly name: string }][];
  const none = given.filter(([, { name }]) => name === NO_COMPONENT).map(([category]) => category);
  const named = new Set(
    given.filter(([, { name }]) => name !== '' && name !== NO_COMPONENT).map(([category]) => category),
  );
  const asked = draft.withoutComponents;
  for (const category of asked ?? []) {
    if (named.has(category)) {
      const field = `components_list.${snakeCase(category)}.name`;
      completion.report(field, message('ClusterInvalid.namedAndLeftOut'), action('GiveOneOfBoth'));
    }
  }
  const kept = asked ?? (before?.withoutComponents ?? []).filter((category) => !named.has(category));
  return inCategoryOrder([...kept, ...none]).filter((category) => categories.includes(category));
}

/** Reports what a component needs and the cluster does not get because its category is left out. */
export function reportMissingRequirements(
  completion: Completion,
  components: NamedComponents,
  leftOut: readonly ComponentCategory[],
): void {
  const { catalog } = completion.context;
  for (const [category, { name }] of Object.entries(components)) {
    for (const required of catalog.component(name)?.requires ?? []) {
      const missing = leftOut.find((one) => one === catalog.component(required)?.category);
      if (missing === undefined) continue;
      const said = message('ClusterInvalid.requirementLeftOut', { component: name, required });
      completion.report(
        'without_components',
        said,
        action('LeaveOutDependant', { category: snakeCase(category), missing: snakeCase(missing) }),
      );
    }
  }
}

/**
 * The categories whose component takes over what is there: as the save says, or as registered where it says nothing, for
 * the component that was registered then.
 */
export function adoptingCategories(completion: Completion, components: NamedComponents): readonly ComponentCategory[] {
  const { draft, before } = completion.context;
  const asked = draft.adoptComponents;
  for (const category of asked ?? []) {
    if (components[category] !== undefined) continue;
    const said = message('ClusterInvalid.notChosen', { category: snakeCase(category) });
    completion.report('adopt_components', said, action('LeaveOut'));
  }
  const isSame = (category: ComponentCategory): boolean =>
    components[category]?.name === before?.components[category]?.name;
  const adopting = asked ?? (before?.adoptComponents ?? []).filter(isSame);
  return adopting.filter((category) => components[category] !== undefined);
}
