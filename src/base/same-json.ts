/**
 * Whether two values have the same JSON, whatever the order of their members; a member that is `undefined` is none. Parts
 * that both have in common are not looked into.
 */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) return sameItems(left, right);
  return sameMembers(left as Readonly<Record<string, unknown>>, right as Readonly<Record<string, unknown>>);
}

function sameItems(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((item, index) => sameJson(item, right[index]));
}

function sameMembers(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean {
  let members = 0;
  for (const name of Object.keys(left)) {
    if (left[name] === undefined) continue;
    if (!Object.hasOwn(right, name) || !sameJson(left[name], right[name])) return false;
    members += 1;
  }
  for (const name of Object.keys(right)) if (right[name] !== undefined) members -= 1;
  return members === 0;
}
