/** Sessions as the operator opens, moves and closes them; those that have ended are remembered a while. */
import type { PlaybackAccount } from '../../runtime/capability/media-sink/frame-player.ts';
import type { SessionPlayers } from '../../runtime/capability/media-sink/session-players.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Coordinator } from '../../runtime/handoff/coordinator.ts';
import { HandoffError } from '../../runtime/handoff/handoff-error.ts';
import type { HandoffRecord } from '../../runtime/handoff/handoff-record.ts';
import type { SessionView } from '../../runtime/handoff/session.ts';
import type { VmId } from '../../runtime/vm/cell-protocol.ts';
import type {
	HandoffReport,
	SessionManager as SessionManagerPort,
	SessionStatus,
	Stop,
} from '../agent/ports.ts';

export interface SessionManagerOptions {
	readonly clock: Clock;
	readonly coordinator: Coordinator;
	readonly players: SessionPlayers;
	/** Name of a VM by its number; empty when there is none. */
	readonly nameOf: (vm: VmId | undefined) => string;
	/** Longest time a handoff that was asked for may take, in milliseconds. Default 180 000. */
	readonly mostHandoffMs?: number;
	/** Ended sessions that stay on the list. Default 8. */
	readonly mostEnded?: number;
}

export interface SessionEnd {
	readonly session: string;
	readonly reason: string;
	/** What was heard of it in all. */
	readonly account?: PlaybackAccount;
}

export class SessionManager implements SessionManagerPort {
	readonly #options: SessionManagerOptions;
	readonly #endListeners = new Set<(end: SessionEnd) => void>();
	readonly #opened = new Map<string, number>();
	#ended: SessionStatus[] = [];
	readonly #stop: Stop;

	constructor(options: SessionManagerOptions) {
		this.#options = options;
		this.#stop = options.coordinator.on('session', ({ session, transition }) => {
			if (!this.#opened.has(session.id)) this.#opened.set(session.id, options.clock.now());
			if (transition.to === 'closed') void this.#end(session);
		});
	}

	list(): SessionStatus[] {
		return [...this.#options.coordinator.sessions().map((session) => this.#status(session)), ...this.#ended];
	}

	async open({ kind, url, baseband }: Parameters<SessionManagerPort['open']>[0]): Promise<{ id: string }> {
		const preferred = baseband === '' ? {} : { preferred: baseband };
		return { id: await this.#options.coordinator.open({ kind, url, ...preferred }) };
	}

	close({ id }: { id: string }): Promise<void> {
		return this.#options.coordinator.close(id);
	}

	handoff({ id, baseband, signal }: Parameters<SessionManagerPort['handoff']>[0]): Promise<HandoffReport> {
		const { coordinator, clock, mostHandoffMs = 180_000 } = this.#options;
		const { promise, resolve, reject } = Promise.withResolvers<HandoffReport>();
		const stops = [
			coordinator.on('handoff', (record) => {
				if (record.session !== id || record.to !== baseband) return;
				if (record.outcome === 'committed') resolve(reportOf(record));
				else reject(new HandoffError('refused', `the session stays on ${record.from}: ${record.reason}`));
			}),
			coordinator.on('session', ({ session, transition }) => {
				if (session.id === id && transition.to === 'closed')
					reject(new HandoffError('ended', `session ${id} ended`));
				// A session that no VM had goes on there, and nothing was handed over.
				if (session.id === id && transition.from === 'resume' && isOn(session, baseband))
					resolve(alreadyThere(session, baseband));
			}),
		];
		// What was asked for can be overtaken by the network going down again.
		const timer = clock.after(mostHandoffMs, () =>
			reject(
				new HandoffError('timed-out', `session ${id} did not come to ${baseband} in ${mostHandoffMs} ms`),
			),
		);
		const abort = (): void => reject(signal.reason);
		signal.addEventListener('abort', abort, { once: true });
		const session = coordinator.sessions().find((view) => view.id === id);
		try {
			signal.throwIfAborted();
			coordinator.request(id, baseband, 'remote-command');
			// Being there already is what was asked for.
			if (session !== undefined && isOn(session, baseband)) resolve(alreadyThere(session, baseband));
		} catch (error) {
			reject(error);
		}
		return promise.finally(() => {
			signal.removeEventListener('abort', abort);
			timer.cancel();
			for (const stop of stops) stop();
		});
	}

	onEnded(listener: (end: SessionEnd) => void): Stop {
		this.#endListeners.add(listener);
		return () => this.#endListeners.delete(listener);
	}

	onHandoff(listener: (report: HandoffReport) => void): Stop {
		return this.#options.coordinator.on('handoff', (record) => listener(reportOf(record)));
	}

	stop(): void {
		this.#stop();
	}

	/** A session is over for its VM before it is over for its listener: what is buffered is still heard. */
	async #end(session: SessionView): Promise<void> {
		const { players, mostEnded = 8 } = this.#options;
		const status = this.#status(session);
		const ended: SessionStatus = { ...status, state: 'ending' };
		this.#ended = [...this.#ended, ended].slice(-mostEnded);
		const account = await players.finish(session.id);
		this.#ended = this.#ended.map((other) => (other === ended ? { ...status, state: 'closed' } : other));
		this.#opened.delete(session.id);
		const end = { session: session.id, reason: session.reason, ...(account && { account }) };
		for (const listener of this.#endListeners) listener(end);
	}

	#status(session: SessionView): SessionStatus {
		const { id, kind, url, state, owner, baseband } = session;
		const handoffs = this.#options.coordinator.handoffs();
		return {
			id,
			kind,
			url,
			state,
			owner: this.#options.nameOf(owner),
			baseband: baseband ?? '',
			openedAt: this.#opened.get(id) ?? 0,
			handoffs: handoffs.filter((record) => record.session === id && record.outcome === 'committed').length,
		};
	}
}

function reportOf({ session, from, to, outcome, reason, phasesMs }: HandoffRecord): HandoffReport {
	return {
		session,
		from: from ?? '',
		to,
		isCommitted: outcome === 'committed',
		reason: reason === 'ok' ? '' : reason,
		phasesMs: { ...phasesMs },
	};
}

function isOn({ baseband, state }: SessionView, wanted: string): boolean {
	return baseband === wanted && state === 'active';
}

function alreadyThere({ id }: SessionView, baseband: string): HandoffReport {
	return { session: id, from: baseband, to: baseband, isCommitted: true, reason: '', phasesMs: {} };
}
