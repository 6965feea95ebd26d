/** Undoes a handoff that goes no further: the source goes on or, if it cannot, the platform holds the session. */
import { codeOf } from '../error.ts';
import type { Progress } from './hand-over.ts';
import { HandoffError } from './handoff-error.ts';
import type { SessionRun } from './session-run.ts';

export async function goBack(run: SessionRun, progress: Progress, why: unknown): Promise<void> {
	const { session } = run;
	const { flight, source } = progress;
	session.reason = codeOf(why);
	run.begin();
	run.apply('failed');
	if (session.reason !== 'source-gone') {
		session.bars.add(flight.to);
	}
	if (flight.target !== undefined && progress.hasPrepared) {
		// A target that may have taken the session is no longer one that has only prepared for it.
		run.holders.release(flight.target, progress.hasGiven ? 'release' : 'rollback');
	}
	try {
		await goOn(run, progress);
	} catch (error) {
		if (!run.isEnding) {
			run.disown();
			run.holders.release(source);
			run.apply('failed');
			run.trouble(error);
		}
	}
}

async function goOn(run: SessionRun, { source, state, hasQuiesced }: Progress): Promise<void> {
	const { session, ports } = run;
	const { limits, sink } = ports;
	if (state === undefined) {
		if (hasQuiesced && session.owner === source) {
			await run.command(source, { rollback: {} }, limits.quiesceMs);
		}
		if (session.owner !== source) {
			throw new HandoffError('source-gone', `VM ${source} died with session ${session.id}`);
		}
		run.apply('reverted');
		return;
	}
	const isTooLarge = state.length > limits.stateBytes;
	await run.give({
		vm: source,
		// What is too large to be sent to the target is not sent to the source either: it has it still.
		command: isTooLarge ? { rollback: {} } : { take: { state, ...sink.position(session.id) } },
		ms: limits.takeMs,
		event: 'reverted',
	});
}
