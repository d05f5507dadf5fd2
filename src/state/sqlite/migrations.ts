/** The tables of the first version: keyed by the name of a cluster, or by an incarnation alone. */
const FIRST_VERSION = `
  CREATE TABLE statuses (
    cluster TEXT PRIMARY KEY,
    incarnation TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    time TEXT NOT NULL,
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    subject TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_of_cluster ON events (cluster);

  -- The newest event that retention has dropped, of each cluster, and of all under the empty name.
  CREATE TABLE event_floors (
    cluster TEXT PRIMARY KEY,
    id INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE inventory (
    incarnation TEXT NOT NULL,
    api_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    component TEXT NOT NULL,
    uid TEXT NOT NULL,
    hash TEXT NOT NULL,
    revision TEXT NOT NULL,
    is_foreign INTEGER NOT NULL,
    PRIMARY KEY (incarnation, api_version, kind, namespace, name, component)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE offboardings (
    incarnation TEXT PRIMARY KEY,
    document TEXT NOT NULL
  ) STRICT;

  CREATE TABLE receipts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    completed_at TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (cluster, incarnation)
  ) STRICT;
  CREATE INDEX receipts_by_time ON receipts (completed_at);
`;

/**
 * Every table is keyed by kind and name, where it belongs to one registration also by its incarnation, and what the
 * tables only keep is a JSON document. The first version knew clusters only; of which cluster an inventory is follows
 * from what else knows its incarnation. Rows of an incarnation that nothing knows belong to the empty name.
 *
 * Messages and remedies of statuses and events were words: they become the texts that stand for words (`Text`,
 * `Advice`).
 */
const KINDS_AND_MESSAGES = `
  -- One table after the other, so that each uses the space of the one before. The inventory is first: which names its
  -- incarnations have is in the others.
  CREATE TABLE inventory_by_key (
    owner_kind TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    api_version TEXT NOT NULL,
    kind TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    component TEXT NOT NULL,
    uid TEXT NOT NULL,
    hash TEXT NOT NULL,
    revision TEXT NOT NULL,
    is_foreign INTEGER NOT NULL,
    PRIMARY KEY (owner_kind, owner_name, incarnation, api_version, kind, namespace, name, component)
  ) STRICT, WITHOUT ROWID;
  WITH owners (owner_name, incarnation) AS (
    SELECT cluster, incarnation FROM statuses
    UNION SELECT document ->> 'cluster', incarnation FROM offboardings
    UNION SELECT cluster, incarnation FROM receipts
  )
  INSERT INTO inventory_by_key
    SELECT 'Cluster', coalesce(owner_name, ''), inventory.incarnation, api_version, kind, namespace, name, component,
      uid, hash, revision, is_foreign
    FROM inventory LEFT JOIN owners ON owners.incarnation = inventory.incarnation;
  DROP TABLE inventory;
  ALTER TABLE inventory_by_key RENAME TO inventory;

  CREATE TABLE events_by_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  INSERT INTO events_by_key
    SELECT id, 'Cluster', cluster, json_object('incarnation', incarnation, 'time', time, 'type', type,
      'reason', reason, 'message', json_object('id', 'Text', 'params', json_object('text', message)), 'subject', subject)
    FROM events ORDER BY id;

  CREATE TABLE receipts_by_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    completed_at TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (kind, name, incarnation)
  ) STRICT;
  INSERT INTO receipts_by_key
    SELECT id, 'Cluster', cluster, incarnation, completed_at, document FROM receipts ORDER BY id;

  -- Ids continue from the last one that was given out, also where its row has been removed since.
  DELETE FROM sqlite_sequence WHERE name IN ('events_by_key', 'receipts_by_key');
  INSERT INTO sqlite_sequence (name, seq)
    SELECT name || '_by_key', seq FROM sqlite_sequence WHERE name IN ('events', 'receipts');
  DROP TABLE events;
  DROP TABLE receipts;
  ALTER TABLE events_by_key RENAME TO events;
  ALTER TABLE receipts_by_key RENAME TO receipts;
  CREATE INDEX events_of_resource ON events (kind, name);
  CREATE INDEX receipts_by_time ON receipts (completed_at);

  -- The newest event that retention has dropped, of each resource, and of all of a kind under the empty name.
  CREATE TABLE event_floors_by_key (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO event_floors_by_key SELECT 'Cluster', cluster, id FROM event_floors;
  DROP TABLE event_floors;
  ALTER TABLE event_floors_by_key RENAME TO event_floors;

  CREATE TABLE statuses_by_key (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT;
  INSERT INTO statuses_by_key
    SELECT 'Cluster', cluster, incarnation, json_set(document,
      '$.conditions', (
        SELECT json_group_array(
          json_remove(
            json_set(value,
              '$.message', json_object('id', 'Text', 'params', json_object('text', value ->> 'message')),
              CASE WHEN coalesce(value ->> 'remedy', '') = '' THEN '$.remedy' ELSE '$.action' END,
              json_object('id', 'Advice', 'params', json_object('text', value ->> 'remedy'))),
            '$.remedy')
          ORDER BY key)
        FROM json_each(document, '$.conditions')),
      '$.components', (
        SELECT json_group_array(
          json_set(value, '$.message', json_object('id', 'Text', 'params', json_object('text', value ->> 'message')))
          ORDER BY key)
        FROM json_each(document, '$.components')))
    FROM statuses;
  DROP TABLE statuses;
  ALTER TABLE statuses_by_key RENAME TO statuses;

  CREATE TABLE offboardings_by_key (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    incarnation TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (kind, name, incarnation)
  ) STRICT;
  INSERT INTO offboardings_by_key
    SELECT rowid, 'Cluster', document ->> 'cluster', incarnation, document FROM offboardings ORDER BY rowid;
  DROP TABLE offboardings;
  ALTER TABLE offboardings_by_key RENAME TO offboardings;
`;

/** Makes the words in a field of the objects of a list a text; rows without such objects are not written. */
function wordsAsData(table: string, list: string, field: string): string {
  return `
    UPDATE ${table} SET document = json_set(document, '$.${list}', (
      SELECT json_group_array(
        json_set(value, '$.${field}', json_object('id', 'Text', 'params', json_object('text', value ->> '${field}')))
        ORDER BY key)
      FROM json_each(document, '$.${list}')))
    WHERE json_array_length(document, '$.${list}') > 0;`;
}

/** The same for why objects are still there: on receipts, and in what off-boardings have found out. */
const REMOVALS_AS_DATA = [
  wordsAsData('receipts', 'left', 'reason'),
  wordsAsData('receipts', 'remaining', 'reason'),
  ...['components', 'access.outcome'].flatMap((outcome) => [
    wordsAsData('offboardings', `${outcome}.left`, 'reason'),
    wordsAsData('offboardings', `${outcome}.remaining`, 'message'),
  ]),
  `
    UPDATE offboardings SET document = json_set(document, '$.access.refusal.message',
      json_object('id', 'Text', 'params', json_object('text', document ->> '$.access.refusal.message')))
    WHERE document -> '$.access.refusal' IS NOT NULL;`,
].join('\n');

/** What was changed on adopted objects. */
const FORMER_FIELDS = `ALTER TABLE inventory ADD COLUMN former TEXT NOT NULL DEFAULT '';`;

/**
 * What leads from each version of the schema to the next one; `user_version` says how many have been carried out.
 * Never change one that has been released: add another.
 */
export const MIGRATIONS: readonly string[] = [FIRST_VERSION, `${KINDS_AND_MESSAGES}${REMOVALS_AS_DATA}`, FORMER_FIELDS];
