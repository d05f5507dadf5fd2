import type { InventoryEntry } from '../../resources/inventory.ts';
import type { KubeObject, ObjectOwner } from '../../kube-objects/kube-object.ts';
import type { ObjectOwnership } from './object-ownership.ts';
