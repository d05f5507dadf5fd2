import type { ComponentDefinition } from '../../catalog/definition.ts';
import type { ComponentCategory, ComponentChoice } from '../../model/cluster.ts';

/** A component that the cluster shall have. */
export interface WantedComponent {
  readonly category: ComponentCategory;
  readonly choice: ComponentChoice;
  /** Absent when the catalogue does not have it. */
  readonly definition: ComponentDefinition | undefined;
}
