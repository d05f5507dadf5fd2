import { FileTooLarge, readBoundedFile } from '../../base/files/bounded-file.ts';
import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { NautesError } from '../../errors/errors.ts';
import { matches, schemaProblems } from '../../base/schema.ts';
import { parseYaml } from '../../base/yaml.ts';
import { type Configuration, ConfigurationSchema } from './configuration.ts';
import { invalidKey } from './invalid.ts';
import { checkManagement } from './management.ts';
import { checkProxies } from './proxies.ts';
import { schemaProblemsSaid } from '../../errors/schema-texts.ts';
import { message, quoted } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

const MAXIMUM_CONFIGURATION_BYTES = 256 * 1024;

export interface ConfigurationSources {
  /** Path of a YAML file; its relative paths are relative to the working directory, as on the command line. */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Settings of the command line; they take precedence. */
  readonly overrides?: Partial<Pick<Configuration, 'dataDirectory' | 'listen' | 'role'>>;
}

/**
 * Defaults, then the file, then the environment, then the command line.
 * @throws NautesError `ConfigurationInvalid` naming every key that is wrong
 */
export async function loadConfiguration(sources: ConfigurationSources): Promise<Configuration> {
  refuseUnverified(sources.environment);
  const fromFile = sources.file === undefined ? {} : await readConfigurationFile(sources.file);
  const fromEnvironment = readEnvironment(sources.environment);
  const given = merge(merge(withLongForms(fromFile), fromEnvironment), { ...sources.overrides });
  const complete = Value.Default(ConfigurationSchema, withSections(given));
  if (!matches(ConfigurationSchema, complete)) {
    throw invalid(schemaProblemsSaid(schemaProblems(ConfigurationSchema, complete)));
  }
  checkListen(complete.listen);
  checkNetworks('clients.trustedProxies', complete.clients.trustedProxies);
  checkNetworks('addresses.denied', complete.addresses.denied);
  checkManagement(complete);
  await checkProxies(complete, sources.environment);
  return { ...complete, dataDirectory: absolute(complete.dataDirectory) };
}

/** Certificates are always verified; this variable would turn that off for every peer at once. */
function refuseUnverified(environment: ConfigurationSources['environment']): void {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw invalid(message('ConfigurationInvalid.unverified'));
}

/** `tls: auto` is short for `tls: { mode: auto }`. */
function withLongForms(given: Record<string, unknown>): Record<string, unknown> {
  const { tls } = given;
  // YAML parsers may read `off` as false.
  if (tls === false) return { ...given, tls: { mode: 'off' } };
  return typeof tls === 'string' ? { ...given, tls: { mode: tls } } : given;
}

/** Parses `HOST:PORT`; IPv6 hosts are in brackets. */
export function readListen(listen: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(listen);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** Every key with the environment variable that sets it. */
export function configurationKeys(): readonly ConfigurationKey[] {
  return keysOf(ConfigurationSchema, []);
}

export interface ConfigurationKey {
  readonly path: readonly string[];
  readonly variable: string;
  readonly description: string;
  readonly fallback: unknown;
  readonly schema: TSchema;
}

function keysOf(schema: TSchema, path: readonly string[]): ConfigurationKey[] {
  const properties = 'properties' in schema ? (schema.properties as Readonly<Record<string, TSchema>>) : undefined;
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, property]) => keysOf(property, [...path, name]));
  }
  const details = schema as { description?: string; default?: unknown };
  const variable = `NAUTES_${path.map(upperSnake).join('_')}`;
  return [{ path, variable, description: details.description ?? '', fallback: details.default, schema }];
}

function upperSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Variables with the prefix NAUTES_ of other programs of the project, or of the original. */
const OTHER_VARIABLES = /^NAUTES_(SEALING_KEY$|TEST_|CLI_|TOKEN$|HOME$)/;

/** The variables that Kubernetes sets in every container for a Service called `nautes` or `nautes-…`. */
const SERVICE_VARIABLES =
  /^NAUTES_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
/** The shortest of them, which may also be a typing error: distinguished by its value. */
const SERVICE_ADDRESS = { variable: /^NAUTES_(.+_)?PORT$/, value: /^(tcp|udp|sctp):\/\// };

function isOfService(variable: string, text: string): boolean {
  if (SERVICE_VARIABLES.test(variable)) return true;
  return SERVICE_ADDRESS.variable.test(variable) && SERVICE_ADDRESS.value.test(text);
}

function readEnvironment(environment: ConfigurationSources['environment']): Record<string, unknown> {
  const keys = new Map(configurationKeys().map((key) => [key.variable, key]));
  let result: Record<string, unknown> = {};
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('NAUTES_') || OTHER_VARIABLES.test(variable) || text === undefined) continue;
    const key = keys.get(variable);
    if (key === undefined && isOfService(variable, text)) continue;
    if (key === undefined) throw invalid(message('ConfigurationInvalid.unknownVariable', { variable }));
    const value = key.path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), fromText(text, key.schema));
    result = merge(result, value);
  }
  return result;
}

/** Converts the text to the key's type; a text that does not fit is kept and fails the validation. */
function fromText(text: string, schema: TSchema): unknown {
  const { type } = schema as { type?: string };
  if (type === 'integer' && /^-?[0-9]+$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  if (type === 'array') return text === '' ? [] : text.split(',').map((item) => item.trim());
  return text;
}

async function readConfigurationFile(file: string): Promise<Record<string, unknown>> {
  let content: unknown;
  try {
    const text = (await readBoundedFile(file, MAXIMUM_CONFIGURATION_BYTES, { pipes: true })).toString('utf8');
    content = parseYaml(text) ?? {};
  } catch (error) {
    if (error instanceof FileTooLarge) throw tooLarge(file);
    throw error instanceof NautesError ? error : invalidKey(file, readProblem(error));
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw invalidKey(file, message('ConfigurationInvalid.noMap'));
  }
  return { ...content };
}

function tooLarge(file: string): NautesError {
  return invalidKey(file, message('ConfigurationInvalid.tooLarge', { maximum: MAXIMUM_CONFIGURATION_BYTES }));
}

function readProblem(error: unknown): Message {
  if (!(error instanceof Error)) return message('ConfigurationInvalid.unreadableContent');
  const isMissing = 'code' in error && error.code === 'ENOENT';
  return isMissing ? message('ConfigurationInvalid.noSuchFile') : quoted(error.message);
}

/** Adds missing sections, so that their defaults apply. */
function withSections(given: Record<string, unknown>): Record<string, unknown> {
  return configurationKeys().reduce((whole, { path }) => withSection(whole, path.slice(0, -1)), given);
}

function withSection(given: Record<string, unknown>, [section, ...inner]: readonly string[]): Record<string, unknown> {
  if (section === undefined) return given;
  const found = given[section] ?? {};
  return isMap(found) ? { ...given, [section]: withSection(found, inner) } : given; // else the validation names it
}

function merge(base: unknown, over: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = isMap(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(isMap(over) ? over : {})) {
    if (value !== undefined) result[key] = isMap(value) && isMap(result[key]) ? merge(result[key], value) : value;
  }
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkListen(listen: string): void {
  if (readListen(listen) !== undefined) return;
  throw invalidKey('listen', message('ConfigurationInvalid.notHostPort', { text: listen }));
}

/** Addresses, and networks as address and length. */
function checkNetworks(key: string, networks: readonly string[]): void {
  for (const network of networks) {
    const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? [];
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    if (bits < 0 || Number(length ?? bits) > bits) {
      throw invalidKey(key, message('ConfigurationInvalid.network', { network }));
    }
  }
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(path);
}

function invalid(problem: Message): NautesError {
  return new NautesError('ConfigurationInvalid', { problem });
}
