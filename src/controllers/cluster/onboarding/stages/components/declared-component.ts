import type { ComponentDefinition } from '../../../../../catalog/definition.ts';
import type { CatalogCategory, ComponentChoice } from '../../../../../resources/cluster/components.ts';

/** A component that the cluster is declared to have. */
export interface DeclaredComponent {
  readonly category: CatalogCategory;
  readonly choice: ComponentChoice;
  /** Absent when the catalogue does not have it. */
  readonly definition: ComponentDefinition | undefined;
}
