import './app/login-link.ts';
import './style/styles.ts';
import { nonce } from './app/nonce.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { loadAhead } from './app/load-ahead.ts';

loadAhead();
const root = document.querySelector('#console');
if (root !== null) createRoot(root).render(<App nonce={nonce} />);
