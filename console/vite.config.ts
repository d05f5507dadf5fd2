import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** A running server, for `make console-dev`. */
const server = process.env['NAUTES_SERVER'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // Baseline 2024, for `light-dark()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/api': { target: server, changeOrigin: false } } },
});
