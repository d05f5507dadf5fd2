/** Builds the container image in `dist/image`, an OCI layout, without a registry. */
import { relative } from 'node:path';
import { projectRoot } from '../package/program-files.ts';
import { buildImage, layoutSize } from './build-image.ts';
import { missingPrograms } from './programs.ts';

const missing = await missingPrograms(['mmdebstrap', 'umoci']);
if (missing === undefined) {
  const image = await buildImage({ say: (step) => console.log(`image: ${step} …`) });
  const size = Math.round((await layoutSize(image)) / 1024 / 1024);
  console.log(
    `image: oci:${relative(projectRoot, image.layout)}:${image.tag} ${image.digest} (${size} MiB compressed)`,
  );
} else {
  console.log(`image: ${missing}`);
  process.exitCode = 1;
}
