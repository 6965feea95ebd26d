import test from 'ava';
import { ComponentError } from '../component/error.ts';
import { bed, type ForeignBed, prepared, runnable } from './testbed.ts';

const small = { budget: { turnMs: 20, memoryPages: 32 } };

async function refusal(component: Uint8Array, fields: object = {}): Promise<string> {
	try {
		await prepared(component, fields);
		return '';
	} catch (error) {
		return error instanceof ComponentError ? error.code : String(error);
	}
}

/** Grows its memory as far as that goes, which has to be to so many pages. */
const fill = (pages: number) => `(func (export "fill") (result i32)
	(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
	(i32.ne (memory.size) (i32.const ${pages})))`;

const pagesOf = (vm: ForeignBed): number => {
	vm.do({ tag: 'count' });
	const counts = vm.said.findLast((report) => report.tag === 'counts');
	return (counts?.vms[0]?.memoryBytes ?? 0) / 65_536;
};

test('memory grows to what the manifest asks for and no further', async (t) => {
	const vm = bed(await prepared(await runnable({ core: fill(32), entry: 'fill' }), small));
	vm.start();
	t.deepEqual(vm.faults(), []);
	t.is(pagesOf(vm), 32);
});

test('a core module that is instantiated twice does not get its memory twice', async (t) => {
	const component = await runnable({
		core: fill(16),
		entry: 'fill',
		extra: '(core instance (instantiate $m))',
	});
	const vm = bed(await prepared(component, small));
	vm.start();
	t.deepEqual(vm.faults(), []);
	t.is(pagesOf(vm), 16 + 1);
});

test('what many instances begin with is more than the manifest asks for', async (t) => {
	const component = await runnable({ extra: '(core instance (instantiate $m))'.repeat(32) });
	t.is(await refusal(component, small), 'memory-unbounded');
});

test('tables are counted once for each instance that has them', async (t) => {
	const extra = (instances: number) => `
		(core module $tables ${'(table 65536 funcref)'.repeat(8)})
		${'(core instance (instantiate $tables))'.repeat(instances)}`;
	const vm = bed(await prepared(await runnable({ extra: extra(8) })));
	vm.start();
	t.deepEqual(vm.faults(), []);
	t.is(await refusal(await runnable({ extra: extra(9) })), 'tables-too-large');
});

test('a component of hundreds of core instances is refused', async (t) => {
	const extra = (instances: number) =>
		`(core module $empty) ${'(core instance (instantiate $empty))'.repeat(instances)}`;
	const vm = bed(await prepared(await runnable({ extra: extra(255) })));
	vm.start();
	t.deepEqual(vm.faults(), []);
	t.is(await refusal(await runnable({ extra: extra(256) })), 'module-too-complex');
});
