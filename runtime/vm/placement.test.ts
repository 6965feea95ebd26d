import test from 'ava';
import { cellName, type Placement } from './placement.ts';

const places: Record<Placement, readonly string[]> = {
	'domain-and-class': ['open-realtime', 'open-interactive', 'authorized-background'],
	'realtime-apart': ['open-realtime', 'open', 'authorized'],
	domain: ['open', 'open', 'authorized'],
};

for (const [placement, names] of Object.entries(places)) {
	test(`with "${placement}", VMs of these classes run in ${names.join(', ')}`, (t) => {
		const vms = [
			{ domain: 'open', priority: 'realtime' },
			{ domain: 'open', priority: 'interactive' },
			{ domain: 'authorized', priority: 'background' },
		] as const;
		t.deepEqual(
			vms.map((vm) => cellName(vm, placement as Placement)),
			[...names],
		);
	});
}

test('VMs of two domains never share a cell', (t) => {
	for (const placement of Object.keys(places) as Placement[])
		for (const priority of ['realtime', 'interactive', 'background'] as const)
			t.not(
				cellName({ domain: 'open', priority }, placement),
				cellName({ domain: 'authorized', priority }, placement),
			);
});
