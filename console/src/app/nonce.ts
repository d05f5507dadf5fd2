import { setNonce } from 'get-nonce';

/** The nonce of this page, which styles that scripts make have to carry. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

/** The scroll lock of dialogs takes it from there. */
setNonce(nonce);
