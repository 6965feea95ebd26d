/** What a box with the player in two VMs takes, beside a Node that does nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishPlayer } from '../start/player.ts';
import { sessionObject } from '../start/session-watch.ts';
import { Stage } from '../start/stage.ts';
import { type Figure, figure, interleaved } from './figure.ts';
import { memoryOf, residentOnceReady } from './resident.ts';

const media = fileURLToPath(new URL('../media/sample.mp3', import.meta.url));

export async function memoryFigures(): Promise<Figure[]> {
	const boxes: Record<string, number>[] = [];
	const measured = await interleaved(
		{
			box: async () => {
				const usage = await boxMemory();
				boxes.push(usage);
				return usage['Rss'] ?? 0;
			},
			node: () => residentOnceReady(['-e', 'console.log("up"); setInterval(() => {}, 1000)']),
		},
		3,
	);
	return [
		figure({
			name: 'box, player in two VMs, resident',
			unit: 'MB',
			value: measured.box,
			peer: 'empty Node',
			peerValue: measured.node,
		}),
	];
}

/** Playing, with a VM on each network. */
async function boxMemory(): Promise<Record<string, number>> {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-bench-'));
	try {
		await using stage = await Stage.set({ directory, media, minimumTimeMs: 100 });
		await stage.powerOn();
		await publishPlayer(stage);
		await stage.better.up();
		const handedOver = Promise.withResolvers<void>();
		await stage.operator.subscribe(`${sessionObject}HandoffComplete!`, () => handedOver.resolve());
		await stage.operator.operate(
			`${sessionObject}Open()`,
			{ Kind: 'media', Url: stage.mediaUrl, Baseband: 'lte0' },
			{ isSync: true },
		);
		await stage.operator.operate(`${sessionObject}Session.1.Handoff()`, { Baseband: 'wlan0' });
		await handedOver.promise;
		return await memoryOf(stage.box.pid);
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}
