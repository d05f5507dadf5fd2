import { testPages } from './pages.suite.ts';

testPages('zh');
