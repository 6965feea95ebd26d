// A release that is offered with patches from the one before: the box fetches those, and writes what they make of its own.
import { basename, dirname } from 'node:path';
import test from 'ava';
import { connectAsync } from 'mqtt';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { READ_TOPIC } from '../../../../firmware/update/mqtt-range-reader.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { ReadRange } from '../../../../proto/host/cloud/repository.ts';
import { type } from '../../../cli/trial-desk.ts';
import { openImageRun } from '../image-run.ts';

interface Released {
	readonly url: string;
	readonly patches: readonly { readonly partition: string; readonly bytes: number }[];
}

const table = 'Device.DeviceInfo.FirmwareImage.';
const run = await openImageRun('update delta');
const { bench } = run;
const { built } = await makeProbe();
const old = await bench.build(1, [built]);
const next = await bench.variant(old, 2, (root) => root.write('etc/motd', 'What is new in this release.\n'));
const [oldFolder, nextFolder] = [dirname(old.boot.file), dirname(next.boot.file)];
const signed = await type(
	['release', nextFolder, '--from', oldFolder, '--repository', bench.repository.directory, '--json'],
	{ cwd: bench.folder },
);
const { url, patches } = signed.json() as Released;
test.after.always(() => run[Symbol.asyncDispose]());

/** How far into each file of the repository boxes have asked from now on: name without its digest -> bytes. */
async function watchReads() {
	const client = await connectAsync(bench.broker.url, { protocolVersion: 5 });
	const ends = new Map<string, number>();
	client.on('message', (_topic, payload) => {
		const { path, offset, length } = ReadRange.decode(payload);
		const name = basename(path).replace(/^[0-9a-f]{64}\./, '');
		ends.set(name, Math.max(ends.get(name) ?? 0, offset + length));
	});
	await client.subscribeAsync(READ_TOPIC);
	return { ends, [Symbol.asyncDispose]: () => client.endAsync(true) };
}

test('a box fetches the patches from what it runs and neither image, and runs what they make', async (t) => {
	t.timeout(900_000);
	await run.test(t.title, { needs: ['power', 'flash', 'reset'] }, async (box, record) => {
		t.deepEqual(
			patches.map(({ partition }) => partition),
			['boot', 'root'],
		);
		await box.flash(await bench.flashable(old, { bootState: firstBootState(1) }));
		const operator = await bench.start(t, box);
		await using reads = await watchReads();

		const updated = operator.operate(`${table}2.Download()`, { URL: url, AutoActivate: 'true' });
		await box.serial.expect('starting slot b', { unless: 'a patch was not used' });
		await box.serial.expect('release 2, in slot b is trial');
		await box.serial.expect('was found healthy');
		await updated;
		t.like((await operator.get([table]))[`${table}2.`], { Name: 'b', Status: 'Active', Version: '1.0.2' });

		const asked = [...reads.ends.keys()];
		for (const { partition, bytes } of patches) {
			t.false(asked.includes(`${partition}.img`), asked.join(' '));
			const name = asked.find((one) => one.startsWith(`${partition}-from-`)) ?? '';
			t.true((reads.ends.get(name) ?? 0) >= bytes, `${name}: ${reads.ends.get(name)} of ${bytes} bytes`);
		}
		for (const { partition, bytes } of patches) record.figure(`patch of ${partition}`, `${bytes} bytes`);
		t.log(record.figures);

		await box.reset();
		await box.serial.expect('release 2, in slot b is settled');
	});
});
