import test from 'ava';
import { Hub } from '../../runtime/bus/hub.ts';
import { parseManifest } from '../../runtime/module/manifest.ts';
import type { ModuleView } from '../../runtime/module/modules.ts';
import { busPort } from './bus-port.ts';

const manifest = parseManifest({
	name: 'door',
	version: '1.0.0',
	vendor: 'acme',
	subscribes: { 'door.ring': 'door.Ring' },
});

const vm = (state: string, reason: string) => [{ name: 'door', state, reason }];

for (const { where, topic = 'door.ring', vms, code, message } of [
	{ where: 'nobody asks for it', topic: 'door.bell', vms: [], code: 'denied', message: /nobody on this box/ },
	{ where: 'who asks has no VM', vms: [], code: 'unreachable', message: /door, .* has no VM on this box/ },
	{
		where: 'who asks is down',
		vms: vm('parked', 'failed too often'),
		code: 'unreachable',
		message: /door, .* is parked: failed too often/,
	},
	{ where: 'the rules keep it', vms: vm('running', ''), code: 'denied', message: /the rules of this box/ },
]) {
	test(`a message that nobody hears is refused with why: ${where}`, async (t) => {
		const view = { manifest, vms } as unknown as ModuleView;
		const bus = busPort({ hub: new Hub(), modules: { list: () => [view] } });
		await t.throwsAsync(bus.publish({ topic, payload: new Uint8Array() }), { code, message });
	});
}
