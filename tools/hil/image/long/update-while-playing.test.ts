// A stream plays on a real image while its operator pushes new versions: of another module, and of the player itself.
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { BoxSample } from '../../../../firmware/box/telemetry.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { buildModule } from '../../../build/component.ts';
import { startContentServer } from '../../../headend/content.ts';
import { walkMpegAudio } from '../../../media/mpeg-audio.ts';
import { withManifest } from '../../box/variant.ts';
import { makeLongMedia } from '../../story/long-media.ts';
import { openImageRun } from '../image-run.ts';

const host = 'content.mullion.test';
const lookMs = 500;
// Long enough for a busy machine to be done before it is over.
const media = await makeLongMedia(120);
const { frames } = walkMpegAudio(await readFile(media.path));
const content = await startContentServer({
	root: dirname(media.path),
	networks: [{ id: 'eth0', host: '127.0.0.1' }],
});
const run = await openImageRun('update while playing', { hosts: { [host]: content.network('eth0').port } });
const { bench } = run;
const { built: probe } = await makeProbe();
const players = await buildModule({
	directory: fileURLToPath(new URL('../../../../modules/player', import.meta.url)),
});
const player = players.find(({ manifest }) => manifest.session?.ranges.includes('wired'));
if (player === undefined) throw new Error('no player is for wired networks');
const image = await bench.build(1, [probe, player]);
test.after.always(async () => {
	await run[Symbol.asyncDispose]();
	await content.close();
	await media[Symbol.asyncDispose]();
});

test.serial(
	'nothing of a stream is lost or heard twice while modules are updated, the player included',
	async (t) => {
		t.timeout(600_000);
		await run.test(t.title, { needs: ['power', 'flash'] }, async (box, record) => {
			await box.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
			const operator = await bench.start(t, box);
			const pathOf = ({ manifest }: typeof player): string => `modules/${manifest.name}-9.0.0.wasm`;
			for (const module of [probe, player]) {
				const bytes = withManifest(module.bytes, (json) => ({ ...json, version: '9.0.0' }));
				await bench.repository.addTarget({ path: pathOf(module), bytes });
			}
			const push = async (module: typeof player) => {
				const rows = await operator.get(['Device.SoftwareModules.DeploymentUnit.']);
				const [row] = Object.entries(rows).find(([, { DUID }]) => DUID === module.manifest.name) ?? [];
				await operator.operate(`${row}Update()`, { URL: `tuf:${pathOf(module)}` });
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
				{ Kind: 'media', Url: `http://${host}/${basename(media.path)}`, Baseband: '' },
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

			t.like(last.account, { lost: 0, doubled: 0, played: frames.length });
			// An emulated processor may be too slow for the time of a frame: that is told, and not judged.
			const { late = 0, worstJitterUs = 0 } = last.account ?? {};
			record.figure('frames late', `${late} of ${frames.length}, at most ${worstJitterUs / 1000} ms`);
			t.log(record.figures);
		});
	},
);
