/** Plays a recording against a build, turn by turn, and stops at the first difference. */
import { createHash } from 'node:crypto';
import { platformVersion } from '../../firmware/box/identity.ts';
import { zstdPacking } from '../../firmware/hal/zstd-packing.ts';
import type { Opening, State } from '../../proto/host/recording/recording.ts';
import { importable } from '../../runtime/capability/imports.ts';
import { type PreparedComponent, prepareComponent } from '../../runtime/component/prepare.ts';
import { PageDigester } from '../../runtime/digest/page-digester.ts';
import { RecordingError } from '../../runtime/recording/error.ts';
import type { Recording } from '../../runtime/recording/recording.ts';
import { type Replayed, Replayer, type ReplayerOptions } from '../../runtime/recording/replayer.ts';
import type { TurnRecord } from '../../runtime/recording/turn-record.ts';
import type { Origin } from '../../runtime/snapshot/header.ts';
import { wake } from '../../runtime/snapshot/hibernate.ts';
import { type DifferenceReport, reportOf } from './difference-text.ts';
import { TurnText } from './turn-text.ts';

/** A module that can be replayed. */
export interface Build {
	readonly component: PreparedComponent;
	/** SHA-256 of its bytes, in hexadecimal. */
	readonly digest: string;
}

/** Errors: those of `prepareComponent`. */
export async function prepareBuild(bytes: Uint8Array): Promise<Build> {
	const component = await prepareComponent(bytes, { provided: importable() });
	return { component, digest: createHash('sha256').update(bytes).digest('hex') };
}

export interface PlayedTurn {
	readonly record: TurnRecord;
	readonly replayed: Replayed;
	readonly difference: DifferenceReport | undefined;
}

export class Replay {
	readonly text: TurnText;
	readonly #recording: Recording;
	readonly #replayer: Replayer;
	#played = 0;
	#isOver = false;

	/** @throws RecordingError `state-of-another`, SnapshotError */
	constructor({ opening, ...recording }: Recording, { component, digest }: Build) {
		const isSameBuild = opening.digest.toHex() === digest && opening.platform === platformVersion;
		this.#recording = { opening, ...recording };
		const { state } = recording;
		if (state !== undefined && !isSameBuild) throw ofAnother(opening);
		const from = state && unpacked(state, { module: digest, platformVersion });
		this.#replayer = new Replayer({ component, opening, isSameBuild, from });
		this.text = new TurnText(component, this.#replayer.topics);
	}

	/** Turns that were played; the start is one. */
	get played(): number {
		return this.#played;
	}

	/** The turn that was played last; -1 before the start, 0 where it stands in the state that it goes on from. */
	get turn(): number {
		return this.#played - (this.#recording.state === undefined ? 1 : 0);
	}

	/** What the next turn will be given; undefined after the last one. */
	get nextTurn(): TurnRecord | undefined {
		return this.#isOver ? undefined : this.#recording.turns[this.#played];
	}

	state(): ReturnType<Replayer['state']> {
		return this.#replayer.state();
	}

	/** Undefined after the last turn, and after one that differed. */
	step(): PlayedTurn | undefined {
		const record = this.nextTurn;
		if (record === undefined) return undefined;
		this.#played++;
		const replayed = this.#replayer.play(record);
		this.text.follow(record);
		const difference = replayed.difference && reportOf(replayed.difference, { record, text: this.text });
		this.#isOver = difference !== undefined;
		return { record, replayed, difference };
	}

	/** Plays on to the end, or up to and with turn `until`. Returns the last turn played now, if any. */
	run(until = Number.POSITIVE_INFINITY): PlayedTurn | undefined {
		let last: PlayedTurn | undefined;
		while (this.turn < until) {
			const played = this.step();
			if (played === undefined) break;
			last = played;
		}
		return last;
	}
}

function ofAnother({ module, version, platform }: Opening): RecordingError {
	const which = `${module} ${version} as it was recorded, on platform ${platform}`;
	return new RecordingError(
		'state-of-another',
		`the recording begins with a state that only ${which} goes on from`,
	);
}

function unpacked({ snapshot, bucket }: State, origin: Origin): ReplayerOptions['from'] {
	const { image } = wake(snapshot, { origin, packing: zstdPacking(), digester: new PageDigester() });
	return { image, stored: new Map(bucket.map(({ key, value }) => [key, value])) };
}
