import test from 'ava';
import fc from 'fast-check';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { InstanceNumbers } from './instance-numbers.ts';

test('a number belongs to one row for ever, whatever comes, goes and restarts', async (t) => {
	const rows = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
	await fc.assert(
		fc.asyncProperty(fc.array(fc.tuple(rows, fc.boolean()), { maxLength: 12 }), async (steps) => {
			let directory = new MemoryDirectory();
			let numbers = new InstanceNumbers({ directory });
			let before: ReadonlyMap<string, number> = new Map();
			let highest = 0;
			for (const [keys, isRestarted] of steps) {
				if (isRestarted) {
					directory = await directory.restart();
					numbers = new InstanceNumbers({ directory });
				}
				const now = await numbers.assign('Device.Table', keys);
				for (const [key, number] of now) {
					const isKept = before.get(key) === number;
					if (!isKept && number <= highest) return false;
				}
				highest = Math.max(highest, ...now.values());
				before = now;
			}
			return true;
		}),
	);
	t.pass();
});

test('numbers asked for at once are all different', async (t) => {
	const numbers = new InstanceNumbers({ directory: new MemoryDirectory() });

	const taken = await Promise.all(Array.from({ length: 20 }, () => numbers.take('Device.Table')));

	t.is(new Set(taken).size, 20);
});

test('a full disk refuses a new row and leaves the others as they are', async (t) => {
	const directory = new MemoryDirectory();
	const numbers = new InstanceNumbers({ directory });
	await numbers.assign('Device.Table', ['a']);
	directory.disk.failAfter(0, 'disk-full');

	await t.throwsAsync(numbers.assign('Device.Table', ['a', 'b']), { code: 'disk-full' });

	t.deepEqual([...(await numbers.assign('Device.Table', ['a']))], [['a', 1]]);
	t.deepEqual(
		[...(await numbers.assign('Device.Table', ['a', 'b']))],
		[
			['a', 1],
			['b', 2],
		],
	);
});
