import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeWeather } from './weather.suite.ts';

describeWeather(() => sandboxSource(1), 'simulated clusters');
