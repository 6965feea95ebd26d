import { globSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { messageArbitrary } from './proof/arbitrary.ts';
import { compileCodecs } from './proof/harness.ts';
import { mutatedArbitrary } from './proof/mutation.ts';
import { referenceOf } from './proof/reference.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const shipped = join(import.meta.dirname, '../../../proto');
const request = {
	protoFiles: [
		join(fixtures, 'everything.proto'),
		...globSync('bus/*.proto', { cwd: shipped }).map((path) => join(shipped, path)),
	],
	importPaths: [fixtures, shipped],
};
const reference = await referenceOf(request);
const codecs = await compileCodecs(request);
const names = [...reference.model.messages.keys()];

for (const name of names) {
	test(`${name}: what protobufjs writes is read and written again byte for byte`, (t) => {
		const messages = messageArbitrary(reference.model, name);
		fc.assert(
			fc.property(messages, (plain) => {
				const bytes = reference.encode(name, plain);
				t.deepEqual(hex(codecs.recode(name, bytes)), hex(bytes));
			}),
			{ numRuns: 60 },
		);
	});

	test(`${name}: damaged bytes never trap, and mean to AssemblyScript what they mean to protobufjs`, (t) => {
		const messages = messageArbitrary(reference.model, name, 2).map((plain) => reference.encode(name, plain));
		fc.assert(
			fc.property(mutatedArbitrary(messages), (bytes) => {
				const recoded = codecs.recode(name, bytes);
				const expected = reference.canonical(name, bytes);
				if (recoded === null) t.true(expected === null || hasEndlessVarint(bytes), hex(bytes));
				else t.is(hex(reference.canonical(name, recoded)), hex(expected), hex(bytes));
			}),
			{ numRuns: 300 },
		);
	});
}

/** protobufjs skips a varint of any length; more than ten bytes are malformed to everybody else. */
function hasEndlessVarint(bytes: Uint8Array): boolean {
	return /(?:[89a-f][0-9a-f]){10}/.test(hex(bytes));
}

function hex(bytes: Uint8Array | null): string {
	return bytes === null ? 'malformed' : Buffer.from(bytes).toString('hex');
}
