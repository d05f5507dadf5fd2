/** The default range of node ports of a Kubernetes cluster. */
export const NODE_PORT_RANGE = { first: 30000, last: 32767 } as const;

/** The port, or `undefined` when the text is not a number in the range of node ports. */
export function readNodePort(text: string): number | undefined {
  if (!/^[0-9]{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= NODE_PORT_RANGE.first && port <= NODE_PORT_RANGE.last ? port : undefined;
}
