import { FileTooLarge, NotRegularFile } from '../base/files/bounded-file.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** The error code of the operating system, such as `ENOSPC`; the message where the error has none. */
export function codeOr(error: unknown, otherwise: Message): Message {
  if (error instanceof FileTooLarge) return message('File.tooLarge', { limit: error.maximumBytes });
  if (error instanceof NotRegularFile) return message(error.code === 'EISDIR' ? 'File.directory' : 'File.notRegular');
  return error instanceof Error && 'code' in error ? verbatim(String(error.code)) : otherwise;
}

/** Why a file of the configuration cannot be read; it is named. */
export function fileProblem(file: string, error: unknown): Message {
  const isUnusual = error instanceof FileTooLarge || error instanceof NotRegularFile;
  const unreadable = message('ConfigurationInvalid.unreadable', { file });
  return isUnusual ? message('About.name', { name: file, what: codeOr(error, unreadable) }) : unreadable;
}
