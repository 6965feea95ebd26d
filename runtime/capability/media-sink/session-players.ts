/** The box's players, one a session: gives each frame to the session that its VM owns. */
import type { Clock } from '../../clock.ts';
import type { SessionSink, SinkPlace, SinkPosition } from '../../handoff/session-sink.ts';
import type { VmId } from '../../vm/cell-protocol.ts';
import type { AudioOutput } from './audio-output.ts';
import { FramePlayer, type PlaybackAccount, type TimedFrame } from './frame-player.ts';

export interface SessionPlayersOptions {
	readonly clock: Clock;
	/** Where a session is heard; one that went on before a restart goes on where it was. */
	readonly outputOf: (session: string) => AudioOutput;
}

/** Accounts of sessions that are over, for those who ask late. */
const mostFinished = 16;

interface Playing {
	readonly player: FramePlayer;
	readonly output: AudioOutput;
}

export class SessionPlayers implements SessionSink {
	readonly #options: SessionPlayersOptions;
	readonly #playing = new Map<string, Playing>();
	readonly #finished = new Map<string, PlaybackAccount>();
	#refused = 0;

	constructor(options: SessionPlayersOptions) {
		this.#options = options;
	}

	/** Frames of VMs that owned no session. */
	get refused(): number {
		return this.#refused;
	}

	/** Takes a frame for the session that this VM owns, or counts it as refused. */
	readonly take = (vm: VmId, frame: TimedFrame): void => {
		const playing = this.#playing.values().find(({ player }) => player.owner === vm);
		if (playing === undefined) this.#refused++;
		else playing.player.take(vm, frame);
	};

	assign(session: string, owner: VmId | undefined): void {
		this.#of(session).player.assign(owner);
	}

	position(session: string): SinkPosition {
		const { sequence, atUs } = this.#of(session).player.next;
		return { nextSequence: sequence, nextAtUs: atUs };
	}

	async durable(session: string): Promise<SinkPlace> {
		const { player, output } = this.#of(session);
		const place = { nextSequence: player.nextToPlay, playedBytes: output.size() };
		await output.flush();
		return place;
	}

	async rewind(session: string, { nextSequence, playedBytes }: SinkPlace): Promise<void> {
		const { player } = this.#of(session);
		player.assign(undefined);
		await player.rewind({ sequence: nextSequence, place: playedBytes });
	}

	account(session: string): PlaybackAccount | undefined {
		return this.#playing.get(session)?.player.account() ?? this.#finished.get(session);
	}

	/** Resolves when all that came has been heard; the session takes nothing more, and its output is closed. */
	async finish(session: string): Promise<PlaybackAccount | undefined> {
		const playing = this.#playing.get(session);
		if (playing === undefined) return undefined;
		playing.player.assign(undefined);
		await playing.player.drain();
		const account = playing.player.account();
		this.#playing.delete(session);
		this.#finished.set(session, account);
		const oldest = this.#finished.keys().next().value;
		if (this.#finished.size > mostFinished && oldest !== undefined) this.#finished.delete(oldest);
		await playing.output.close();
		return account;
	}

	async close(): Promise<void> {
		for (const { player } of this.#playing.values()) player.stop();
		await Promise.all([...this.#playing.values()].map(({ output }) => output.close()));
	}

	#of(session: string): Playing {
		const existing = this.#playing.get(session);
		if (existing !== undefined) return existing;
		const output = this.#options.outputOf(session);
		const playing = { output, player: new FramePlayer({ clock: this.#options.clock, output }) };
		this.#playing.set(session, playing);
		return playing;
	}
}
