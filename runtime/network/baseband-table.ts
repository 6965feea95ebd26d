/** Keeps the state of every network of the box, with since when it is so, and says what changed. */
import type { Clock } from '../clock.ts';
import type { Baseband } from './baseband.ts';
import type { BasebandMonitor, BasebandReport, BasebandWatch } from './baseband-monitor.ts';
import { rangeClassOf } from './range.ts';
import { hasEnoughSignal, type SignalThresholds, usualSignalThresholds } from './signal.ts';
import { SpeedEstimate, type Transfer } from './speed-estimate.ts';

/** Why a change is told. Where several apply, the first of this order. */
export type ChangeReason =
	| 'removed'
	| 'added'
	| 'up'
	| 'down'
	| 'address'
	| 'signal'
	| 'speed'
	| 'cost'
	| 'range'
	| 'threshold'
	| 'silent'
	| 'heard';

export interface BasebandChange {
	readonly id: string;
	readonly reason: ChangeReason;
	readonly before: Baseband | undefined;
	readonly after: Baseband | undefined;
}

export interface BasebandTableOptions {
	readonly clock: Clock;
	/** Decides since when a signal counts as good; default `usualSignalThresholds`. */
	readonly signal?: SignalThresholds;
}

/** A measured speed is told anew when it has moved by more than this share. */
const speedStep = 0.1;

export class BasebandTable {
	readonly #clock: Clock;
	readonly #rows = new Map<string, Baseband>();
	readonly #speeds = new Map<string, SpeedEstimate>();
	readonly #listeners = new Set<(change: BasebandChange) => void>();
	#signal: SignalThresholds;

	constructor({ clock, signal = usualSignalThresholds }: BasebandTableOptions) {
		this.#clock = clock;
		this.#signal = signal;
	}

	/** Follows a monitor until the watch is closed. */
	follow(monitor: BasebandMonitor): BasebandWatch {
		return monitor.watch((reports) => this.update(reports));
	}

	/** Every network known, in order of id. */
	basebands(): readonly Baseband[] {
		return [...this.#rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
	}

	get(id: string): Baseband | undefined {
		return this.#rows.get(id);
	}

	/** Tells every later change; the returned function ends it. */
	onChange(listener: (change: BasebandChange) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Takes a report of every network of the box; those that are missing are removed. */
	update(reports: readonly BasebandReport[]): void {
		const changes: BasebandChange[] = [];
		const reported = new Set(reports.map((report) => report.id));
		for (const [id, before] of [...this.#rows]) {
			if (!reported.has(id)) {
				this.#rows.delete(id);
				this.#speeds.delete(id);
				changes.push({ id, reason: 'removed', before, after: undefined });
			}
		}
		for (const report of reports) {
			changes.push(...this.#put(report));
		}
		this.#tell(changes);
	}

	/** A transfer over this network that went as fast as it could; refines its measured speed. */
	measured(id: string, transfer: Transfer): void {
		const before = this.#rows.get(id);
		if (before === undefined) {
			return;
		}
		const estimate = this.#speeds.get(id) ?? new SpeedEstimate();
		this.#speeds.set(id, estimate);
		if (!estimate.add(transfer)) {
			return;
		}
		const speedKbps = estimate.kbps() ?? 0;
		const told = before.speedKbps;
		if (told === undefined || Math.abs(speedKbps - told) > told * speedStep) {
			const after = { ...before, speedKbps };
			this.#rows.set(id, after);
			this.#tell([{ id, reason: 'speed', before, after }]);
		}
	}

	/**
	 * Something was asked for over this network and nothing came, although it is said to be up. To be
	 * gone to again of a session's own accord it has to be good anew for the minimum time.
	 */
	silent(id: string): void {
		const before = this.#rows.get(id);
		if (before?.isUp !== true || before.silentSinceUs !== undefined) {
			return;
		}
		const now = this.#clock.now();
		const after = { ...withSince(before, before.upSinceUs, startedAnew(before, now)), silentSinceUs: now };
		this.#rows.set(id, after);
		this.#tell([{ id, reason: 'silent', before, after }]);
	}

	/** Something came over this network. */
	heard(id: string): void {
		const before = this.#rows.get(id);
		if (before?.silentSinceUs === undefined) {
			return;
		}
		const { silentSinceUs: _, ...rest } = before;
		const after = withSince(rest, before.upSinceUs, startedAnew(before, this.#clock.now()));
		this.#rows.set(id, after);
		this.#tell([{ id, reason: 'heard', before, after }]);
	}

	/**
	 * Other thresholds from now on. A signal that passes a stricter one is good from now on only:
	 * nobody knows whether it would have passed before.
	 */
	setSignalThresholds(signal: SignalThresholds): void {
		const loosened = (kind: string): boolean =>
			(signal[kind]?.enterDbm ?? Number.NEGATIVE_INFINITY) <=
			(this.#signal[kind]?.enterDbm ?? Number.NEGATIVE_INFINITY);
		const changes: BasebandChange[] = [];
		for (const [id, before] of this.#rows) {
			const kept = loosened(before.kind) ? before.signalOkSinceUs : undefined;
			const isOk = before.isUp && hasEnoughSignal(before, signal);
			const after = withSince(before, before.upSinceUs, isOk ? (kept ?? this.#clock.now()) : undefined);
			if (after.signalOkSinceUs !== before.signalOkSinceUs) {
				this.#rows.set(id, after);
				changes.push({ id, reason: 'threshold', before, after });
			}
		}
		this.#signal = signal;
		this.#tell(changes);
	}

	#put(report: BasebandReport): BasebandChange[] {
		const { id, kind, isUp, rangeMetres, costPerMb = 0, hosts = {}, ...rest } = report;
		const before = this.#rows.get(id);
		// What was measured before a break says little of the network that comes back.
		if (before?.isUp && !isUp) {
			this.#speeds.delete(id);
		}
		const speedKbps = this.#speeds.has(id) ? before?.speedKbps : undefined;
		const seen: Baseband = {
			id,
			kind,
			range: rangeClassOf(kind, rangeMetres),
			isUp,
			costPerMb,
			hosts,
			...(rest.signalDbm !== undefined && { signalDbm: rest.signalDbm }),
			...(rest.nominalKbps !== undefined && { nominalKbps: rest.nominalKbps }),
			...(rest.localAddress !== undefined && { localAddress: rest.localAddress }),
			...(speedKbps !== undefined && { speedKbps }),
			...(isUp && before?.silentSinceUs !== undefined && { silentSinceUs: before.silentSinceUs }),
		};
		const now = this.#clock.now();
		const isOk = isUp && hasEnoughSignal(seen, this.#signal);
		const after = withSince(
			seen,
			isUp ? (before?.upSinceUs ?? now) : undefined,
			isOk ? (before?.signalOkSinceUs ?? now) : undefined,
		);
		const reason = reasonOf(before, after);
		this.#rows.set(id, after);
		return reason === undefined ? [] : [{ id, reason, before, after }];
	}

	#tell(changes: readonly BasebandChange[]): void {
		for (const change of changes) {
			for (const listener of [...this.#listeners]) {
				listener(change);
			}
		}
	}
}

function withSince(
	{ upSinceUs: _up, signalOkSinceUs: _ok, ...baseband }: Baseband,
	upSinceUs: number | undefined,
	signalOkSinceUs: number | undefined,
): Baseband {
	return {
		...baseband,
		...(upSinceUs !== undefined && { upSinceUs }),
		...(signalOkSinceUs !== undefined && { signalOkSinceUs }),
	};
}

/** Since when the signal counts as good after a break of another kind. */
function startedAnew({ signalOkSinceUs }: Baseband, now: number): number | undefined {
	return signalOkSinceUs === undefined ? undefined : now;
}

function reasonOf(before: Baseband | undefined, after: Baseband): ChangeReason | undefined {
	if (before === undefined) {
		return 'added';
	}
	if (before.isUp !== after.isUp) {
		return after.isUp ? 'up' : 'down';
	}
	const hostsDiffer = JSON.stringify(before.hosts) !== JSON.stringify(after.hosts);
	if (before.localAddress !== after.localAddress || hostsDiffer) {
		return 'address';
	}
	if (before.signalDbm !== after.signalDbm) {
		return 'signal';
	}
	if (before.nominalKbps !== after.nominalKbps || before.speedKbps !== after.speedKbps) {
		return 'speed';
	}
	if (before.costPerMb !== after.costPerMb) {
		return 'cost';
	}
	return before.range === after.range ? undefined : 'range';
}
