import { describeStateCopyContract } from '../state-copy.contract.ts';
import { newFile, openState, removeFile } from './testing/database-file.ts';

describeStateCopyContract('SQLite', async () => {
  const file = await newFile();
  return { open: () => openState(file), cleanUp: () => removeFile(file) };
});
