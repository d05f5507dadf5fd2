/** Resolves with the first SIGTERM or SIGINT; a second one ends the process at once. */
export function untilTerminated(onSignal: () => void = () => {}): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const listener = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(130);
      asked = true;
      onSignal();
      resolve(signal);
    };
    process.on('SIGTERM', listener);
    process.on('SIGINT', listener);
  });
}
