import { type TSchema, Type } from 'typebox';

export const text = (description: string, value = '') => Type.String({ description, default: value, maxLength: 4096 });
/** PEM text, or the name of a file with it. */
export const authorities = (whose: string) =>
  Type.String({
    description:
      `Certificate authorities ${whose}, besides those that Node and the system trust: ` +
      'name of a file with certificates (PEM), or their text itself.',
    default: '',
    maxLength: 262_144,
  });
/** The URL of a proxy, or `none`. */
export const proxy = (whose: string) => text(`Proxy ${whose}: its URL, or none; empty: as proxies.url says.`);
export const count = (description: string, value: number, minimum: number, maximum: number) =>
  Type.Integer({ description, default: value, minimum, maximum });
export const flag = (description: string, value: boolean) => Type.Boolean({ description, default: value });
export const oneOf = <const T extends string>(description: string, values: readonly T[], value: T) =>
  Type.Enum([...values], { description, default: value });
export const section = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
