import { Type } from 'typebox';

/** The number of an account or a project: exact, so that two accounts never have the same. */
export const AccountNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
