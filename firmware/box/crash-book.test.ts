import test from 'ava';
import type { Directory } from '../../runtime/directory.ts';
import { ManualClock } from '../../runtime/manual-clock.ts';
import { MemoryDirectory } from '../../runtime/memory-directory.ts';
import { budgetDefaults } from '../../runtime/module/manifest.ts';
import type { Fault } from '../../runtime/vm/conduct.ts';
import type { VmView } from '../../runtime/vm/supervised.ts';
import { CrashBook, type CrashBookOptions } from './crash-book.ts';

const empty: CrashBookOptions['store'] = {
	unit: () => undefined,
	get: () => Promise.reject(new Error('nothing is stored')),
};

const view = (name: string): VmView => ({
	id: 1,
	name,
	module: name.split('@')[0] ?? '',
	cell: 'open',
	baseband: '',
	state: 'running',
	reason: '',
	restarts: 2,
	startedAtUs: 0,
	startTookUs: 0,
	counts: undefined,
	countedAtUs: 0,
	priority: 'interactive',
	budget: budgetDefaults,
	faults: {},
	overruns: [],
});

const fault = (message: string): Fault => ({
	code: 'trapped',
	message,
	log: Array.from({ length: 100 }, (_, line) => ({ level: 'info', text: `${line} ${'x'.repeat(1000)}` })),
	stack: Array.from({ length: 100 }, (_, index) => ({ function: index, offset: 8 + index })),
	given: [{ topic: 'a.b', bytes: 3 }],
	givenCount: 1,
	inboxLength: 0,
	inboxBytes: 0,
	memoryBytes: 65_536,
	turns: 9,
});

function open(
	directory: Directory = new MemoryDirectory(),
	failed: (vm: string, error: Error) => void = () => undefined,
	store = empty,
) {
	const clock = new ManualClock();
	const book = new CrashBook({ directory, clock, store, failed, perVm: 2, mostVms: 3 });
	const crash = (vm: string, message = 'bang'): void => {
		clock.advance(1);
		book.record(view(vm), fault(message));
	};
	return { book, crash, ids: async () => (await book.list()).map(({ id }) => id) };
}

test('the last crashes of each VM are kept under numbers that go on, the latest first, and outlive a restart', async (t) => {
	const directory = new MemoryDirectory();
	const { crash, book, ids } = open(directory);
	for (const vm of ['clock', 'player@wlan0', 'clock', 'clock']) crash(vm);

	t.deepEqual(await ids(), ['clock:3', 'clock:2', 'player@wlan0:1']);
	await book.close();
	const again = open(directory);
	again.crash('clock');
	t.is((await again.ids()).filter((id) => id.startsWith('clock')).length, 2);
	t.true((await again.ids()).includes('clock:4'));
});

test('a VM too many takes the place of the one whose last crash is the oldest', async (t) => {
	const { crash, ids } = open();
	for (const vm of ['a', 'b', 'c', 'a', 'd']) crash(vm);

	t.deepEqual(await ids(), ['d:1', 'a:2', 'c:1', 'a:1']);
});

test('a report is bounded whatever a guest says', async (t) => {
	const { book, crash } = open();
	crash('clock', 'x'.repeat(100_000));

	const [report] = await book.list();

	t.true(JSON.stringify(report).length < 64_000);
	t.is(report?.log.at(-1)?.text.slice(0, 3), '99 ');
	t.is(report?.stack.length, 64);
	// The module is not there to say where its code was before the checks.
	t.is(report?.stack[0]?.offset, -1);
});

test('of a component whose code lies deeper a report is kept all the same, without offsets', async (t) => {
	const component = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);
	const unit = { name: 'hello', version: '1.0.0', digest: 'ab', uuid: '', url: '', installedAtUs: 0 };
	const { book, crash } = open(new MemoryDirectory(), t.fail, {
		unit: () => ({ ...unit, requestedState: 'active' }),
		get: async () => component,
	});
	crash('hello');

	const [report] = await book.list();

	t.like(report, { id: 'hello:1', version: '1.0.0' });
	t.deepEqual(report?.stack[3], { function: 3, name: '', offset: -1 });
});

test('who listens is told of a crash once it is on the disk', async (t) => {
	const { book, crash, ids } = open();
	const told = new Promise<string>((resolve) => book.onCrash(({ id }) => resolve(id)));
	crash('clock');
	t.is(await told, 'clock:1');
	t.deepEqual(await ids(), ['clock:1']);
});

test('a file that is damaged counts as none, and a disk that takes nothing is said', async (t) => {
	const directory = new MemoryDirectory();
	await directory.write('clock.json', new TextEncoder().encode('[{"id":'));
	const { crash, ids } = open(directory);
	crash('clock');
	t.deepEqual(await ids(), ['clock:1']);

	const failures: string[] = [];
	const full: Directory = {
		read: (name) => directory.read(name),
		write: () => Promise.reject(new Error('full')),
		remove: (name) => directory.remove(name),
		list: () => directory.list(),
		folder: () => full,
	};
	const other = open(full, (vm, error) => failures.push(`${vm} ${error.message}`));
	other.crash('clock');
	await other.book.close();
	t.deepEqual(failures, ['clock full']);
});
