/** A session's way from player to player, as the platform leads it, in virtual time. */
import { Agenda } from './agenda.ts';
import { Link, type LinkOptions } from './link.ts';
import { answerState, encode } from './messages.ts';
import { type Persona, startPlayer } from './player-module.ts';
import { PlayerVm } from './player-vm.ts';
import { Sink } from './sink.ts';

export const url = 'http://media.test/speech.mp3';
const session = 'session-1';

export const cellular: LinkOptions = { bitsPerSecond: 300_000, delayUs: 75_000 };
export const wifi: LinkOptions = { bitsPerSecond: 20_000_000, delayUs: 5_000 };

export class Story {
	readonly agenda = new Agenda();
	readonly sink: Sink;
	readonly links: Link[] = [];
	readonly #resource: Uint8Array;
	readonly #turnDelayUs: (() => number) | undefined;

	constructor(resource: Uint8Array, { turnDelayUs }: { turnDelayUs?: () => number } = {}) {
		this.#resource = resource;
		this.#turnDelayUs = turnDelayUs;
		this.sink = new Sink(this.agenda);
	}

	link(options: LinkOptions): Link {
		const link = new Link(this.agenda, this.#resource, options);
		this.links.push(link);
		return link;
	}

	player(persona: Persona, link: Link): PlayerVm {
		const { agenda, sink } = this;
		const guest = startPlayer(persona);
		const turnDelayUs = this.#turnDelayUs;
		return new PlayerVm({ agenda, sink, link, guest, ...(turnDelayUs === undefined ? {} : { turnDelayUs }) });
	}

	/** How often each byte of the resource came over any network. */
	get delivered(): number[] {
		return Array.from(this.#resource, (_, place) =>
			this.links.reduce((sum, link) => sum + (link.delivered[place] as number), 0),
		);
	}

	open(player: PlayerVm, address = url): void {
		this.sink.owner = player;
		this.command(player, { open: { url: address } });
	}

	/** The state of the answer; throws what the player gave as the reason, or `no-answer` after `mostUs`. */
	command(player: PlayerVm, command: object, mostUs = 3_000_000): Uint8Array {
		const correlation = player.command(encode('session.SessionControl', { session, ...command }));
		if (!this.agenda.run(() => player.answers.has(correlation), mostUs)) throw new Error('no-answer');
		const answer = player.answers.get(correlation);
		if (answer === undefined || 'error' in answer) throw new Error(answer?.error);
		return answerState(answer.ok);
	}

	/** prepare -> transfer -> commit, as proto/bus/session.proto has it. */
	handOver(source: PlayerVm, target: PlayerVm): void {
		this.command(target, { prepare: { state: this.command(source, { quiesce: {} }) } });
		this.commit({ source, target });
	}

	/** The second half of a handoff, for a target that is prepared. */
	commit({ source, target }: { source: PlayerVm; target: PlayerVm }): void {
		const state = this.command(source, { transfer: {} });
		this.take(target, state);
		this.command(source, { release: {} });
	}

	take(target: PlayerVm, state: Uint8Array): void {
		const { sequence, at } = this.sink.next;
		this.sink.owner = target;
		this.command(target, { take: { state, nextSequence: sequence, nextAtUs: at } });
	}

	/** Goes on until the sink has so many frames. */
	hear(frames: number, mostUs = 600_000_000): boolean {
		return this.agenda.run(() => this.sink.frames.length >= frames, mostUs);
	}

	/** Goes on until the player says that the session has come to its end. */
	end(player: PlayerVm, mostUs = 600_000_000): boolean {
		return this.agenda.run(() => player.checkpoints.at(-1)?.ended === true, mostUs);
	}
}
