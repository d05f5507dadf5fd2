import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Value } from 'typebox/value';
import { decodeBody } from '../../src/api/decode/body.ts';
import { draftOf } from '../../src/api/decode/draft.ts';
import { schemaViolations } from '../../src/api/decode/violations.ts';
import { compileFieldSelector } from '../../src/api/wire/field-selector.ts';
import { resourceReply } from '../../src/api/wire/resource-reply.ts';
import { fieldOptions } from '../../src/cli/documents/field-options.ts';
import { convertSpec } from '../../src/cli/documents/spec.ts';
import { replySchema, saveSchema } from '../../src/contract/kind-schemas.ts';
import { clusterKind } from '../../src/resources/cluster/cluster-kind.ts';
import { clusterFields } from '../../src/resources/cluster/fields.ts';
import { completeFields } from '../../src/resources/complete-fields.ts';
import { optionalField } from '../../src/resources/fields/build.ts';
import { text } from '../../src/resources/fields/text-field.ts';
import { documentFields } from '../../src/resources/kind-documents.ts';
import type { DraftOf, Resource, ResourceKind, SpecOf } from '../../src/resources/kind.ts';
import { action } from '../../src/messages/action.ts';
import { message, verbatim } from '../../src/messages/message.ts';
import { resourceFiles } from '../../src/resources/resource-file.ts';

const LOWER_CASE = verbatim('lower case letters');

/** The cluster with one field more: nothing but this description knows of it. */
const fields = {
  ...clusterFields,
  dataCentre: optionalField(text({ maximumLength: 10, pattern: /^[a-z0-9-]+$/, wanted: LOWER_CASE }), {
    text: { en: 'where its machines stand', zh: '机器所在的机房' },
    filter: 'whole',
    flag: { syntax: '--data-centre <name>' },
  }),
};
const kind: ResourceKind<typeof fields> = { ...clusterKind, fields };

const body = {
  api_server: 'https://127.0.0.1:6443',
  cluster_kind: 'kubernetes',
  cluster_type: 'physical',
  usage: 'host',
};
const spec: SpecOf<typeof fields> = {
  apiServer: 'https://127.0.0.1:6443',
  clusterKind: 'kubernetes',
  clusterType: 'physical',
  usage: 'host',
  primaryDomain: 'example.org',
  reservedNamespacesAllowedProducts: {},
  productAllowedClusterResources: {},
  components: {},
};
const cluster = (dataCentre?: string): Resource<SpecOf<typeof fields>> => ({
  name: 'one',
  incarnation: 'i',
  spec: dataCentre === undefined ? spec : { ...spec, dataCentre },
});

function decoded(content: object): DraftOf<typeof fields> {
  const schema = saveSchema(kind, { id: 'SaveClusterBody' });
  const { message: decodedBody } = decodeBody(Buffer.from(JSON.stringify(content)), 'application/json', schema);
  assert.deepEqual(schemaViolations(decodedBody, schema), []);
  return draftOf(kind, decodedBody).draft;
}

describe('a field that is added to the description of a cluster', () => {
  it('can be given in a save, in both spellings', () => {
    const { properties } = saveSchema(kind, { id: 'SaveClusterBody' });
    assert.deepEqual(properties['data_centre'], { type: 'string', description: 'Where its machines stand.' });
    assert.equal(decoded({ ...body, data_centre: 'fra' }).dataCentre, 'fra');
    assert.equal(decoded({ ...body, dataCentre: 'fra' }).dataCentre, 'fra');
    assert.equal(decoded(body).dataCentre, '');
  });

  it('is completed by its type: taken, left out, or a violation under its name on the wire', () => {
    const completed = (dataCentre: string) =>
      completeFields(fields, decoded({ ...body, data_centre: dataCentre }), ['components']);
    assert.equal(completed('fra-1').values.dataCentre, 'fra-1');
    assert.ok(!('dataCentre' in completed('').values));
    assert.deepEqual(completed('Frankfurt').violations, [
      {
        field: 'data_centre',
        said: message('ClusterInvalid.mustBe', { wanted: LOWER_CASE }),
        action: action('CorrectIt'),
      },
    ]);
    assert.deepEqual(completed('a'.repeat(11)).violations[0]?.said, message('ClusterInvalid.tooLong', { maximum: 10 }));
  });

  it('stands in the file, is read back, and is no field of others', () => {
    const files = resourceFiles(kind, {
      directory: 'd',
      nameProblem: () => undefined,
      invalid: (_, problem) => assert.fail(problem.id),
    });
    const file = files.encode(cluster('fra'), { namespace: 'nautes' });
    assert.match(file, /^ {2}dataCentre: fra$/m);
    assert.deepEqual(files.decode('one', file), { resource: cluster('fra'), kept: undefined });
    assert.doesNotMatch(files.encode(cluster(), { namespace: 'nautes' }), /dataCentre/);
  });

  it('is shown in replies, empty where a cluster has none', () => {
    const schema = replySchema(kind, { id: 'Cluster' });
    for (const one of [cluster('fra'), cluster()]) {
      const reply = resourceReply(kind, one);
      assert.ok(Value.Check(schema, reply));
      assert.equal(reply.data_centre, one.spec.dataCentre ?? '');
    }
    assert.ok(!Value.Check(schema, resourceReply(clusterKind, cluster())));
  });

  it('filters lists', () => {
    const matches = compileFieldSelector(kind, 'data_centre=fra');
    assert.deepEqual([matches(cluster('fra')), matches(cluster('fra-1')), matches(cluster())], [true, false, false]);
  });

  it('can be written in documents and given as a flag, with help in every language', () => {
    const { body: sent, unknown } = convertSpec({ name: 'one', dataCentre: 'fra' }, documentFields(kind));
    assert.deepEqual([sent['data_centre'], unknown], ['fra', []]);
    for (const [language, help] of [
      ['en', 'where its machines stand'],
      ['zh', '机器所在的机房'],
    ] as const) {
      const found = fieldOptions(kind, language).find(({ field }) => field === 'dataCentre');
      assert.deepEqual([found?.option.attributeName(), found?.option.description], ['dataCentre', help]);
    }
  });
});
