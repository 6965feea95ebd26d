import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { inputButtons } from './input-buttons.ts';

test('what an input device says is heard, and where there is none, nothing', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'mullion-input-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	const device = join(folder, 'event0');
	await promisify(execFile)('mkfifo', [device]);
	const { promise, resolve } = Promise.withResolvers<unknown>();
	const watching = inputButtons(folder).watch(resolve);
	t.teardown(() => watching.close());
	const pipe = await open(device, 'w');
	const event = Buffer.alloc(24);
	event.writeUInt16LE(1, 16);
	event.writeUInt16LE(116, 18);
	event.writeInt32LE(1, 20);
	await pipe.write(event);
	t.deepEqual(await promise, { name: 'power', isPressed: true });
	await pipe.close();
	t.notThrows(() =>
		inputButtons('/nowhere')
			.watch(() => undefined)
			.close(),
	);
});
