// What a controller reads of a box.
import test from 'ava';
import { startTrial } from './trial-box.ts';

test('Get reads a parameter, an object, a tree to a depth, and the rows a search finds', async (t) => {
	const { connect, network } = await startTrial(t);
	const base = { range: 'wide', isUp: true, signalDbm: -70, bytesIn: 0, bytesOut: 0 } as const;
	network.basebands = [
		{ ...base, id: 'cellular', kind: 'lte', speedKbps: 800, costPerMb: 0.02 },
		{ ...base, id: 'wifi', kind: 'wifi', range: 'short', speedKbps: 40_000, costPerMb: 0 },
	];
	const controller = await connect();

	t.deepEqual(await controller.get(['Device.DeviceInfo.SerialNumber']), {
		'Device.DeviceInfo.': { SerialNumber: 'SIM-0001' },
	});
	t.deepEqual(await controller.get(['Device.DeviceInfo.MemoryStatus.']), {
		'Device.DeviceInfo.MemoryStatus.': { Total: '262144', Free: '131072' },
	});
	t.deepEqual(await controller.get(['Device.X_MULLION_Network.Baseband.[SpeedKbps>1000].Name']), {
		'Device.X_MULLION_Network.Baseband.2.': { Name: 'wifi' },
	});
	t.deepEqual(await controller.get(['Device.X_MULLION_Network.Baseband.[Kind=="gsm"].']), {});
	t.deepEqual(await controller.get(['Device.X_MULLION_Network.'], { maxDepth: 1 }), {
		'Device.X_MULLION_Network.': { BasebandNumberOfEntries: '2' },
	});
	const all = await controller.get(['Device.']);
	t.true('Device.LocalAgent.Controller.1.' in all && 'Device.X_MULLION_Network.Baseband.1.' in all);
});

for (const [path, fault] of [
	['Device.DeviceInfo.Colour', 7026],
	['Device.Fridge.', 7026],
	['Device.LocalAgent.Controller.77.', 7026],
	['Device.LocalAgent..', 7008],
] as const) {
	test(`Get of ${path} fails with ${fault}`, async (t) => {
		const { connect } = await startTrial(t);
		const controller = await connect();

		t.like(await controller.get([path]).catch((error: unknown) => error), { code: 'refused', fault });
	});
}

for (const [path, fault] of [
	['Device.DeviceInfo.', 7018],
	['Device.Fridge.', 7026],
	['Device.LocalAgent.Controller.77.', 7016],
] as const) {
	test(`GetInstances of ${path} fails with ${fault}`, async (t) => {
		const { connect } = await startTrial(t);
		const controller = await connect();

		t.like(await controller.instances(path).catch((error: unknown) => error), { code: 'refused', fault });
	});
}
