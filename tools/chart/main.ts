/** Packs the Helm chart into `dist`. */
import { join, relative } from 'node:path';
import { packChart } from './package.ts';

const root = join(import.meta.dirname, '../..');
const { archive, checksumFile } = await packChart(join(root, 'dist'));
console.log(`${relative(root, archive)} (helm install nautes ${relative(root, archive)})`);
console.log(relative(root, checksumFile));
