// The broker goes away for a while: what was begun is finished once, and nobody listening hears of it.
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { READ_TOPIC } from '../../../firmware/update/mqtt-range-reader.ts';
import { appendSections } from '../../build/section.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import { startBroker } from '../../headend/broker.ts';
import { Peer } from './peer.ts';
import { installPlayers, Playing } from './playing.ts';
import { TestBox } from './test-box.ts';
import { withManifest } from './variant.ts';

const box = await TestBox.start({ mediaMs: 5000 });
const { stage, media, probe } = box;
await box.install(await box.publish(probe.built));
await installPlayers(box);
let broker = stage.headend.embedded;

test.after.always(async () => {
	await box[Symbol.asyncDispose]();
	await broker?.close();
});

/** Cuts everybody off without a word, and comes back on the same port. */
async function outage(ms: number): Promise<void> {
	const port = broker?.port ?? 0;
	broker?.drop();
	await broker?.close();
	await pause(ms);
	broker = await startBroker({ port });
}

const largeModule = (name: string): Uint8Array =>
	appendSections(
		withManifest(probe.built.bytes, (manifest) => ({ ...manifest, name, subscribes: {} })),
		new Map([
			['padding', crypto.getRandomValues(new Uint8Array(65_536))],
			['more', new Uint8Array(2_500_000)],
		]),
	);

test.serial(
	'an install that the broker goes away in completes once, and telemetry works again',
	async (t) => {
		const url = await box.sign(largeModule('large'), 'modules/large.wasm');
		const ended = box.ends.all.size;
		await using peer = await Peer.connect(stage.headend.broker);
		await peer.client.subscribeAsync(READ_TOPIC);
		const install = box.install(url);
		const outcome = t.throwsAsync(install, { instanceOf: ControllerError, code: 'unreachable' });
		await new Promise<void>((resolve) => {
			let reads = 0;
			// In the middle of it: thirty or so are needed.
			peer.client.on('message', () => ++reads === 15 && resolve());
		});

		await outage(1500);
		await outcome;
		await stage.reconnect();

		await box.ends.count(ended + 1);
		t.deepEqual([...box.ends.all.values()].at(-1), [{ command: 'InstallDU()', fault: 0, text: '' }]);
		t.deepEqual((await stage.sample()).vms.find(({ id }) => id === 'large')?.state, 'running');
		await box.echo();
		t.deepEqual(await box.uninstall('large'), { fault: 0, code: '' });
	},
);

test.serial('who listens hears nothing of a broker that comes and goes', async (t) => {
	const playing = await Playing.open(box);
	await playing.heardFrames(20);
	for (let round = 0; round < 3; round++) await outage(300);
	await stage.reconnect();

	const end = await playing.ended();
	t.like(end?.account, { played: media.frames, lost: 0, doubled: 0, late: 0, longestGapUs: 0 });
	t.deepEqual(await playing.heard(), media.heard);
});

test.serial('a box that starts without its broker runs, and is there when the broker is', async (t) => {
	broker?.drop();
	await broker?.close();
	await stage.powerCut();
	const from = box.lines.length;
	const booting = stage.powerOn().catch((error: unknown) => error);
	await box.line(/probe: starting -> running/, from);

	broker = await startBroker({ port: broker?.port ?? 0 });
	await booting;
	await stage.reconnect();

	await box.echo();
	t.deepEqual(await box.modules(), ['player-rich 0.1.0', 'player-thrifty 0.1.0', 'probe 0.1.0']);
});

test.serial('every command ended once', (t) => {
	t.deepEqual(
		[...box.ends.all.values()].filter(({ length }) => length !== 1),
		[],
	);
});
