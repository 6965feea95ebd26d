/**
 * Hands a session over from the VM that has it to one on another network: provide, prepare, transfer,
 * commit. Until the source has given the whole state it owns the session; from then to the target's
 * answer the platform does; then the target.
 */
import { codeOf } from '../error.ts';
import type { VmId } from '../vm/cell-protocol.ts';
import { goBack } from './go-back.ts';
import { HandoffError } from './handoff-error.ts';
import { PhaseWatch } from './handoff-record.ts';
import type { Decision, Trigger } from './policy.ts';
import type { Flight } from './session.ts';
import type { SessionRun } from './session-run.ts';

/** How far a handoff has come: what must be undone if it goes no further. */
export interface Progress {
	readonly flight: Flight;
	readonly source: VmId;
	hasQuiesced: boolean;
	hasPrepared: boolean;
	/** The whole state, once the source has given it. */
	state: Uint8Array | undefined;
	/** The target has been given the session, and may have taken it even if it did not answer. */
	hasGiven: boolean;
}

export type Move = Extract<Decision, { readonly trigger: Trigger }>;

export async function handOver(run: SessionRun, { to, trigger, reason: why }: Move): Promise<void> {
	const { session, ports } = run;
	const source = session.owner as VmId;
	const flight: Flight = { to, source };
	const progress: Progress = {
		flight,
		source,
		hasQuiesced: false,
		hasPrepared: false,
		state: undefined,
		hasGiven: false,
	};
	const watch = new PhaseWatch(ports.clock);
	const from = session.baseband;
	run.begin();
	session.flight = flight;
	session.reason = why;
	run.apply('chosen');
	let failure: unknown;
	try {
		await goOver(run, progress, watch);
	} catch (error) {
		failure = error;
		watch.enter(undefined);
		if (!run.isEnding) {
			await goBack(run, progress, error);
		}
	}
	session.flight = undefined;
	const { target } = flight;
	const reason = failure === undefined ? 'ok' : codeOf(failure);
	const phasesMs = watch.stop();
	run.handoff({
		session: session.id,
		atUs: watch.startUs,
		trigger,
		why,
		from,
		to,
		source,
		target,
		phasesMs,
		stateBytes: progress.state?.length ?? 0,
		outcome: failure === undefined ? 'committed' : 'back',
		reason,
	});
	if (failure === undefined) {
		await run.paper.announce().catch((error) => run.trouble(error));
		run.holders.release(source);
	}
}

async function goOver(run: SessionRun, progress: Progress, watch: PhaseWatch): Promise<void> {
	const { session, ports } = run;
	const { sink, limits, networks } = ports;
	const { flight, source } = progress;

	const target = await run.provide(flight.to);
	if (target === source) {
		throw new HandoffError(
			'same-vm',
			`VM ${target} serves ${flight.to} and has session ${session.id} already`,
		);
	}
	flight.target = target;
	run.apply('provided');
	watch.enter('prepare');

	progress.hasQuiesced = true;
	const light = await run.command(source, { quiesce: {} }, limits.quiesceMs);
	progress.hasPrepared = true;
	await run.command(target, { prepare: { state: light } }, limits.prepareMs);
	// A target is prepared once its way is open.
	networks.heard(flight.to);
	await run.paper.announce();
	run.check();
	run.apply('prepared');
	watch.enter('transfer');

	progress.state = await run.command(source, { transfer: {} }, limits.transferMs);
	run.disown();
	const position = sink.position(session.id);
	run.apply('transferred');
	watch.enter('commit');

	if (progress.state.length > limits.stateBytes) {
		const size = `${progress.state.length} bytes, more than ${limits.stateBytes}`;
		throw new HandoffError('state-too-large', `the state of session ${session.id} has ${size}`);
	}
	session.keepWhole({ state: progress.state, nextSequence: position.nextSequence });
	run.check();
	if (!networks.get(flight.to)?.isUp) {
		throw new HandoffError('target-lost', `${flight.to} went down before session ${session.id} was there`);
	}
	progress.hasGiven = true;
	const command = { take: { state: progress.state, ...position } };
	await run.give({ vm: target, command, ms: limits.takeMs, event: 'taken', baseband: flight.to });
}
