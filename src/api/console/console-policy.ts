/** Where the build leaves room for the nonce of a reply. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** The Content-Security-Policy of the page: everything comes from this server; styles that scripts make need the nonce. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Headers of the page. It is not kept: its nonce is that of one reply.
 * @param isSecureContext whether browsers heed the opener policy; elsewhere they log an error for it
 */
export function shellHeaders(nonce: string, isSecureContext: boolean): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(nonce),
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), clipboard-read=()',
    ...(isSecureContext && { 'cross-origin-opener-policy': 'same-origin' }),
  };
}

/** The name of a file holds a hash of its content. */
export const assetHeaders = {
  'cache-control': 'public, max-age=31536000, immutable',
  'cross-origin-resource-policy': 'same-origin',
  vary: 'Accept-Encoding',
} as const;
