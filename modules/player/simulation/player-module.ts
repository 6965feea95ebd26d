/** The player as it is shipped: built as its author builds it, started by the box's own linker. */
import { join } from 'node:path';
import { decodeComponent } from '../../../runtime/component/decode.ts';
import type { Effect, Event, Init, Result } from '../../../runtime/component/generated/service.ts';
import { fuelFor } from '../../../runtime/component/instrument/fuel.ts';
import { instrument } from '../../../runtime/component/instrument/instrument.ts';
import { linkService } from '../../../runtime/component/link.ts';
import { buildModule } from '../../../tools/build/component.ts';

export type Persona = 'thrifty' | 'rich';

export interface PlayerGuest {
	readonly config: Uint8Array;
	/** Lines so far, the level in front. */
	readonly log: readonly string[];
	start(now: bigint, init: Init): Effect[];
	turn(now: bigint, inbox: Event[]): Effect[];
	memoryBytes(): number;
}

const built = await buildModule({ directory: join(import.meta.dirname, '..') });
const players = new Map(
	built.map(({ bytes, manifest }) => {
		const { core, encoding } = decodeComponent(bytes);
		const module = new WebAssembly.Module(instrument(core));
		return [manifest.persona, { manifest, encoding, module }];
	}),
);

export function startPlayer(persona: Persona): PlayerGuest {
	const player = players.get(persona);
	if (player === undefined) throw new Error(`the player has no persona ${persona}`);
	const { manifest, encoding, module } = player;
	const log: string[] = [];
	const guest = linkService({
		module,
		encoding,
		host: {
			log: { write: (level, text) => void log.push(`${level} ${text}`) },
			keyValue: { get: () => undefined },
		},
		mostBytes: manifest.budget.effectBytesPerTurn,
		fuel: fuelFor(manifest.budget.turnMs),
	});
	return {
		config: manifest.config.bytes,
		log,
		start: (now, init) => effectsOf(guest.start(now, init)),
		turn: (now, inbox) => effectsOf(guest.turn(now, inbox)),
		memoryBytes: () => guest.memoryBytes(),
	};
}

function effectsOf(result: Result<Effect[], string>): Effect[] {
	if (result.tag === 'err') throw new Error(`the player gave the turn back: ${result.val}`);
	return result.val;
}
