/** Builds the bundled client and its npm package in `dist`. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeBundle, packBundle, shownPath } from './bundle.ts';

const bundle = await makeBundle();
const archive = await packBundle(bundle, dirname(bundle.packageDirectory));
const { size } = await stat(bundle.file);
console.log(`${shownPath(bundle.file)} (${Math.round(size / 1024)} KiB, one file)`);
console.log(`${shownPath(archive)} (npm install -g ${shownPath(archive)})`);
