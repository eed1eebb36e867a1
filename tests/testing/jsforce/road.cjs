// Walk one road with jsforce, as it comes from npm: sign in, rows, query, collections, replication, describe.
const assert = require('node:assert');
const jsforce = require('jsforce');

async function main() {
  const [url, username, password, key, secret] = process.argv.slice(2);

  const bySoap = new jsforce.Connection({ loginUrl: url, version: '60.0' });
  const user = await bySoap.login(username, password);
  assert.match(user.id, /^005\w{15}$/);

  const oauth2 = new jsforce.OAuth2({ loginUrl: url, clientId: key, clientSecret: secret });
  const conn = new jsforce.Connection({ oauth2, version: '60.0' });
  await conn.authorize({ grant_type: 'client_credentials' });
  const identity = await conn.identity();
  assert.strictEqual(identity.user_id, user.id);

  const created = await conn.sobject('Account').create({ Name: 'Acme', AnnualRevenue: 12 });
  assert.ok(created.success);
  const found = await conn.sobject('Account').retrieve(created.id);
  assert.strictEqual(found.Name, 'Acme');
  assert.ok((await conn.sobject('Account').update({ Id: created.id, Name: 'Acme Ltd' })).success);
  await assert.rejects(conn.sobject('Account').create({}), { errorCode: 'REQUIRED_FIELD_MISSING' });

  const upserted = await conn.sobject('Account').upsert({ Django_Id__c: 'js', Name: 'By key' }, 'Django_Id__c');
  assert.ok(upserted.success);

  const many = await conn.sobject('Contact').create(
    Array.from({ length: 450 }, (_, n) => ({ LastName: `Contact ${n}`, AccountId: created.id })),
    { allowRecursive: true },
  );
  assert.strictEqual(many.filter((result) => result.success).length, 450);

  const records = await conn.query('SELECT Id, LastName, Account.Name FROM Contact', { autoFetch: true, maxFetch: 1000 });
  assert.strictEqual(records.totalSize, 450);
  assert.strictEqual(records.records[0].Account.Name, 'Acme Ltd');
  const some = await conn.sobject('Contact').find({ LastName: { $like: 'Contact 1%' } }).limit(7).execute();
  assert.strictEqual(some.length, 7);
  await assert.rejects(conn.query('SELECT Foo FROM Account'), { errorCode: 'INVALID_FIELD' });

  const described = await conn.sobject('Contact').describe();
  assert.ok(described.fields.some((field) => field.name === 'Email' && field.type === 'email'));
  assert.ok((await conn.describeGlobal()).sobjects.length > 5);

  const removed = await conn.sobject('Contact').destroy(many.slice(0, 200).map((result) => result.id));
  assert.ok(removed.every((result) => result.success));
  const end = new Date(Date.now() + 60_000);
  const start = new Date(Date.now() - 600_000);
  const deleted = await conn.sobject('Contact').deleted(start.toISOString(), end.toISOString());
  assert.ok(Array.isArray(deleted.deletedRecords));
  const updated = await conn.sobject('Contact').updated(start.toISOString(), end.toISOString());
  assert.ok(Array.isArray(updated.ids));
  assert.ok((await conn.limits()).DailyApiRequests.Max > 0);
  assert.ok(conn.limitInfo.apiUsage.used > 0);

  const loaded = await conn.bulk2.loadAndWaitForResults({
    object: 'Account',
    operation: 'insert',
    input: [{ Name: 'Bulk 1', Phone: '1' }, { Name: 'Bulk 2', Phone: '2' }, { Name: '', Phone: '3' }],
    pollInterval: 50,
    pollTimeout: 30_000,
  });
  assert.strictEqual(loaded.successfulResults.length, 2);
  assert.strictEqual(loaded.failedResults.length, 1);
  const stream = await conn.bulk2.query("SELECT Id, Name FROM Account WHERE Name LIKE 'Bulk%'", { pollInterval: 50 });
  assert.strictEqual((await stream.toArray()).length, 2);

  await conn.logout();
  await assert.rejects(conn.query('SELECT Id FROM Account'));
  console.log('arrived');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
