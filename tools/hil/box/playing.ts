/** One session on a box: opened, watched over every restart of the box, and held against what was to be heard. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionSample } from '../../../firmware/box/telemetry.ts';
import { PlayerConfig } from '../../../proto/host/bus/media.ts';
import { buildModule } from '../../build/component.ts';
import { ControllerError } from '../../controller/controller-error.ts';
import type { Ending } from './operated-box.ts';
import type { TestBox } from './test-box.ts';
import { type Json, withManifest } from './variant.ts';

const sessions = 'Device.X_MULLION_Session.';
const player = new URL('../../../modules/player', import.meta.url).pathname;
const lookMs = 100;

/** Installs the player for every kind of network, with settings that fit a file of a few seconds. Returns them by name. */
export async function installPlayers(
	box: TestBox,
	config: Parameters<typeof PlayerConfig.encode>[0] = {},
): Promise<Map<string, Uint8Array>> {
	const installed = new Map<string, Uint8Array>();
	const settings = { readAheadMs: 3000, fetchBytes: 4096, leadMs: 1000, checkpointMs: 500, ...config };
	const bytes = PlayerConfig.encode(settings).toBase64();
	for (const { bytes: component, manifest } of await buildModule({ directory: player })) {
		const variant = withManifest(component, (json) => ({
			...json,
			config: { type: 'mullion.media.PlayerConfig', bytes },
		}));
		await box.install(await box.publish({ bytes: variant, manifest }));
		installed.set(manifest.name, variant);
	}
	return installed;
}

/** Installs one player for every kind of network, which may fetch just this. */
export async function installPlayerWith(box: TestBox, fetches: Json): Promise<Ending> {
	const [built] = await buildModule({ directory: player });
	if (built === undefined) throw new Error('the player was not built');
	const bytes = withManifest(built.bytes, (json) => ({
		...json,
		session: { kind: 'media', ranges: ['wide', 'short', 'wired'] },
		capabilities: {
			'media-sink': {},
			'network-stream': { maxStreams: 4, maxFetchBytes: 262_144, ...fetches },
		},
	}));
	return box.install(await box.publish({ ...built, bytes }));
}

export class Playing {
	readonly id: string;
	readonly #box: TestBox;

	private constructor(box: TestBox, id: string) {
		this.#box = box;
		this.id = id;
	}

	/** @param url default the medium of the stage; @param baseband default the best network */
	static async open(box: TestBox, { url = box.stage.mediaUrl, baseband = '' } = {}): Promise<Playing> {
		const { Session = '' } = await box.stage.operator.operate(
			`${sessions}Open()`,
			{ Kind: 'media', Url: url, Baseband: baseband },
			{ isSync: true },
		);
		return new Playing(box, Session);
	}

	/** Undefined when the box does not know it any more, or cannot be asked right now. */
	async look(): Promise<SessionSample | undefined> {
		try {
			return (await this.#box.stage.sample()).sessions.find(({ id }) => id === this.id);
		} catch (error) {
			if (error instanceof ControllerError && error.code === 'no-answer') return undefined;
			throw error;
		}
	}

	/** Resolves once it was heard to its end, with the last look at it. */
	async ended(): Promise<SessionSample | undefined> {
		let last: SessionSample | undefined;
		for (;;) {
			const now = await this.look();
			if (now?.state === 'closed') return now;
			// Over, and forgotten in a restart: it was there, or its file is.
			if (now === undefined && last !== undefined && (await this.#isForgotten())) return last;
			last = now ?? last;
			await pause(lookMs);
		}
	}

	/** Resolves once so many frames have been heard. */
	async heardFrames(count: number): Promise<void> {
		for (;;) {
			const now = await this.look();
			if ((now?.account?.played ?? 0) >= count || now?.state === 'closed') return;
			await pause(lookMs);
		}
	}

	/** What came out of the box's player. */
	async heard(): Promise<Uint8Array> {
		return new Uint8Array(await readFile(join(this.#box.stage.played, this.id)));
	}

	async #isForgotten(): Promise<boolean> {
		const { sessions: known } = await this.#box.stage.sample();
		return !known.some(({ id }) => id === this.id);
	}
}
