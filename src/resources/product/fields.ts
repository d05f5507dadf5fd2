import { message } from '../../messages/message.ts';
import { FieldProblem, mustBe } from '../field.ts';
import { fileField } from '../fields/build.ts';
import { text } from '../fields/text-field.ts';

/** The path of a group on Git servers: segments of these characters, separated by slashes. */
const GROUP_PATH = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/** A URL of Git, or the short form of SSH, `git@host:path`; without a password, which the file would disclose. */
function decodeRepository(written: string, place: string): string {
  if (/\s|\p{Cc}/u.test(written) || written.startsWith('-')) throw mustBe(place, message('wanted.repositoryUrl'));
  if (URL.canParse(written) && new URL(written).password !== '') {
    throw new FieldProblem(message('file.password', { place }));
  }
  return written;
}

/** The fields of a product, as its file in the tenant configuration repository has them. */
export const productFields = {
  group: fileField(text({ maximumLength: 255, pattern: GROUP_PATH, wanted: message('wanted.groupPath') }), {
    text: { en: 'path of its group on the Git server', zh: '其在 Git 服务器上的组路径' },
    file: 'name',
  }),
  repository: fileField(
    text({ maximumLength: 2000, wanted: message('wanted.repositoryUrl'), decode: decodeRepository }),
    {
      text: { en: 'clone URL of its default repository', zh: '其默认仓库的克隆 URL' },
      file: 'metaDataPath',
    },
  ),
};
