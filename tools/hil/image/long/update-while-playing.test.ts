// A stream plays on a real image while its operator pushes new versions: of another module, and of the player itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { BoxSample } from '../../../../firmware/box/telemetry.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { buildModule } from '../../../build/component.ts';
import { startContentServer } from '../../../headend/content.ts';
import { claim } from '../../board/claim.ts';
import { cutSample } from '../../box/short-media.ts';
import { withManifest } from '../../box/variant.ts';
import { openImageBench } from '../image-bench.ts';

const host = 'content.mullion.test';
const lookMs = 500;
const directory = await mkdtemp(join(tmpdir(), 'mullion-playing-'));
const media = await cutSample({ directory, ms: 20_000 });
const content = await startContentServer({
	root: dirname(media.path),
	networks: [{ id: 'eth0', host: '127.0.0.1' }],
});
const bench = await openImageBench({ hosts: { [host]: content.network('eth0').port } });
const { built: probe } = await makeProbe();
const players = await buildModule({
	directory: fileURLToPath(new URL('../../../../modules/player', import.meta.url)),
});
const player = players.find(({ manifest }) => manifest.session?.ranges.includes('wired'));
if (player === undefined) throw new Error('no player is for wired networks');
const image = await bench.build(1, [probe, player]);
test.after.always(async () => {
	await bench[Symbol.asyncDispose]();
	await content.close();
	await rm(directory, { recursive: true, force: true });
});

test.serial(
	'nothing of a stream is lost or heard twice while modules are updated, the player included',
	async (t) => {
		t.timeout(600_000);
		await using box = await claim({ needs: ['power', 'flash'] });
		await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
		const operator = await bench.start(t, box);
		const push = async ({ bytes, manifest }: typeof player) => {
			const path = `modules/${manifest.name}-9.0.0.wasm`;
			const made = withManifest(bytes, (json) => ({ ...json, version: '9.0.0' }));
			await bench.repository.addTarget({ path, bytes: made });
			const rows = await operator.get(['Device.SoftwareModules.DeploymentUnit.']);
			const [row] = Object.entries(rows).find(([, { DUID }]) => DUID === manifest.name) ?? [];
			await operator.operate(`${row}Update()`, { URL: `tuf:${path}` });
		};
		const look = async () => {
			const { Data = '{}' } = await operator.operate(
				'Device.X_MULLION_Telemetry.Read()',
				{},
				{ isSync: true },
			);
			return (JSON.parse(Data) as BoxSample).sessions[0];
		};
		await operator.operate(
			'Device.X_MULLION_Session.Open()',
			{ Kind: 'media', Url: `http://${host}/short.mp3`, Baseband: '' },
			{ isSync: true },
		);
		while (((await look())?.account?.played ?? 0) < 20) await pause(lookMs);
		await push(probe);
		await push(player);
		t.not((await look())?.state, 'closed', 'it was over before all was done');
		let last = await look();
		while (last?.state !== 'closed') {
			await pause(lookMs);
			last = await look();
		}

		t.like(last.account, { lost: 0, doubled: 0, played: media.frames });
		// An emulated processor may be too slow for the time of a frame: that is told, and not judged.
		const { late = 0, worstJitterUs = 0 } = last.account ?? {};
		t.log(`${late} of ${media.frames} frames late, at most ${worstJitterUs / 1000} ms`);
	},
);
