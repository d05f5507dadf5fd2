import { testPages } from './pages.suite.ts';

testPages('en');
