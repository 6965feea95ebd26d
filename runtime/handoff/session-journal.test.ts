import test from 'ava';
import fc from 'fast-check';
import { MemoryDirectory } from '../memory-directory.ts';
import { decodeEntry, encodeEntry, type JournalEntry, SessionJournal } from './session-journal.ts';

const count = fc.nat(Number.MAX_SAFE_INTEGER);
const place = fc.record({ nextSequence: count, playedBytes: count });
const safe = fc
	.record({ state: fc.uint8Array({ maxLength: 200 }), place, back: fc.nat(1000) })
	.map(({ state, place, back }) => ({ state, nextSequence: Math.max(0, place.nextSequence - back), place }));
const anyEntry: fc.Arbitrary<JournalEntry> = fc.record(
	{
		session: fc.stringMatching(/^[a-z]{1,8}-[0-9]{1,8}$/),
		kind: fc.string(),
		url: fc.string({ unit: 'binary' }),
		preferred: fc.string(),
		owner: count,
		baseband: fc.string(),
		target: fc.record({ vm: count, baseband: fc.string() }),
		start: place,
		safe,
	},
	{ requiredKeys: ['session', 'kind', 'url', 'start'], noNullPrototype: true },
);

test('an entry is read as it was written', (t) => {
	fc.assert(
		fc.property(anyEntry, (entry) => {
			t.deepEqual(decodeEntry(encodeEntry(entry)), entry);
		}),
	);
});

test('damaged bytes are no entry, or one that could have been written; nothing throws', (t) => {
	const damage = fc.record({ at: fc.nat(400), to: fc.nat(255), cut: fc.nat(400) });
	fc.assert(
		fc.property(anyEntry, damage, (entry, { at, to, cut }) => {
			const bytes = encodeEntry(entry);
			bytes[at % bytes.length] = to;
			const read = decodeEntry(bytes.subarray(0, bytes.length - (cut % 3)));
			return read === undefined || decodeEntry(encodeEntry(read)) !== undefined;
		}),
	);
	fc.assert(fc.property(fc.uint8Array(), (bytes) => decodeEntry(bytes) === undefined));
	t.pass();
});

test('files of others in the folder are left alone, and a file under another name is none of ours', async (t) => {
	const directory = new MemoryDirectory();
	const journal = new SessionJournal(directory);
	const entry = { session: 'a-1', kind: 'media', url: 'u', start: { nextSequence: 0, playedBytes: 0 } };
	await journal.write(entry);
	await directory.write('notes.txt', new Uint8Array());
	await directory.write('b-1.session', encodeEntry(entry));
	t.deepEqual(await journal.readAll(), { entries: [entry], malformed: ['b-1.session'] });
	t.deepEqual(await directory.list(), ['a-1.session', 'notes.txt']);
	await journal.remove('a-1');
	t.deepEqual(await journal.readAll(), { entries: [], malformed: [] });
});
