import { realSource } from '../harness/real-source.ts';
import { describeWeather } from './weather.suite.ts';

describeWeather(realSource, 'a real control plane');
