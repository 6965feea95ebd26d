import { join } from 'node:path';
import test from 'ava';
import { schemaOf } from './schema.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const request = { protoFiles: [join(fixtures, 'everything.proto')], importPaths: [fixtures] };

test('a schema holds the types asked for and what they reach, across files, and nothing else', async (t) => {
	const schema = await schemaOf({ ...request, types: ['everything.Nested.Inner'] });
	t.deepEqual(Object.keys(schema.nested ?? {}), ['elsewhere', 'everything', 'google']);
	t.deepEqual(namesIn(schema, 'everything'), ['Color', 'Nested', 'Scalars']);
	t.deepEqual(namesIn(schema, 'elsewhere'), ['Direction', 'Place', 'Scalars']);
});

test('a schema of one small message is that message', async (t) => {
	t.deepEqual(await schemaOf({ ...request, types: ['elsewhere.Scalars'] }), {
		nested: { elsewhere: { nested: { Scalars: { fields: { x: { type: 'sint32', id: 1 } } } } } },
	});
});

test('a type that no file declares is refused by its name', async (t) => {
	await t.throwsAsync(schemaOf({ ...request, types: ['everything.Nothing'] }), {
		code: 'proto-not-found',
		message: /everything\.Nothing/,
	});
});

function namesIn(schema: object, name: string): string[] {
	const { nested } = schema as { nested: Record<string, { nested: object }> };
	return Object.keys(nested[name]?.nested ?? {});
}
