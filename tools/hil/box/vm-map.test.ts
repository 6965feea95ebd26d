// Which VM lives where, as the operator sees it: a VM for each module, a cell for each domain and class.
import test from 'ava';
import { readVmLoads } from '../../cli/vm-loads.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const modules = {
	call: { domain: 'open', priority: 'realtime' },
	intercom: { domain: 'open', priority: 'realtime' },
	guide: { domain: 'open', priority: 'interactive' },
	billing: { domain: 'authorized', priority: 'interactive' },
} as const;

const box = await TestBox.start();
test.after.always(() => box[Symbol.asyncDispose]());

test('two modules of one domain and class share a cell, others do not, and each has a VM of its own', async (t) => {
	for (const [name, place] of Object.entries(modules)) {
		const bytes = withManifest(box.probe.built.bytes, (manifest) => ({
			...manifest,
			...place,
			name,
			subscribes: { [`${name}.echo`]: 'probe.Word' },
		}));
		t.deepEqual(await box.install(await box.sign(bytes, `modules/${name}.wasm`)), { fault: 0, code: '' });
		await box.echo(`${name}.echo`);
	}

	const { vms } = await readVmLoads(box.stage.operator);
	const units = await box.stage.operator.get(['Device.SoftwareModules.ExecutionUnit.']);
	const environments = await box.stage.operator.get(['Device.SoftwareModules.ExecEnv.']);

	t.deepEqual(Object.fromEntries([...vms].map(([name, { load }]) => [name, load.cell])), {
		call: 'open-realtime',
		intercom: 'open-realtime',
		guide: 'open-interactive',
		billing: 'authorized-interactive',
	});
	const numbers = Object.values(units).flatMap(({ EUID, X_MULLION_Vm }) =>
		EUID === undefined ? [] : [X_MULLION_Vm],
	);
	t.is(numbers.length, 4);
	t.is(new Set(numbers).size, 4);
	t.false(numbers.includes('0'));
	const cells = Object.values(environments).flatMap(({ Name }) => Name ?? []);
	t.deepEqual(cells.toSorted(), ['authorized-interactive', 'open-interactive', 'open-realtime']);
});
