import { useMediaQuery } from '@mantine/hooks';

/** Whether the window is as narrow as that of a phone. */
export function useNarrow(): boolean {
  return useMediaQuery('(max-width: 600px)', undefined, { getInitialValueInEffect: false }) ?? false;
}
