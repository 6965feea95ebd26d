import test from 'ava';
import fc from 'fast-check';
import { type Board, loadBoard, parseBoard } from './board.ts';
import { collision } from './load-ranges.ts';

const [arm64, pc, rock] = await Promise.all(['qemu-arm64', 'qemu-x86_64', 'rock64'].map(loadBoard));
const megabyte = 1_048_576;

const at = (board: Board | undefined, loadAt: Partial<Board['loadAt']>): Board => {
	if (board === undefined) throw new Error('no board');
	return { ...board, loadAt: { ...board.loadAt, ...loadAt } };
};

for (const [what, board, message] of [
	[
		'a slot that is read over the kernel',
		at(arm64, { slot: '0x41000000' }),
		'loadAt.slot (0x41000000 to 0x427fffff: storage.bootMb) runs into loadAt.kernel (0x40400000 to 0x42bfffff: what is kept free for a kernel)',
	],
	[
		'a kernel that is unpacked over its slot',
		at(arm64, { slot: '0x3f000000' }),
		/^loadAt\.slot .* runs into loadAt\.kernel/,
	],
	[
		'a boot state in the slot',
		at(arm64, { state: '0x44001000' }),
		/^loadAt\.slot .* runs into loadAt\.state/,
	],
	['a second copy of the state in the slot', at(arm64, { state: '0x43fff000' }), /runs into loadAt\.state/],
	[
		'a device tree in the kernel',
		at(rock, { deviceTree: '0x2300000' }),
		/^loadAt\.deviceTree .* runs into loadAt\.kernel/,
	],
	[
		'a device tree that reaches into the kernel',
		at(rock, { deviceTree: '0x2180000' }),
		/^loadAt\.deviceTree/,
	],
	[
		'a device tree in the slot',
		at(rock, { deviceTree: '0x8100000' }),
		/^loadAt\.slot .* runs into loadAt\.deviceTree/,
	],
	[
		'a ramdisk in the slot it comes from',
		at(pc, { ramdisk: '0x4800000' }),
		/^loadAt\.slot .* runs into loadAt\.ramdisk/,
	],
	[
		'a ramdisk that a PC unpacks its kernel over',
		at(pc, { ramdisk: '0x5800000' }),
		/^loadAt\.ramdisk .* runs into loadAt\.kernel \(0x1000000/,
	],
	['parameters in the kernel', at(pc, { setup: '0x110000' }), /^loadAt\.setup .* before it unpacks itself/],
	[
		'a slot that a PC reads its kernel out of',
		at(pc, { slot: '0x800000' }),
		/^loadAt\.slot .* before it unpacks itself/,
	],
] as const)
	test(`${what} is refused`, (t) => {
		const { name, ...json } = board;
		const found = collision(board) ?? '';
		if (typeof message === 'string') t.is(found, message);
		else t.regex(found, message);
		t.throws(() => parseBoard(name, JSON.stringify(json)), {
			code: 'bad-board',
			message: `boards/${name}.json: ${found}`,
		});
	});

test('the state may lie where the kernel runs: it is written back before a slot is read', (t) => {
	t.is(collision(at(arm64, { state: '0x41000000' })), undefined);
});

test('a PC may unpack its kernel over a slot in which nothing is left, and over no other one', (t) => {
	t.is(collision(at(pc, {})), undefined);
	const { ramdisk: _, ...stays } = at(pc, {}).loadAt;
	t.regex(
		collision({ ...at(pc, {}), loadAt: stays }) ?? '',
		/^loadAt\.slot .* runs into loadAt\.kernel \(0x1000000/,
	);
});

test('a kernel that takes more than is kept free has to have room too', (t) => {
	const size = (mb: number) => ({ loaded: 33 * megabyte, running: mb * megabyte });
	t.is(collision(at(arm64, {}), size(60)), undefined);
	t.regex(collision(at(arm64, {}), size(61)) ?? '', /0x440fffff: what this kernel takes/);
});

test('boards that are described have room, and a slot is apart from the kernel wherever it is', (t) => {
	for (const board of [arm64, pc, rock]) t.is(collision(at(board, {})), undefined);
	const kernel = { start: 0x40400000, end: 0x40400000 + 40 * megabyte };
	fc.assert(
		fc.property(
			fc.integer({ min: 0x38000, max: 0x50000 }),
			fc.integer({ min: 1, max: 64 }),
			(page, bootMb) => {
				const slot = page * 4096;
				const board = at(arm64, { slot: `0x${slot.toString(16)}`, state: '0x7f000000' });
				const isApart = slot >= kernel.end || slot + bootMb * megabyte <= kernel.start;
				return (collision({ ...board, storage: { ...board.storage, bootMb } }) === undefined) === isApart;
			},
		),
	);
});
