// A button of the board is pressed, and a service does what it is for: from the kernel's input device to the service's effects.
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { LogBook } from '../../../firmware/box/log-book.ts';
import { openButtons } from '../../../firmware/box/open-buttons.ts';
import { threadedCells } from '../../../firmware/hal/cell-thread.ts';
import { systemClock } from '../../../firmware/hal/clock.ts';
import { inputButtons } from '../../../firmware/hal/input-buttons.ts';
import { decodeAny } from '../../../proto/host/codec.ts';
import { Hub } from '../../../runtime/bus/hub.ts';
import { clock as clockCapability } from '../../../runtime/capability/clock.ts';
import { keyValue } from '../../../runtime/capability/key-value.ts';
import { Capabilities } from '../../../runtime/capability/link-vm.ts';
import { log as logCapability } from '../../../runtime/capability/log.ts';
import { prepareComponent } from '../../../runtime/component/prepare.ts';
import { MemoryDirectory } from '../../../runtime/memory-directory.ts';
import { Supervisor } from '../../../runtime/vm/supervisor.ts';
import { buildModule } from '../../build/component.ts';

/** Of `linux/input-event-codes.h`. */
const keys = { power: 116, wps: 529 };

/** An input device that has what is written to it read, as the kernel's. */
async function inputDevice(t: ExecutionContext) {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-input-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const device = join(folder, 'event0');
	await promisify(execFile)('mkfifo', [device]);
	return {
		folder,
		/** Pressed, and let go. To be called once somebody reads. */
		press: async (...codes: readonly number[]) => {
			const pipe = await open(device, 'w');
			for (const code of codes) {
				for (const value of [1, 0]) {
					const event = Buffer.alloc(24);
					event.writeUInt16LE(1, 16);
					event.writeUInt16LE(code, 18);
					event.writeInt32LE(value, 20);
					await pipe.write(event);
				}
			}
			await pipe.close();
		},
	};
}

test('a service acts when its button is pressed, once each time, and on no other button', async (t) => {
	const [built] = await buildModule({ directory: fileURLToPath(new URL('pairing', import.meta.url)) });
	if (built === undefined) return t.fail('the module was not built');
	const clock = systemClock();
	const hub = new Hub();
	const store = keyValue(new MemoryDirectory());
	const capabilities = new Capabilities([logCapability, clockCapability, store]);
	const supervisor = new Supervisor({ clock, cells: threadedCells(), hub, capabilities });
	t.teardown(() => supervisor.close());
	const component = await prepareComponent(built.bytes, { provided: capabilities.provided() });
	supervisor.start({ name: 'pairing', component, baseband: '' });
	t.like(await supervisor.settled('pairing'), { state: 'running' });
	const said: unknown[] = [];
	const { promise: paired, resolve } = Promise.withResolvers<void>();
	hub.listen('home.pairing', ({ payload }) => {
		said.push(decodeAny(JSON.parse(component.schema), 'pairing.Pairing', payload)['count']);
		if (said.length === 2) resolve();
	});
	const device = await inputDevice(t);
	const opened = openButtons({ buttons: inputButtons(device.folder), hub, log: new LogBook(clock) });
	t.teardown(() => opened.close());

	await device.press(keys.power, keys.wps, keys.power, keys.wps);
	await paired;
	// It is started once all that it put before is written.
	await supervisor.restart('pairing');
	await supervisor.settled('pairing');

	t.deepEqual(said, [1, 2]);
	const kept = (await store.contents('pairing')).get('count');
	t.deepEqual(decodeAny(JSON.parse(component.schema), 'pairing.Pairing', kept ?? new Uint8Array()), {
		count: 2,
	});
});
