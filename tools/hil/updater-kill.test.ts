import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { makeSlotFiles } from '../../firmware/slots/slot-files.fixture.ts';
import { killOrEnd } from './killed-process.ts';
import { releaseIn, slotsStarted } from './updater-slots.ts';

const program = fileURLToPath(new URL('updater-process.ts', import.meta.url));
const kills = Number(process.env['MULLION_KILLS'] ?? 20);
/** A start that is not killed takes about this long. */
const mostMs = 150;

test('an updater killed at any moment leaves slots of which every one that is started is whole', async (t) => {
	t.timeout(60_000 + kills * 5000);
	const folder = await mkdtemp(join(tmpdir(), 'mullion-updater-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	await makeSlotFiles(folder);
	let [newest, killed, healthy] = [2, 0, 0];
	while (killed < kills) {
		const run = { program, args: [folder, `${newest}`], afterMs: Math.random() * mostMs };
		const { said, isKilled } = await killOrEnd(run);
		if (isKilled) killed++;
		healthy += said.filter((line) => line === 'found healthy').length;
		newest = Math.max(newest, ...said.map((line) => Number(/^activated (\d+)$/.exec(line)?.[1] ?? 0))) + 1;
		for (const slot of await slotsStarted(folder))
			t.truthy(
				await releaseIn(folder, slot, newest),
				`kill ${killed}: ${slot} is no whole release: ${said.join(', ')}`,
			);
	}
	t.log(`${kills} kills, ${healthy} releases found healthy`);
});
